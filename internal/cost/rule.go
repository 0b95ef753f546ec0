package cost

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// object is a composite type as pricing sees it.
type object struct {
	fields     map[string]*rule
	connection bool
}

// rule is how one field is priced.
type rule struct {
	weight  int     // of one value
	size    int     // elements of a list; rows of a connection without an argument; else 1
	result  *object // nil for a leaf
	list    bool    // a list whose ids argument, if there is one, gives the size
	rows    bool    // edges or nodes: as many values as its connection has rows
	special bool    // __schema or __type

	arguments map[string]*input // those that may cost something
}

// ruleBook holds the rules of one schema.
type ruleBook struct {
	types  map[string]*object
	roots  map[ast.Operation]*object
	inputs map[string]*input

	unknown rule // of a field that the schema does not have
}

func (b *ruleBook) of(on *object, field string) *rule {
	if on != nil && on.fields[field] != nil {
		return on.fields[field]
	}
	return &b.unknown
}

func newRuleBook(schema *ast.Schema, config Config) *ruleBook {
	b := &ruleBook{types: map[string]*object{}, roots: map[ast.Operation]*object{}, inputs: inputs(schema)}
	b.unknown = rule{weight: 1, size: 1}
	for name, def := range schema.Types {
		if def.IsCompositeType() {
			b.types[name] = &object{fields: map[string]*rule{}, connection: isConnection(def)}
		}
	}
	for name, o := range b.types {
		for _, field := range schema.Types[name].Fields {
			o.fields[field.Name] = b.rule(o, field, config)
		}
	}
	b.root(ast.Query, schema.Query, 0)
	b.root(ast.Mutation, schema.Mutation, config.Mutation)
	b.root(ast.Subscription, schema.Subscription, 0)
	for _, name := range []string{"__schema", "__type"} {
		if query := b.roots[ast.Query]; query != nil {
			query.fields[name] = &rule{weight: config.Introspection, size: 1, special: true}
		}
	}
	b.raiseInterfaces(schema)
	return b
}

func isConnection(def *ast.Definition) bool {
	return strings.HasSuffix(def.Name, "Connection") &&
		(def.Fields.ForName("edges") != nil || def.Fields.ForName("nodes") != nil)
}

func (b *ruleBook) rule(owner *object, field *ast.FieldDefinition, config Config) *rule {
	r := &rule{size: 1, arguments: b.arguments(field), result: b.types[field.Type.Name()], list: field.Type.Elem != nil}
	r.rows = owner.connection && r.list && (field.Name == "edges" || field.Name == "nodes")
	switch {
	case owner.connection && (field.Name == "edges"):
		r.weight = 0 // its node is the row
	case owner.connection && field.Name == "totalCount":
		r.weight = config.Count
	case r.result != nil:
		r.weight = 1
	}
	switch {
	case r.rows:
	case r.list && r.result != nil:
		r.size = config.List
	case r.result != nil && r.result.connection:
		r.size = defaultPage(field, config)
	}
	if weight, ok := figure(field.Directives, "cost", "weight"); ok {
		r.weight = weight
	}
	if size, ok := figure(field.Directives, "listSize", "assumed"); ok && r.list && !r.rows {
		r.size = size
	}
	return r
}

// defaultPage is the default of first or last in the SDL, or that of config.
func defaultPage(field *ast.FieldDefinition, config Config) int {
	size := 0
	for _, name := range pageArguments() {
		if arg := field.Arguments.ForName(name); arg != nil && arg.DefaultValue != nil {
			n, err := strconv.ParseInt(arg.DefaultValue.Raw, 10, 64)
			if err == nil {
				size = max(size, clamp(n))
			}
		}
	}
	if size == 0 {
		return config.Page
	}
	return size
}

// root gives the root fields that the SDL does not weigh their weight; 0 leaves
// that of their kind.
func (b *ruleBook) root(kind ast.Operation, def *ast.Definition, weight int) {
	if def == nil {
		return
	}
	b.roots[kind] = b.types[def.Name]
	for _, field := range def.Fields {
		if _, weighed := figure(field.Directives, "cost", "weight"); !weighed && weight > 0 {
			b.roots[kind].fields[field.Name].weight = weight
		}
	}
}

// raiseInterfaces prices a field of an interface like the dearest of those that
// implement it, so that asking through the interface is never cheaper.
func (b *ruleBook) raiseInterfaces(schema *ast.Schema) {
	for name, o := range b.types {
		if schema.Types[name].Kind != ast.Interface {
			continue
		}
		for _, implementer := range schema.PossibleTypes[name] {
			for field, r := range o.fields {
				if other := b.types[implementer.Name].fields[field]; other != nil {
					r.weight, r.size = max(r.weight, other.weight), max(r.size, other.size)
				}
			}
		}
	}
}

// figure reads an integer argument of a directive, 0 for a negative one.
func figure(directives ast.DirectiveList, directive, argument string) (int, bool) {
	d := directives.ForName(directive)
	if d == nil {
		return 0, false
	}
	arg := d.Arguments.ForName(argument)
	if arg == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(arg.Value.Raw, 10, 64)
	return clamp(n), err == nil
}
