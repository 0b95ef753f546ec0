package guard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/guard"
)

const passes fault.Code = ""

// wide is beyond every limit but the one under test and the arithmetic.
const wide = 1 << 20

func parse(t testing.TB, query string) *ast.QueryDocument {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatalf("the test's own document does not parse: %v\n%.200s", err, query)
	}
	return doc
}

func check(t *testing.T, err error, want fault.Code) {
	t.Helper()
	switch {
	case want == passes && err != nil:
		t.Errorf("refused: %v", err)
	case want != passes && err == nil:
		t.Errorf("let through; want %s", want)
	case want != passes && fault.CodeOf(err) != want:
		t.Errorf("got %v; want %s", err, want)
	}
	if f := fault.From(err); f != nil && len(f.Message) > 300 {
		t.Errorf("an answer of %d bytes", len(f.Message))
	}
}

// chain is n fragments, each of which spreads the next so many times.
func chain(root string, n, times int, wrap string) string {
	var b strings.Builder
	b.WriteString(root + " { ...F0 }\n")
	for i := range n {
		spread := strings.Repeat(fmt.Sprintf("...F%d ", i+1), times)
		fmt.Fprintf(&b, "fragment F%d on T { %s }\n", i, fmt.Sprintf(wrap, spread))
	}
	fmt.Fprintf(&b, "fragment F%d on T { name }\n", n)
	return b.String()
}

func nested(levels int, open string) string {
	return "{" + strings.Repeat(open+"{", levels) + "id" + strings.Repeat("}", levels) + "}"
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+" ", i)
	}
	return b.String()
}

