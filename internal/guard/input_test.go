package guard_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/guard"
)

func decode(t testing.TB, text string) map[string]any {
	t.Helper()
	var v map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("the test's own JSON: %v", err)
	}
	return v
}

func list(n int, element string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]"
}

func not(n int) string {
	return strings.Repeat(`{"not":`, n) + `{"name":{"eq":"x"}}` + strings.Repeat("}", n)
}

// Each value is met as a variable before coercion, as the coerced variable of
// an argument, and inside an input object.
func TestInput(t *testing.T) {
	for _, c := range []struct {
		name, where string
		want        fault.Code
	}{
		{"none", `null`, passes},
		{"empty", `{}`, passes},
		{"one", `{"name":{"eq":"x"}}`, passes},
		{"G12 not, 5 levels", not(5), passes},
		{"G12 not, 6 levels", not(6), fault.InputTooLarge},
		{"G12 not, 500 levels", not(500), fault.InputTooLarge},
		{"G12 not, 9000 levels", not(9000), fault.InputTooLarge},
		{"not around nothing, 6 levels", strings.Repeat(`{"not":`, 6) + "{}" + strings.Repeat("}", 6), fault.InputTooLarge},
		{"relations, 6 levels", strings.Repeat(`{"student":`, 6) + `{"name":{"eq":"x"}}` + strings.Repeat("}", 6), fault.InputTooLarge},
		{"G12 or, 50 leaves", `{"or":` + list(50, `{"name":{"eq":"x"}}`) + `}`, passes},
		{"G12 or, 51 leaves", `{"or":` + list(51, `{"name":{"eq":"x"}}`) + `}`, fault.InputTooLarge},
		{"G12 or, 10k leaves", `{"or":` + list(10000, `{"name":{"eq":"x"}}`) + `}`, fault.InputTooLarge},
		{"G12 or, 51 empty", `{"or":` + list(51, `{}`) + `}`, fault.InputTooLarge},
		{"51 leaves of one field each", `{"or":` + list(17, `{"age":{"gte":1,"lt":9,"neq":4}}`) + `}`, fault.InputTooLarge},
		{"51 bare leaves", `{"or":` + list(51, `{"active":true}`) + `}`, fault.InputTooLarge},
		{"G12 in, 100", `{"id":{"in":` + list(100, `"x"`) + `}}`, passes},
		{"G12 in, 101", `{"id":{"in":` + list(101, `"x"`) + `}}`, fault.InputTooLarge},
		{"G12 idIn, 101", `{"idIn":` + list(101, `"x"`) + `}`, fault.InputTooLarge},
		{"G12 in, 30k", `{"id":{"in":` + list(30000, `"x"`) + `}}`, fault.InputTooLarge},
		{"G12 in, 70k", `{"id":{"in":` + list(70000, `"x"`) + `}}`, fault.InputTooLarge},
		{"NUL", `{"name":{"eq":"\u0000"}}`, fault.BadUserInput},
		{"NUL in a key", `{"na\u0000me":{"eq":1}}`, fault.BadUserInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := guard.New(guard.Limits{})
			check(t, g.Variables(decode(t, `{"where":`+c.where+`}`)), c.want)

			doc := parse(t, `query($w: W) { ...F } fragment F on T { a { students(where: $w) { id } } }`)
			check(t, g.Input(doc.Operations[0], doc.Fragments, decode(t, `{"w":`+c.where+`}`)), c.want)

			doc = parse(t, `mutation($i: I) { export(input: {where: $i}) }`)
			check(t, g.Input(doc.Operations[0], nil, decode(t, `{"i":`+c.where+`}`)), c.want)
		})
	}
}

func TestVariables(t *testing.T) {
	for _, c := range []struct {
		name, variables string
		want            fault.Code
	}{
		{"none", `{}`, passes},
		{"list of 250", `{"ids":` + list(250, `"x"`) + `}`, passes},
		{"list of 251", `{"ids":` + list(251, `"x"`) + `}`, fault.InputTooLarge},
		{"G17 ids", `{"ids":` + list(5000, `"x"`) + `}`, fault.InputTooLarge},
		{"1000 values", `{"a":` + list(4, list(249, `1`)) + `,"b":1,"c":1,"d":{}}`, fault.InputTooLarge}, // 1 + 4×250 + 3
		{"999 values", `{"a":` + list(4, list(248, `1`)) + `,"b":1,"c":1}`, passes},
		{"objects, 8 levels", `{"a":` + strings.Repeat(`{"a":`, 7) + `{}` + strings.Repeat("}", 8), passes},
		{"objects, 9 levels", `{"a":` + strings.Repeat(`{"a":`, 8) + `{}` + strings.Repeat("}", 9), fault.InputTooLarge},
		{"objects in lists, 9 levels", `{"a":` + strings.Repeat(`[{"a":`, 8) + `{}` + strings.Repeat("}]", 8) + "}", fault.InputTooLarge},
		{"lists in lists", `{"a":` + strings.Repeat(`[`, 10) + strings.Repeat("]", 10) + "}", fault.InputTooLarge},
		{"lists in lists, 9000", `{"a":` + strings.Repeat(`[`, 9000) + strings.Repeat("]", 9000) + "}", fault.InputTooLarge},
		{"wide object", `{"a":{` + strings.TrimSuffix(numbered(5000, `"k%d":1,`), ", ") + `}}`, fault.InputTooLarge},
		{"many variables", `{` + strings.TrimSuffix(numbered(5000, `"k%d":1,`), ", ") + `}`, fault.InputTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			check(t, guard.New(guard.Limits{}).Variables(decode(t, c.variables)), c.want)
		})
	}
}

