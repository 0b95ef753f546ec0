package cost_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/cost"
	"github.com/barrehq/barre/internal/fault"
)

type vars = map[string]any

// unlimited lets every test see the figure rather than a refusal.
var unlimited = cost.Config{Ceiling: cost.Max}

func TestOperation(t *testing.T) {
	calculator := cost.New(schema(t), unlimited)
	for _, c := range []struct {
		name, query string
		vars        vars
		want        int
	}{
		{"nothing is free", `{__typename ping}`, nil, 1},
		{"object", `{student(id:1){id name}}`, nil, 1},
		{"weighed scalar", `{student(id:1){score}}`, nil, 1 + 3},
		{"weight 0", `{free{score}}`, nil, 3},
		{"negative weight", `{negative{id} report{rows}}`, nil, 200},
		{"weighed object", `{report{rows}}`, nil, 200},
		{"connection, default page", `{students{nodes{id}}}`, nil, 1 + 25},
		{"connection, first", `{students(first:10){nodes{id}}}`, nil, 1 + 10},
		{"connection, last", `{students(last:10){nodes{id}}}`, nil, 1 + 10},
		{"edges and node", `{students(first:10){edges{cursor node{id}}}}`, nil, 1 + 10},
		{"edges and nodes", `{students(first:10){edges{node{id}} nodes{id}}}`, nil, 1 + 20},
		{"two nodes of an edge", `{students(first:10){edges{a:node{id} b:node{id}}}}`, nil, 1 + 20},
		{"cursors only", `{students(first:10){edges{cursor}}}`, nil, 1},
		{"page info", `{students(first:10){pageInfo{hasNextPage} nodes{id}}}`, nil, 1 + 1 + 10},
		{"G18 totalCount", `{students(first:10){totalCount}}`, nil, 1 + 10},
		{"weighed totalCount and connection", `{classes(first:10){totalCount edges{node{id}}}}`, nil, 5 + 2 + 10},
		{"default of the SDL", `{recent{nodes{id}}}`, nil, 1 + 50},
		{"nested", `{classes(first:4){edges{node{students(first:10){nodes{id}}}}}}`, nil, 5 + 4*(1+1+10)},
		{"a row with lists", `{students(first:2){nodes{lines{id} notes{id} tags scores score}}}`, nil, 1 + 2*(1+3+10+0+8+3)},
		{"G14", `{classes(first:100){edges{node{students(first:100){nodes{guardians(first:100){edges{node{id}}}}}}}}}`, nil, 5 + 100*(1+1+100*(1+1+100))},
		{"list with a size", `{search(text:"x"){... on Student{id}}}`, nil, 20},
		{"union, all fragments", `{search(text:"x"){... on Student{score} ... on Class{students(first:1){nodes{id}}}}}`, nil, 20 * (1 + 3 + 2)},
		{"nodes by ids", `{nodes(ids:["a","b","c"]){id}}`, nil, 3},
		{"nodes by a single id", `{nodes(ids:"a"){id}}`, nil, 1},
		{"G17 nodes by variable", `query($i:[ID!]!){nodes(ids:$i){id}}`, vars{"i": make([]any, 5000)}, 5000},
		{"nodes by a coerced list", `query($i:[ID!]!){nodes(ids:$i){id}}`, vars{"i": []string{"a", "b"}}, 2},
		{"nodes by a default", `query($i:[ID!]!=["a","b"]){nodes(ids:$i){id}}`, nil, 2},
		{"no ids", `{nodes(ids:[]){id}}`, nil, 1},
		{"interface", `{node(id:1){id ... on Student{score}}}`, nil, 1 + 3},
		{"interface as its dearest", `{priced{total{id}}}`, nil, 1 + 40},
		{"a condition without a weight", `{students(first:2,where:{name:"a",label:{eq:"b"}}){nodes{id}}}`, nil, 1 + 2},
		{"a weighed condition", `{students(first:2,where:{label:{contains:"b"}}){nodes{id}}}`, nil, 1 + 2 + 7},
		{"weighed conditions inside others", `{students(first:2,where:{and:[{label:{contains:"b"}},{and:{label:{contains:"c"}}}]}){nodes{id}}}`, nil, 1 + 2 + 14},
		{"each item of a weighed list", `{students(first:2,where:{custom:[{key:"a"},{key:"b"}]}){nodes{id}}}`, nil, 1 + 2 + 20},
		{"a single item of a weighed list", `{students(first:2,where:{custom:{key:"a"}}){nodes{id}}}`, nil, 1 + 2 + 10},
		{"a weighed condition that is null", `{students(first:2,where:{custom:null}){nodes{id}}}`, nil, 1 + 2},
		{"weighed conditions in a variable", `query($w:StudentWhere){students(first:2,where:$w){nodes{id}}}`,
			vars{"w": vars{"custom": []any{vars{"key": "a"}, vars{"key": "b"}}, "and": []any{vars{"label": vars{"contains": "c"}}}, "label": vars{"contains": nil}}}, 1 + 2 + 27},
		{"weighed conditions in variables of their own", `query($c:[Custom!],$t:String){students(first:2,where:{custom:$c,label:{contains:$t}}){nodes{id}}}`,
			vars{"c": []any{vars{"key": "a"}}, "t": "b"}, 1 + 2 + 17},
		{"a weighed condition within rows", `{classes(first:3){edges{node{students(first:2){nodes{id}}}}} students(first:1,where:{custom:[{key:"a"}]}){nodes{id}}}`, nil, 5 + 3*(1+1+2) + 1 + 1 + 10},
		{"mutation", `mutation{createStudent{student{id} userErrors{code}}}`, nil, 10 + 1},
		{"weighed mutation", `mutation{importStudents{student{id}}}`, nil, 100 + 1},
		{"two mutations", `mutation{a:createStudent{student{id}} b:createStudent{student{id}}}`, nil, 22},
		{"subscription", `subscription{studentChanged{id}}`, nil, 1},
		{"aliases", `{a:students{nodes{id}} b:students{nodes{id}}}`, nil, 52},
		{"fragment", `{students(first:5){...F}} fragment F on StudentConnection{nodes{...G} totalCount} fragment G on Student{score}`, nil, 1 + 5*(1+3) + 10},
		{"one fragment, two pages", `{a:students(first:5){...F} b:students(first:7){...F}} fragment F on StudentConnection{nodes{id}}`, nil, 1 + 5 + 1 + 7},
		{"G16 unused fragment", `{ping} fragment F on Query{report{rows}}`, nil, 1},
		{"inline fragment without a type", `{... {report{rows}}}`, nil, 200},

		{"G13 absent", `{students{nodes{id}}}`, nil, 26},
		{"G13 zero", `{students(first:0){nodes{id}}}`, nil, 26},
		{"G13 negative", `{students(first:-1){nodes{id}}}`, nil, 26},
		{"G13 null", `{students(first:null){nodes{id}}}`, nil, 26},
		{"G13 251", `{students(first:251){nodes{id}}}`, nil, 252},
		{"G13 32 bits", `{students(first:2147483647){nodes{id}}}`, nil, cost.Max},
		{"G13 1e20", `{students(first:100000000000000000000){nodes{id}}}`, nil, cost.Max},
		{"G13 -1e20", `{students(first:-100000000000000000000){nodes{id}}}`, nil, 26},
		{"G13 1.5", `{students(first:1.5){nodes{id}}}`, nil, 3},
		{"G13 text", `{students(first:"10"){nodes{id}}}`, nil, 11},
		{"G13 no number", `{students(first:ALL){nodes{id}}}`, nil, 251},
		{"G13 a list", `{students(first:[9]){nodes{id}}}`, nil, 251},
		{"G13 both", `{students(first:3,last:7){nodes{id}}}`, nil, 8},
		{"G13 both, the larger first", `{students(first:7,last:3){nodes{id}}}`, nil, 8},

		{"G15 the variable, not its default", `query($n:Int=1){students(first:$n){nodes{id}}}`, vars{"n": int64(100)}, 101},
		{"G15 the default", `query($n:Int=1){students(first:$n){nodes{id}}}`, nil, 2},
		{"G15 null over the default", `query($n:Int=1){students(first:$n){nodes{id}}}`, vars{"n": nil}, 26},
		{"G15 not given", `query($n:Int){recent(first:$n){nodes{id}}}`, nil, 51},

		{"G16 five levels", `{classes(first:2147483647){edges{node{students(first:2147483647){nodes{guardians(first:2147483647){edges{node{id}}}}}}}}}`, nil, cost.Max},
		{"G16 two sums at the end", `{a:students(first:2147483647){nodes{id}} b:students(first:2147483647){nodes{id}}}`, nil, cost.Max},
		{"skip", `{ping report@skip(if:true){rows}}`, nil, 1},
		{"skip not", `{report@skip(if:false){rows}}`, nil, 200},
		{"include not", `{ping report@include(if:false){rows}}`, nil, 1},
		{"skip by variable", `query($s:Boolean!){report@skip(if:$s){rows}}`, vars{"s": true}, 1},
		{"include by variable", `query($s:Boolean!){report@include(if:$s){rows}}`, vars{"s": true}, 200},
		{"include by default", `query($s:Boolean!=false){report@include(if:$s){rows}}`, nil, 1},
		{"skip and include", `{report@include(if:true)@skip(if:true){rows}}`, nil, 1},
		{"skip by nothing known", `query($s:Boolean!){report@skip(if:$s){rows}}`, nil, 200},
		{"skip of a fragment", `{ping ...F@skip(if:true) ...@skip(if:true){report{rows}}} fragment F on Query{report{rows}}`, nil, 1},
		{"skip of totalCount", `{students(first:2){totalCount@skip(if:true) nodes{id}}}`, nil, 3},

		{"schema", `{__schema{types{name}}}`, nil, 10 + 2},
		{"schema through fragments", `{__schema{...S}} fragment S on __Schema{types{...{...T}}} fragment T on __Type{fields{type{name}}}`, nil, 10 + 4},
		{"a skipped part of the schema", `{__schema{queryType{name} types@skip(if:true){fields{type{name}}}}}`, nil, 10 + 2},
		{"type", `{a:__type(name:"A"){name} b:__type(name:"B"){name}}`, nil, 22},
		{"fragment named __schema", `{...__schema} fragment __schema on Query{report{rows}}`, nil, 200},
		{"alias __schema", `{__schema:report{rows}}`, nil, 200},
		{"alias totalCount", `{students(first:1){totalCount:pageInfo{endCursor}}}`, nil, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := parse(t, c.query)
			if strings.Contains(c.query, "=") { // variable defaults are found by validation
				doc = valid(t, schema(t), c.query)
			}
			got, err := calculator.Operation(doc.Operations[0], doc.Fragments, c.vars)
			if err != nil || got != c.want {
				t.Errorf("got %d, %v; want %d", got, err, c.want)
			}
			plan, err := calculator.Plan(doc.Operations[0], doc.Fragments, c.vars)
			if err != nil || plan.Requested() != c.want || plan.Actual() != c.want {
				t.Errorf("the plan says %d, %d, %v; want %d", plan.Requested(), plan.Actual(), err, c.want)
			}
		})
	}
}