func TestDocument(t *testing.T) {
	for _, c := range []struct {
		name, query string
		want        fault.Code
	}{
		{"typical", typical, passes},
		{"introspection", introspection(), passes},
		{"G1 doubling, 3 levels", chain("query", 3, 2, "id %s"), passes},
		{"G1 doubling, 9 levels", chain("query", 9, 2, "id %s"), fault.QueryTooLarge},
		{"G1 doubling, 26 levels", chain("query", 26, 2, "id %s"), fault.QueryTooLarge},
		{"G1 doubling, 60 levels", chain("query", 60, 2, "id %s"), fault.QueryTooLarge},
		{"G1 in a mutation", chain("mutation", 26, 2, "id %s"), fault.QueryTooLarge},
		{"G1 in a subscription", chain("subscription", 26, 2, "id %s"), fault.QueryTooLarge},
		{"G1 on __Type", chain("query", 26, 2, "ofType { name %s }"), fault.QueryTooLarge},
		{"G2 tripling", chain("query", 26, 3, "id %s"), fault.QueryTooLarge},
		{"G2 ten spreads", chain("query", 20, 10, "%s"), fault.QueryTooLarge},
		{"G2 through inline fragments", chain("query", 26, 2, "... on T { ... { %s } }"), fault.QueryTooLarge},
		{"G3 itself", "{...A} fragment A on T {...A}", fault.ValidationFailed},
		{"G3 two", "{...A} fragment A on T {...B} fragment B on T {...A}", fault.ValidationFailed},
		{"G3 three, through a field", "{...A} fragment A on T {...B} fragment B on T {x{...C}} fragment C on T {...A}", fault.ValidationFailed},
		{"G3 through an inline fragment", "{...A} fragment A on T {... on U {...A}}", fault.ValidationFailed},
		{"G3 unused", "{id} fragment A on T {...B} fragment B on T {...A}", fault.ValidationFailed},
		{"G4 depth 15", nested(14, "a"), passes},
		{"G4 depth 16", nested(15, "a"), fault.QueryTooDeep},
		{"G4 depth 51", nested(50, "a"), fault.QueryTooDeep},
		{"G4 depth 240", nested(239, "a"), fault.QueryTooDeep},
		{"G4 below connections, 14", pages(14), passes},
		{"G4 below connections, 15", pages(15), fault.QueryTooDeep},
		{"G4 free fields have an end", nested(60, "node"), fault.QueryTooDeep},
		{"G4 in named fragments", links(16, "fragment F%d on T { a { ...F%d } }"), fault.QueryTooDeep},
		{"G4 in a fragment named __schema", "{...__schema} fragment __schema on T " + nested(15, "a"), fault.QueryTooDeep},
		{"G4 aliased __schema", nested(15, "__schema: a"), fault.QueryTooDeep},
		{"G4 in inline fragments", nested(15, "... on T { a") + strings.Repeat("}", 15), fault.QueryTooDeep},
		{"inline fragments in one another, 10", nested(10, "..."), passes},
		{"inline fragments in one another, 11", nested(11, "..."), fault.QueryTooDeep},
		{"inline fragments, 6 on either side of a field", "{" + strings.Repeat("...{", 6) + "a" + nested(6, "...") + strings.Repeat("}", 7), passes},
		{"inline fragments around fields", "{a" + nested(11, "... on T ") + "}", fault.QueryTooDeep},
		{"spreads in one another, 11", links(11, "fragment F%d on T { ...F%d }"), fault.QueryTooDeep},
		{"G5 30 aliases", "{x{" + numbered(30, "a%d:id") + "}}", passes},
		{"G5 31 aliases", "{x{" + numbered(31, "a%d:id") + "}}", fault.QueryTooExpensive},
		{"G5 101 aliases", "{" + numbered(101, "a%d:__typename") + "}", fault.QueryTooExpensive},
		{"G5 aliases in a fragment used 4 times", "{a{...F} b{...F} c{...F} d{...F}} fragment F on T {" + numbered(8, "a%d:id") + "}", fault.QueryTooExpensive},
		{"G6 30 of one field", "{x{" + strings.Repeat("id ", 30) + "}}", passes},
		{"G6 31 of one field", "{x{" + strings.Repeat("id ", 31) + "}}", fault.QueryTooExpensive},
		{"G6 480 of one field", "{x{" + strings.Repeat("__typename ", 480) + "}}", fault.QueryTooExpensive},
		{"G6 1900 of one field", "{" + strings.Repeat("__typename ", 1900) + "}", fault.QueryTooLarge},
		{"G6 110 fragments", "{" + numbered(110, "...F%d") + "}" + numbered(110, "fragment F%d on T {id}"), fault.QueryTooLarge},
		{"G6 one fragment 200 times", "{x{" + strings.Repeat("...F ", 200) + "}} fragment F on T {id}", fault.QueryTooExpensive},
		{"G6 below repeated parents", "{" + strings.Repeat("x{id id id id} ", 8) + "}", fault.QueryTooExpensive},
		{"G6 the same key at other places", "{x{" + numbered(25, "a%d{id}") + "}}", passes},
		{"G7 10 directives", "{id " + numbered(10, "@d%d") + "}", passes}, // validation knows which exist
		{"G7 21 directives", "{id " + numbered(21, "@d%d") + "}", fault.QueryTooLarge},
		{"G7 900 directives", "{id " + numbered(900, "@d%d") + "}", fault.QueryTooLarge},
		{"G7 on the operation", "query " + numbered(21, "@d%d") + "{id}", fault.QueryTooLarge},
		{"G7 on variables", "query(" + numbered(21, "$v%d: Int @d") + "){id}", fault.QueryTooLarge},
		{"G7 on a fragment", "{...F} fragment F on T " + numbered(21, "@d%d") + "{id}", fault.QueryTooLarge},
		{"G7 in a fragment used again", "{...F a{...F} b{...F}} fragment F on T {id " + numbered(7, "@d%d ") + "}", fault.QueryTooLarge},
		{"G7 a directive twice", "{id @include(if:true) @skip(if:false) @include(if:true)}", fault.ValidationFailed},
		{"G7 a directive at two places", "{id @include(if:true) name @include(if:true)}", passes},
		{"G8 1000 unknown fields", "{" + numbered(1000, "unknown%d") + "}", fault.QueryTooLarge},
		{"G20 10 mutations", "mutation{" + numbered(10, "a%d:createStudent{id}") + "}", passes},
		{"G20 11 mutations", "mutation{" + numbered(11, "a%d:createStudent{id}") + "}", fault.QueryTooExpensive},
		{"G20 11 in a fragment", "mutation{...F} fragment F on Mutation {" + numbered(11, "a%d:createStudent{id}") + "}", fault.QueryTooExpensive},
		{"G20 1000 mutations", "mutation{" + numbered(1000, "a%d:createStudent{id}") + "}", fault.QueryTooLarge},
		{"20 root fields", "{" + numbered(20, "a%d") + "}", passes},
		{"21 root fields", "{" + numbered(21, "a%d") + "}", fault.QueryTooExpensive},
		{"G22 defer", "{... @defer {id}}", fault.ValidationFailed},
		{"G22 stream in a fragment", "{...F} fragment F on T {list @stream {id}}", fault.ValidationFailed},
		{"one sign-in", "mutation{signIn{id}}", passes},
		{"two sign-ins", "mutation{a:signIn{id} b:signIn{id}}", fault.ValidationFailed},
		{"two sign-ins by a fragment", "mutation{a:signIn{id} ...F} fragment F on Mutation {b:signIn{id}}", fault.ValidationFailed},
		{"a sign-in in each operation", "mutation A{signIn{id}} mutation B{signIn{id}}", fault.ValidationFailed},
		{"signIn below the root is another field", "{x{signIn a:signIn}}", passes},
		{"subscription, one root", "subscription{events{id}}", passes},
		{"subscription, two roots", "subscription{events{id} other{id}}", fault.ValidationFailed},
		{"subscription, two by a fragment", "subscription{...F} fragment F on S {a b}", fault.ValidationFailed},
		{"20 operations over one fragment", widest(), passes},
		{"20 operations over a wider one", strings.ReplaceAll(widest(), "T {", "T {x y z "), fault.QueryTooLarge},
		{"21 operations", numbered(21, "query Q%d {id}"), fault.QueryTooLarge},
		{"31 fragments", "{" + numbered(31, "...F%d") + "}" + numbered(31, "fragment F%d on T {id}"), fault.QueryTooLarge},
		{"unknown fragment", "{...F}", fault.ValidationFailed},
		{"fragment twice", "{...F} fragment F on T {id} fragment F on T {name}", fault.ValidationFailed},
		{"unused fragment", "{id} fragment F on T {id}", fault.ValidationFailed},
		{"a long name is not repeated", "{..." + strings.Repeat("F", 5000) + "}", fault.ValidationFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			check(t, guard.New(guard.Limits{}).Document(parse(t, c.query)), c.want)
		})
	}
}

