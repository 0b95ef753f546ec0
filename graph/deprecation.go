package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/viewer"
)

// Deprecations tells a Tally which operations use what is deprecated. A document
// is searched once; of a request's variables only those are, whose types lead to
// something deprecated.
type Deprecations struct {
	tally  Tally
	known  *lru.Cache[*ast.OperationDefinition, *deprecated]
	schema *ast.Schema
	inputs map[string]bool // input types and enums that lead to something deprecated
}

// Tally counts uses; it must not take long.
type Tally interface {
	Note(v *viewer.Viewer, coordinates []string)
}

// deprecated is what one document uses.
type deprecated struct {
	coordinates []string                           // whatever the variables
	variables   map[string]*ast.VariableDefinition // to be searched in each request
}

// NewDeprecations returns the extension that tells tally.
func NewDeprecations(tally Tally) *Deprecations {
	known, _ := lru.New[*ast.OperationDefinition, *deprecated](documentsKnown)
	return &Deprecations{tally: tally, known: known}
}

// ExtensionName names the extension.
func (*Deprecations) ExtensionName() string { return "Deprecations" }

// Validate learns the schema, before anything is served.
func (d *Deprecations) Validate(es graphql.ExecutableSchema) error {
	d.schema, d.inputs = es.Schema(), map[string]bool{}
	for grown := true; grown; { // until no further type leads to one that does
		grown = false
		for name, t := range d.schema.Types {
			if !d.inputs[name] && d.leads(t) {
				d.inputs[name], grown = true, true
			}
		}
	}
	return nil
}

func (d *Deprecations) leads(t *ast.Definition) bool {
	switch t.Kind {
	case ast.Enum:
		return slices.ContainsFunc(t.EnumValues, func(v *ast.EnumValueDefinition) bool { return isDeprecated(v.Directives) })
	case ast.InputObject:
		return slices.ContainsFunc(t.Fields, func(f *ast.FieldDefinition) bool {
			return isDeprecated(f.Directives) || d.inputs[f.Type.Name()]
		})
	}
	return false
}

func isDeprecated(list ast.DirectiveList) bool { return list.ForName("deprecated") != nil }

// InterceptOperation notes what the operation uses.
func (d *Deprecations) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if v := viewer.From(ctx); v != nil {
		if used := d.used(graphql.GetOperationContext(ctx)); len(used) > 0 {
			d.tally.Note(v, used)
		}
	}
	return next(ctx)
}

// used are the coordinates of what an operation uses, each once.
func (d *Deprecations) used(op *graphql.OperationContext) []string {
	found, ok := d.known.Get(op.Operation)
	if !ok {
		found = d.search(op.Operation)
		d.known.Add(op.Operation, found)
	}
	if len(found.variables) == 0 {
		return found.coordinates
	}
	s := search{d, map[string]bool{}, map[string]bool{}}
	for _, coordinate := range found.coordinates {
		s.uses[coordinate] = true
	}
	for name, definition := range found.variables {
		if value, given := op.Variables[name]; given {
			s.input(definition.Type, value)
		}
	}
	return s.list()
}

func (d *Deprecations) search(op *ast.OperationDefinition) *deprecated {
	s := search{d, map[string]bool{}, map[string]bool{}}
	s.selections(op.SelectionSet)
	found := &deprecated{variables: map[string]*ast.VariableDefinition{}}
	for _, v := range op.VariableDefinitions {
		if d.inputs[v.Type.Name()] {
			found.variables[v.Variable] = v
		}
	}
	found.coordinates = s.list()
	return found
}

// search collects coordinates.
type search struct {
	*Deprecations
	uses, spread map[string]bool
}

func (s search) list() []string {
	list := make([]string, 0, len(s.uses))
	for coordinate := range s.uses {
		list = append(list, coordinate)
	}
	slices.Sort(list)
	return list
}

func (s search) note(list ast.DirectiveList, coordinate string) {
	if isDeprecated(list) {
		s.uses[coordinate] = true
	}
}

func (s search) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			s.field(selection)
		case *ast.InlineFragment:
			s.selections(selection.SelectionSet)
		case *ast.FragmentSpread:
			if definition := selection.Definition; definition != nil && !s.spread[definition.Name] {
				s.spread[definition.Name] = true
				s.selections(definition.SelectionSet)
			}
		}
	}
}

func (s search) field(f *ast.Field) {
	if f.Definition == nil || f.ObjectDefinition == nil {
		return
	}
	at := f.ObjectDefinition.Name + "." + f.Name
	s.note(f.Definition.Directives, at)
	for _, given := range f.Arguments {
		if declared := f.Definition.Arguments.ForName(given.Name); declared != nil {
			s.note(declared.Directives, at+"("+given.Name+":)")
			s.literal(declared.Type, given.Value)
		}
	}
	s.selections(f.SelectionSet)
}

// literal searches a value in the document; variables are searched by value.
func (s search) literal(t *ast.Type, v *ast.Value) {
	definition := s.schema.Types[t.Name()]
	if v == nil || !s.inputs[t.Name()] || v.Kind == ast.Variable {
		return
	}
	switch v.Kind {
	case ast.ListValue:
		for _, child := range v.Children {
			s.literal(t, child.Value)
		}
	case ast.ObjectValue:
		for _, child := range v.Children {
			s.member(definition, child.Name, func(inner *ast.Type) { s.literal(inner, child.Value) })
		}
	case ast.EnumValue:
		s.value(definition, v.Raw)
	}
}

// input searches the value of a variable.
func (s search) input(t *ast.Type, value any) {
	definition := s.schema.Types[t.Name()]
	if !s.inputs[t.Name()] {
		return
	}
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			s.input(t, item)
		}
	case map[string]any:
		for name, item := range value {
			s.member(definition, name, func(inner *ast.Type) { s.input(inner, item) })
		}
	case string:
		s.value(definition, value)
	}
}

func (s search) member(of *ast.Definition, name string, inside func(*ast.Type)) {
	if f := of.Fields.ForName(name); f != nil {
		s.note(f.Directives, of.Name+"."+name)
		inside(f.Type)
	}
}

func (s search) value(of *ast.Definition, name string) {
	if v := of.EnumValues.ForName(name); v != nil {
		s.note(v.Directives, of.Name+"."+name)
	}
}
