package query

import (
	"sort"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// value is an argument or a part of one. It knows its value now and, where it
// comes from a variable, how to find it again among other variables, so that a
// compiled plan can be used with them.
type value struct {
	now      any // map[string]any, []any, string, json.Number, int64, float64, bool or nil
	literal  *ast.Value
	variable string // empty for a literal
	path     []any  // from the variable: string for a member, int for an item
}

// argument returns the argument of field by name; ok is false where it is not given.
func argument(field *ast.Field, name string, vars map[string]any) (value, bool) {
	arg := field.Arguments.ForName(name)
	if arg == nil {
		return value{}, false
	}
	return fromAST(arg.Value, vars)
}

func fromAST(v *ast.Value, vars map[string]any) (value, bool) {
	if v.Kind == ast.Variable {
		now, given := vars[v.Raw]
		return value{now: now, variable: v.Raw}, given
	}
	out := value{literal: v}
	if v.Kind != ast.ObjectValue && v.Kind != ast.ListValue {
		out.now, _ = v.Value(vars)
	}
	return out, true
}

// given wraps a value in hand, which no plan outlives.
func given(now any) value { return value{now: now, literal: &ast.Value{}} }

func (v value) isNull() bool {
	if v.literal != nil && (v.literal.Kind == ast.ObjectValue || v.literal.Kind == ast.ListValue) {
		return false
	}
	return v.now == nil
}

// member is one entry of an input object.
type member struct {
	name  string
	value value
}

// members returns the entries of an input object in a fixed order.
func (v value) members(vars map[string]any) []member {
	var list []member
	if v.literal != nil && v.literal.Kind == ast.ObjectValue {
		for _, child := range v.literal.Children {
			if inner, given := fromAST(child.Value, vars); given {
				list = append(list, member{child.Name, inner})
			}
		}
	} else if object, ok := v.now.(map[string]any); ok {
		for name, inner := range object {
			list = append(list, member{name, v.step(name, inner)})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
	return list
}

// items returns the elements of a list; a single value is a list of one.
func (v value) items(vars map[string]any) []value {
	if v.literal != nil && v.literal.Kind == ast.ListValue {
		list := make([]value, 0, len(v.literal.Children))
		for _, child := range v.literal.Children {
			if inner, given := fromAST(child.Value, vars); given {
				list = append(list, inner)
			}
		}
		return list
	}
	items, ok := v.now.([]any)
	if !ok {
		return []value{v}
	}
	list := make([]value, len(items))
	for i, inner := range items {
		list[i] = v.step(i, inner)
	}
	return list
}

func (v value) step(key, inner any) value {
	if v.variable == "" {
		return value{now: inner, literal: &ast.Value{}}
	}
	path := make([]any, 0, len(v.path)+1)
	return value{now: inner, variable: v.variable, path: append(append(path, v.path...), key)}
}

// find returns the value at the same place of other variables.
func (v value) find(vars map[string]any) any {
	if v.variable == "" {
		if v.literal != nil && (v.literal.Kind == ast.ObjectValue || v.literal.Kind == ast.ListValue) {
			now, _ := v.literal.Value(vars)
			return now
		}
		return v.now
	}
	at := vars[v.variable]
	for _, key := range v.path {
		switch key := key.(type) {
		case string:
			object, _ := at.(map[string]any)
			at = object[key]
		case int:
			list, _ := at.([]any)
			if key >= len(list) {
				return nil
			}
			at = list[key]
		}
	}
	return at
}

// shape appends a text that is equal for two values whenever they lead to the
// same statement: the members of objects, the lengths of lists of objects, the
// kinds of scalars. exact asks for the value itself.
func shape(dst []byte, v any, exact bool) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, 'n')
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Strings(names)
		dst = append(dst, '{')
		for _, name := range names {
			dst = append(append(dst, name...), ':')

			dst = append(shape(dst, v[name], exact), ',')
		}
		return append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for _, item := range v {
			if _, isObject := item.(map[string]any); isObject || exact {
				dst = append(shape(dst, item, exact), ',')
			}
		}
		return append(dst, ']')
	case bool:
		return strconv.AppendBool(dst, v)
	case string:
		if exact {
			return strconv.AppendQuote(dst, v)
		}
		return append(dst, 's')
	default:
		if exact {
			return appendNumber(dst, v)
		}
		return append(dst, 'i')
	}
}