// pages is n hops over connections: 2n levels are free.
func pages(hops int) string {
	return "{" + strings.Repeat("a{edges{node{", hops) + "id" + strings.Repeat("}}}", hops) + "}"
}

// links is a chain of n fragments in the given form.
func links(n int, form string) string {
	var b strings.Builder
	b.WriteString("{...F0}")
	for i := range n {
		fmt.Fprintf(&b, form, i, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on T {id}", n)
	return b.String()
}

func TestEmptyDocument(t *testing.T) {
	check(t, guard.New(guard.Limits{}).Document(&ast.QueryDocument{}), fault.ValidationFailed)
}

// With the limit on fragments out of the way the sums themselves must hold: a
// walk that follows every spread would not return in this century.
func TestWorkIsLinear(t *testing.T) {
	open := guard.Limits{Fragments: wide, FragmentNesting: wide, Nesting: wide, Depth: wide}
	for name, query := range map[string]string{
		"doubling":        chain("query", 60, 2, "id %s"),
		"doubling to 2⁶⁴": chain("query", 64, 2, "id %s"), // a sum that wraps is -3
		"ten times":       chain("query", 60, 10, "%s"),
		"through fields":  chain("query", 60, 2, "a { %s } b { id }"),
		"through inlines": chain("query", 60, 3, "... on T { %s }"),
	} {
		t.Run(name, func(t *testing.T) {
			doc := parse(t, query)
			check(t, guard.New(open).Document(doc), fault.QueryTooLarge)
			if visits := guard.Visits(open, doc); visits > len(query) {
				t.Errorf("looked at %d selections in a document of %d bytes", visits, len(query))
			}
		})
	}
}

// What passes is walked twice at most: once as written, once expanded.
func TestVisitsOfWhatPasses(t *testing.T) {
	for name, query := range map[string]string{"typical": typical, "introspection": introspection()} {
		if visits := guard.Visits(guard.Limits{}, parse(t, query)); visits > 2*500 {
			t.Errorf("%s: looked at %d selections", name, visits)
		}
	}
}

func TestMessageNamesFigures(t *testing.T) {
	err := guard.New(guard.Limits{Aliases: 3}).Document(parse(t, "{a:x b:x c:x d:x}"))
	want := "There are 4 aliases in the operation, fragments expanded; at most 3 are allowed: ask in several requests."
	if f := fault.From(err); f == nil || f.Message != want {
		t.Errorf("got %v; want %q", err, want)
	}
}