// The types in which a page size arrives after coercion.
func TestPageOfAnyType(t *testing.T) {
	calculator := cost.New(schema(t), unlimited)
	doc := parse(t, `query($n:Int){students(first:$n){nodes{id}}}`)
	for _, c := range []struct {
		value any
		want  int
	}{
		{int(7), 8}, {int32(7), 8}, {int64(7), 8}, {float64(7), 8}, {json.Number("7"), 8}, {"7", 8},
		{float64(1e20), cost.Max}, {math.Inf(1), cost.Max}, {json.Number("1e400"), cost.Max}, {"Inf", cost.Max},
		{int64(math.MaxInt64), cost.Max}, {int64(math.MinInt64), 26}, {math.Inf(-1), 26}, {json.Number("-1e400"), 26},
		{math.NaN(), 251}, {"many", 251}, {true, 251}, {[]any{7}, 251}, {uint8(7), 251},
	} {
		t.Run(fmt.Sprintf("%T %v", c.value, c.value), func(t *testing.T) {
			got, _ := calculator.Operation(doc.Operations[0], nil, vars{"n": c.value})
			if got != c.want {
				t.Errorf("got %d; want %d", got, c.want)
			}
		})
	}
}

func TestCeiling(t *testing.T) {
	calculator := cost.New(schema(t), cost.Config{})
	doc := parse(t, `{students(first:250){nodes{score}}}`) // 1 + 250×4
	points, err := calculator.Operation(doc.Operations[0], nil, nil)
	want := "The operation costs 1001 points; at most 1000 are allowed: ask for smaller pages, fewer lists inside lists or fewer fields."
	if f := fault.From(err); points != 1001 || f == nil || f.Code != fault.QueryTooExpensive || f.Message != want {
		t.Errorf("got %d, %v; want 1001 and %q", points, err, want)
	}
	if _, err := calculator.Within(1001).Operation(doc.Operations[0], nil, nil); err != nil {
		t.Errorf("refused at its own price: %v", err)
	}
	if _, err := calculator.Within(1000).Plan(doc.Operations[0], nil, nil); fault.CodeOf(err) != fault.QueryTooExpensive {
		t.Errorf("the plan is let through: %v", err)
	}
	if got := calculator.Within(-1).Ceiling(); got != 1000 {
		t.Errorf("a ceiling of %d for -1; want the default", got)
	}
}

