package cost_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/cost"
)

// sketch draws a document over the fields of the schema, right or wrong, with
// page sizes of any size and fragments that spread only later ones.
type sketch struct {
	*rapid.T
	fragments int
}

func (s sketch) size() string {
	return rapid.OneOf(
		rapid.Map(rapid.Int64(), func(n int64) string { return fmt.Sprint(n) }),
		rapid.SampledFrom([]string{"0", "1", "3", "250", "2147483647", "99999999999999999999", "-1", "null", "$n", "$m", "1e9", `"x"`}),
	).Draw(s.T, "size")
}

func (s sketch) set(depth, after int) string {
	var b strings.Builder
	for range rapid.IntRange(1, 3).Draw(s.T, "fields") {
		kind := rapid.IntRange(0, 7).Draw(s.T, "kind")
		switch name := rapid.SampledFrom([]string{
			"students", "classes", "edges", "node", "nodes", "guardians", "lines", "student", "search",
			"createStudent", "__schema", "types", "report",
		}).Draw(s.T, "name"); {
		case kind == 0 && after < s.fragments:
			fmt.Fprintf(&b, "...F%d ", rapid.IntRange(after, s.fragments-1).Draw(s.T, "fragment"))
		case kind == 1 && depth > 0:
			fmt.Fprintf(&b, "... on %s {%s} ", rapid.SampledFrom([]string{"Student", "Class", "Query"}).Draw(s.T, "on"), s.set(depth-1, after))
		case depth > 0:
			if kind == 2 {
				name += "(ids: [1 2 3])"
			} else if kind > 2 {
				name += fmt.Sprintf("(first: %s)", s.size())
			}
			name += rapid.SampledFrom([]string{"", "", "", "@skip(if: $s)", "@include(if: false)", "@include(if: true)"}).Draw(s.T, "directive")
			fmt.Fprintf(&b, "%s {%s} ", name, s.set(depth-1, after))
		default:
			b.WriteString(rapid.SampledFrom([]string{"id ", "score ", "totalCount ", "__typename ", "ping "}).Draw(s.T, "leaf"))
		}
	}
	return b.String()
}

func (s sketch) document() string {
	operation := rapid.SampledFrom([]string{"query", "mutation", "subscription"}).Draw(s.T, "operation")
	var b strings.Builder
	fmt.Fprintf(&b, "%s {%s}", operation, s.set(4, 0))
	for i := range s.fragments {
		on := rapid.SampledFrom([]string{"Query", "Student", "StudentConnection", "ClassEdge", "Node"}).Draw(s.T, "on")
		fmt.Fprintf(&b, " fragment F%d on %s {%s}", i, on, s.set(2, i+1))
	}
	return b.String()
}

func (s sketch) variables() vars {
	number := rapid.OneOf(
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.Float64(), func(n float64) any { return n }),
		rapid.SampledFrom([]any{nil, math.NaN(), math.Inf(1), math.Inf(-1), "7", true}),
	)
	return vars{"n": number.Draw(s.T, "n"), "m": number.Draw(s.T, "m"), "s": rapid.Bool().Draw(s.T, "s")}
}

// Whatever is asked, a price lies between 1 and Max, fragments cost what their
// text in place costs, and no report brings the actual price out of 1..requested.
func TestPriceIsNeverNegative(t *testing.T) {
	calculator := cost.New(schema(t), unlimited)
	rapid.Check(t, func(t *rapid.T) {
		s := sketch{t, rapid.IntRange(0, 4).Draw(t, "fragments")}
		text, variables := s.document(), s.variables()
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatalf("the sketch does not parse: %v\n%s", err, text)
		}
		op := doc.Operations[0]
		points, err := calculator.Operation(op, doc.Fragments, variables)
		if points < 1 || points > cost.Max || err != nil {
			t.Fatalf("%d points, %v\n%s", points, err, text)
		}
		plan, _ := calculator.Plan(op, doc.Fragments, variables)
		var fields []*ast.Field
		written := &ast.OperationDefinition{Operation: op.Operation, SelectionSet: inline(doc, op.SelectionSet, &fields)}
		if same, _ := calculator.Operation(written, nil, variables); same != points || plan.Requested() != points {
			t.Fatalf("%d with fragments, %d in place, %d planned\n%s", points, same, plan.Requested(), text)
		}
		for _, f := range fields {
			plan.Delivered(f, rapid.Int().Draw(t, "rows"))
			if actual := plan.Actual(); actual < 1 || actual > points {
				t.Fatalf("%d of %d\n%s", actual, points, text)
			}
		}
	})
}

// inline puts every fragment where it is spread and collects the fields of the
// document on the way.
func inline(doc *ast.QueryDocument, set ast.SelectionSet, fields *[]*ast.Field) ast.SelectionSet {
	var out ast.SelectionSet
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			*fields = append(*fields, selection)
			same := *selection
			same.SelectionSet = inline(doc, selection.SelectionSet, fields)
			out = append(out, &same)
		case *ast.InlineFragment:
			same := *selection
			same.SelectionSet = inline(doc, selection.SelectionSet, fields)
			out = append(out, &same)
		case *ast.FragmentSpread:
			def := doc.Fragments.ForName(selection.Name)
			out = append(out, &ast.InlineFragment{
				TypeCondition: def.TypeCondition, Directives: selection.Directives,
				SelectionSet: inline(doc, def.SelectionSet, fields),
			})
		}
	}
	return out
}

func FuzzOperation(f *testing.F) {
	for _, query := range []string{
		typical, `{classes(first:2147483647){edges{node{students(last:-1){nodes{id}}}}}}`, `{nodes(ids:[1 2]){id}}`,
		`{...A} fragment A on Query{...B} fragment B on Query{...A}`, `{__schema{...A}} fragment A on __Schema{types{...A}}`,
		`query($n:Int=3){students(first:$n)@skip(if:$s){totalCount}}`, `mutation{createStudent(name:"x"){student{id}}}`,
		`{...__schema} fragment __schema on Query{report{rows}}`, `{students(first:1e999){nodes{id}}}`,
	} {
		f.Add(query, int64(100))
	}
	calculator := cost.New(schema(f), unlimited)
	f.Fuzz(func(t *testing.T, query string, n int64) {
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, 1000)
		if err != nil {
			return
		}
		for _, op := range doc.Operations {
			points, err := calculator.Operation(op, doc.Fragments, vars{"n": n, "s": n > 0})
			if points < 1 || points > cost.Max || err != nil {
				t.Errorf("%d points, %v", points, err)
			}
		}
	})
}
