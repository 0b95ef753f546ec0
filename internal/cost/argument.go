package cost

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// pageArguments returns the arguments that ask for the size of a page.
func pageArguments() [2]string { return [2]string{"first", "last"} }

// page is the number of rows that f may deliver: the larger of first and last,
// above the permitted maximum as written, and the default for null, zero and
// below, which a pager may understand as "not given".
func (e *estimate) page(f *ast.Field, r *rule) int {
	size := 0
	for _, name := range pageArguments() {
		if arg := f.Arguments.ForName(name); arg != nil {
			size = max(size, e.number(arg.Value))
		}
	}
	if size == 0 {
		return r.size
	}
	return size
}

// number reads a coerced integer: 0 for null and below, MaxPage for what is no
// number.
func (e *estimate) number(v *ast.Value) int {
	switch {
	case v.Kind == ast.NullValue:
		return 0
	case v.Kind != ast.Variable:
		return e.digits(v.Raw)
	}
	switch n := e.variable(v).(type) {
	case nil:
		return 0
	case int:
		return clamp(int64(n))
	case int32:
		return clamp(int64(n))
	case int64:
		return clamp(n)
	case float64:
		return e.float(n)
	case json.Number:
		return e.digits(n.String())
	case string:
		return e.digits(n)
	}
	return e.calculator.config.MaxPage
}

func (e *estimate) digits(text string) int {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return clamp(n)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(n, 0) {
		return e.calculator.config.MaxPage
	}
	return e.float(n)
}

func (e *estimate) float(n float64) int {
	switch {
	case math.IsNaN(n):
		return e.calculator.config.MaxPage
	case n >= Max:
		return Max
	case n <= 0:
		return 0
	}
	return int(math.Ceil(n))
}

// size is the number of elements of a list: that of its ids argument, or the
// one that its rule assumes.
func (e *estimate) size(f *ast.Field, r *rule) int {
	arg := f.Arguments.ForName("ids")
	if arg == nil {
		return r.size
	}
	if arg.Value.Kind == ast.ListValue {
		return len(arg.Value.Children)
	}
	if arg.Value.Kind != ast.Variable {
		return 1 // a single value stands for a list of one
	}
	v := reflect.ValueOf(e.variable(arg.Value))
	switch v.Kind() {
	case reflect.Invalid:
		return r.size
	case reflect.Slice, reflect.Array:
		return v.Len()
	}
	return 1
}

// variable is the value of a variable, or of its default where the caller did
// not fill defaults in and the document is validated.
func (e *estimate) variable(v *ast.Value) any {
	if value, ok := e.variables[v.Raw]; ok {
		return value
	}
	if v.VariableDefinition == nil || v.VariableDefinition.DefaultValue == nil {
		return nil
	}
	value, err := v.VariableDefinition.DefaultValue.Value(nil)
	if err != nil {
		return Max // an integer beyond 64 bits
	}
	return value
}

// runs reports whether @skip and @include let a selection run. A condition that
// is no boolean lets it run, for then it is priced.
func (e *estimate) runs(directives ast.DirectiveList) bool {
	for _, d := range directives {
		stop := d.Name == "skip" // the value on which the selection is left out
		if !stop && d.Name != "include" {
			continue
		}
		if met, ok := e.flag(d); ok && met == stop {
			return false
		}
	}
	return true
}

func (e *estimate) flag(d *ast.Directive) (value, known bool) {
	arg := d.Arguments.ForName("if")
	switch {
	case arg == nil:
		return false, false
	case arg.Value.Kind == ast.Variable:
		value, known = e.variable(arg.Value).(bool)
		return value, known
	}
	return arg.Value.Raw == "true", arg.Value.Kind == ast.BooleanValue
}
