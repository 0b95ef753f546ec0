package guard

import "github.com/vektah/gqlparser/v2/ast"

// Variables refuses the variables of a request as they were sent, before they
// are coerced to their types: too many values, too deep, too long a list
// (INPUT_TOO_LARGE), or a NUL character, which the database cannot hold
// (BAD_USER_INPUT). Variables that the operation does not declare count too.
func (g *Guard) Variables(raw map[string]any) error {
	m := measure{limits: g.limits}
	for name, value := range raw {
		m.value(value, 0)
		if name == "where" {
			m.where(value)
		}
		if m.fault != nil {
			return m.fault
		}
	}
	return nil
}

// Input refuses the arguments of an operation as its resolvers will meet them:
// literals and coerced variables together, each once for every place that uses
// it. The argument or input field named where is measured as a filter as well.
// It needs a document that Document let through; the values of directives are
// measured like those of fields.
func (g *Guard) Input(op *ast.OperationDefinition, fragments ast.FragmentDefinitionList, variables map[string]any) error {
	in := input{
		measure:   measure{limits: g.limits},
		fragments: fragments,
		variables: variables,
		spread:    map[string]use{},
	}
	in.directives(op.Directives)
	in.set(op.SelectionSet)
	if in.measure.fault != nil {
		return in.measure.fault
	}
	return nil
}

// use is what one spread of a fragment adds.
type use struct{ nodes, leaves int }

type input struct {
	measure   measure
	fragments ast.FragmentDefinitionList
	variables map[string]any
	spread    map[string]use // fragments already measured
}

func (in *input) set(set ast.SelectionSet) {
	for _, selection := range set {
		if in.measure.fault != nil {
			return
		}
		switch selection := selection.(type) {
		case *ast.Field:
			in.arguments(selection.Arguments)
			in.directives(selection.Directives)
			in.set(selection.SelectionSet)
		case *ast.InlineFragment:
			in.directives(selection.Directives)
			in.set(selection.SelectionSet)
		case *ast.FragmentSpread:
			in.directives(selection.Directives)
			in.fragment(selection.Name)
		}
	}
}

func (in *input) fragment(name string) {
	if known, ok := in.spread[name]; ok {
		in.measure.count(known.nodes)
		in.measure.compare(known.leaves)
		return
	}
	in.spread[name] = use{} // a circle adds nothing; Document has refused it
	def := in.fragments.ForName(name)
	if def == nil {
		return
	}
	before := use{in.measure.nodes, in.measure.leaves}
	in.directives(def.Directives)
	in.set(def.SelectionSet)
	in.spread[name] = use{in.measure.nodes - before.nodes, in.measure.leaves - before.leaves}
}

func (in *input) directives(list ast.DirectiveList) {
	for _, d := range list {
		in.arguments(d.Arguments)
	}
}

func (in *input) arguments(list ast.ArgumentList) {
	for _, a := range list {
		if in.measure.fault != nil {
			return
		}
		value := plain(a.Value, in.variables)
		in.measure.value(value, 0)
		if a.Name == "where" {
			in.measure.where(value)
		}
	}
}

// plain turns a literal into the shape its coerced value will have. Numbers
// stay text: only the shape is measured.
func plain(v *ast.Value, variables map[string]any) any {
	switch {
	case v == nil || v.Kind == ast.NullValue:
		return nil
	case v.Kind == ast.Variable:
		return variables[v.Raw]
	case v.Kind == ast.ListValue:
		list := make([]any, len(v.Children))
		for i, child := range v.Children {
			list[i] = plain(child.Value, variables)
		}
		return list
	case v.Kind == ast.ObjectValue:
		object := make(map[string]any, len(v.Children))
		for _, child := range v.Children {
			object[child.Name] = plain(child.Value, variables)
		}
		return object
	}
	return v.Raw
}