func TestSaturatedMessage(t *testing.T) {
	doc := parse(t, `{students(first:2147483647){nodes{id}}}`)
	_, err := cost.New(schema(t), cost.Config{}).Operation(doc.Operations[0], nil, nil)
	if err == nil || !strings.Contains(err.Error(), "2147483647 or more points") {
		t.Errorf("got %v", err)
	}
}

// Each level doubles. A walk that follows every spread would not return.
func TestDoublingFragments(t *testing.T) {
	calculator := cost.New(schema(t), unlimited)
	for _, c := range []struct{ name, root, on, body string }{
		{"objects", "student(id:1){...F0}", "Student", "lines{student{%s}}"},
		{"spreads", "student(id:1){...F0}", "Student", "score %s"},
		{"introspection", "__schema{types{...F0}}", "__Type", "ofType{%s}"},
		{"nothing to pay", "student(id:1){...F0}", "Student", "id %s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("{" + c.root + "}")
			for i := range 60 {
				twice := fmt.Sprintf("...F%d ...F%d", i+1, i+1)
				fmt.Fprintf(&b, " fragment F%d on %s{%s}", i, c.on, fmt.Sprintf(c.body, twice))
			}
			fmt.Fprintf(&b, " fragment F60 on %s{__typename}", c.on)
			doc := parse(t, b.String())
			got, _ := calculator.Operation(doc.Operations[0], doc.Fragments, nil)
			want := map[string]int{"objects": cost.Max, "spreads": cost.Max, "introspection": 10 + 1 + 60 + 1, "nothing to pay": 1}[c.name]
			if got != want {
				t.Errorf("got %d; want %d", got, want)
			}
		})
	}
}

func TestWithoutValidation(t *testing.T) {
	calculator := cost.New(schema(t), unlimited)
	for query, want := range map[string]int{
		`{...A} fragment A on Query{...A}`:                     cost.Max,
		`{__schema{...A}} fragment A on __Schema{types{...A}}`: cost.Max,
		`{...Missing}`:                                            1,
		`{__schema{...Missing}}`:                                  10,
		`{nothing{at{all}}}`:                                      3,
		`{...A} fragment A on Nowhere{a b}`:                       2,
		`{students(first:$undefined){nodes{id}}}`:                 26,
		`{student{id}} fragment A on Query{...A}`:                 1,
		`{report@skip{rows}}`:                                     200,
		`{report@include(if:"no"){rows}}`:                         200,
		`mutation{nothing}`:                                       1,
		`{classes(first:2){nodes{id} edges{node{nodes{edges}}}}}`: 5 + 2 + 2*(1+1+1),
	} {
		doc := parse(t, query)
		if got, _ := calculator.Operation(doc.Operations[0], doc.Fragments, nil); got != want {
			t.Errorf("%s: got %d; want %d", query, got, want)
		}
	}
}