func TestLiterals(t *testing.T) {
	for _, c := range []struct {
		name, query string
		want        fault.Code
	}{
		{"typical", typical, passes},
		{"not, 6 levels", `{a(where:` + strings.Repeat("{not:", 6) + "{name:{eq:1}}" + strings.Repeat("}", 6) + ")}", fault.InputTooLarge},
		{"or, 51 leaves", `{a(where:{or:[` + strings.Repeat("{name:{eq:1}} ", 51) + "]})}", fault.InputTooLarge},
		{"list of 251", `{a(ids:[` + strings.Repeat("1 ", 251) + "])}", fault.InputTooLarge},
		{"in a directive", `{a @x(ids:[` + strings.Repeat("1 ", 251) + "])}", fault.InputTooLarge},
		{"on the operation", `query @x(ids:[` + strings.Repeat("1 ", 251) + "]) {a}", fault.InputTooLarge},
		{"NUL", `{a(x:"\u0000")}`, fault.BadUserInput},
		{"3 filters of 50", `{` + numbered(3, "a%d:a(where:{id:{in:[1]}, or:["+strings.Repeat("{n:{eq:1}} ", 49)+"]})") + "}", passes},
		{"4 filters of 50", `{` + numbered(4, "a%d:a(where:{id:{in:[1]}, or:["+strings.Repeat("{n:{eq:1}} ", 49)+"]})") + "}", fault.InputTooLarge},
		{"a filter spread 4 times", `{a{...F} b{...F} c{...F} d{...F}} fragment F on T {a(where:{or:[` + strings.Repeat("{n:{eq:1}} ", 40) + "]})}", fault.InputTooLarge},
		{"arguments spread 20 times", "{" + numbered(20, "a%d{...F}") + "} fragment F on T {a(ids:[" + strings.Repeat("1 ", 100) + "])}", fault.InputTooLarge},
		{"a circle returns", "{...A} fragment A on T {...A}", passes},
		{"an unknown fragment returns", "{...A}", passes},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := parse(t, c.query)
			check(t, guard.New(guard.Limits{}).Input(doc.Operations[0], doc.Fragments, nil), c.want)
		})
	}
}

// One variable of 900 values in 400 places would be 360,000 values to measure.
func TestVariableUsedAgain(t *testing.T) {
	doc := parse(t, "query($v: [V]) {"+numbered(400, "a%d(v:[$v $v])")+"}")
	vars := decode(t, `{"v":`+list(3, list(248, "1"))+`}`)
	g := guard.New(guard.Limits{})
	check(t, g.Variables(vars), passes)
	check(t, g.Input(doc.Operations[0], nil, vars), fault.InputTooLarge)
}

func TestDoublingFragmentsInInput(t *testing.T) {
	doc := parse(t, chain("query", 60, 2, "a(x: 1) { %s }"))
	check(t, guard.New(guard.Limits{}).Input(doc.Operations[0], doc.Fragments, nil), fault.InputTooLarge)
	doc = parse(t, chain("query", 60, 2, "a { %s }")) // nothing to measure, yet it returns
	check(t, guard.New(guard.Limits{}).Input(doc.Operations[0], doc.Fragments, nil), passes)
}

// Coercion wraps a single value in a list of its own Go type.
func TestTypedValues(t *testing.T) {
	type text string
	for name, v := range map[string]any{
		"strings": make([]string, 251), "maps": make([]map[string]any, 251),
		"typed map": map[text]any{"where": map[string][]int{"in": make([]int, 101)}},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, guard.New(guard.Limits{}).Variables(map[string]any{"v": v}), fault.InputTooLarge)
		})
	}
	check(t, guard.New(guard.Limits{}).Variables(map[string]any{"file": make([]byte, 1000)}), passes)
}

func TestInputMessageNamesFigures(t *testing.T) {
	err := guard.New(guard.Limits{}).Variables(map[string]any{"ids": make([]any, 5000)})
	want := fmt.Sprintf("There are %d elements in a list of the input; at most %d are allowed: send them in several requests.", 5000, 250)
	if f := fault.From(err); f == nil || f.Message != want {
		t.Errorf("got %v; want %q", err, want)
	}
}
