package cost

import "github.com/vektah/gqlparser/v2/ast"

// input is an input type some member of which has a weight, here or further
// inside.
type input struct{ members map[string]inputMember }

type inputMember struct {
	weight int    // for each time it is given; for each item of a list
	inner  *input // nil where nothing inside has a weight
}

// inputs reads the weights of all input types; those without any are left out.
func inputs(schema *ast.Schema) map[string]*input {
	all := map[string]*input{}
	for name, def := range schema.Types {
		if def.Kind == ast.InputObject {
			all[name] = &input{members: map[string]inputMember{}}
		}
	}
	priced := map[string]*input{}
	for before := -1; before != len(priced); { // until no type leads to one more
		before = len(priced)
		for name, in := range all {
			for _, field := range schema.Types[name].Fields {
				weight, _ := figure(field.Directives, "cost", "weight")
				if inner := priced[field.Type.Name()]; weight > 0 || inner != nil {
					in.members[field.Name] = inputMember{weight, inner}
					priced[name] = in
				}
			}
		}
	}
	return priced
}

// arguments are those of a field that hold something with a weight.
func (b *ruleBook) arguments(field *ast.FieldDefinition) map[string]*input {
	var list map[string]*input
	for _, arg := range field.Arguments {
		if in := b.inputs[arg.Type.Name()]; in != nil {
			if list == nil {
				list = map[string]*input{}
			}
			list[arg.Name] = in
		}
	}
	return list
}

// arguments is what those of f cost.
func (e *estimate) arguments(f *ast.Field, r *rule) int {
	points := 0
	for _, arg := range f.Arguments {
		if in := r.arguments[arg.Name]; in != nil {
			points = add(points, e.written(arg.Value, in))
		}
	}
	return points
}

// written prices a value of the document.
func (e *estimate) written(v *ast.Value, in *input) int {
	if v.Kind == ast.Variable {
		return given(e.variable(v), in)
	}
	points := 0
	for _, child := range v.Children {
		if v.Kind == ast.ListValue {
			points = add(points, e.written(child.Value, in))
			continue
		}
		member := in.members[child.Name]
		points = add(points, times(e.items(child.Value), member.weight))
		if member.inner != nil {
			points = add(points, e.written(child.Value, member.inner))
		}
	}
	return points
}

func (e *estimate) items(v *ast.Value) int {
	switch v.Kind {
	case ast.Variable:
		return itemsOf(e.variable(v))
	case ast.NullValue:
		return 0
	case ast.ListValue:
		return len(v.Children)
	}
	return 1
}

// given prices a value of the variables.
func given(v any, in *input) int {
	points := 0
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			points = add(points, given(item, in))
		}
	case map[string]any:
		for name, value := range v {
			member := in.members[name]
			points = add(points, times(itemsOf(value), member.weight))
			if member.inner != nil {
				points = add(points, given(value, member.inner))
			}
		}
	}
	return points
}

func itemsOf(v any) int {
	switch v := v.(type) {
	case nil:
		return 0
	case []any:
		return len(v)
	}
	return 1
}
