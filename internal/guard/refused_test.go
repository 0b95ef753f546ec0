package guard_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/barrehq/barre/internal/guard"
	"github.com/barrehq/barre/internal/transport"
)

// hostile are the documents that are dearest to refuse, of each kind that the
// table of attacks has, as large as a document may be.
func hostile() map[string]string {
	fill := func(head, part, tail string) string {
		return head + strings.Repeat(part, (16<<10-len(head)-len(tail))/len(part)) + tail
	}
	return map[string]string{
		"G1 doubling fragments":     chain("query", 60, 2, "id %s"),
		"G1 doubling in mutations":  chain("mutation", 60, 2, "id %s"),
		"G2 tenfold fragments":      chain("query", 20, 10, "id %s"),
		"G3 circular fragments":     "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
		"G4 depth":                  nested(900, "a"),
		"G5 aliases":                "{" + numbered(400, "a%d:__typename ") + "}",
		"G6 repeated fields":        fill("{", "__typename ", "}"),
		"G6 repeated within limits": "{" + strings.Repeat("__typename ", 480) + "}",
		"G7 directives":             "{ __typename" + strings.Repeat(" @a", 900) + "}",
		"G8 unknown fields":         "{" + numbered(450, "unknown%d ") + "}",
		"G8 near misses":            "{" + numbered(450, "students%d ") + "}",
		"G10 commas":                fill("{ __typename", ",", "}"),
		"G10 a long text":           fill(`{ node(id: "`, "x", `") { id } }`),
	}
}

// door judges a document as the endpoint does before anything is carried out.
func door(g *guard.Guard, schema *ast.Schema, document string) (refused bool) {
	doc, err := g.Parse(document)
	if err != nil {
		return true
	}
	return len(validator.ValidateWithRules(schema, doc, transport.Rules())) > 0
}

func served(t testing.TB) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../../graph/testdata/schema.golden.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "contract", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// BenchmarkRefused is what the dearest document costs that is refused; the
// worst of all is the last figure.
func BenchmarkRefused(b *testing.B) {
	g, schema, worst := guard.New(guard.Limits{}), served(b), time.Duration(0)
	for name, document := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				door(g, schema, document)
			}
			worst = max(worst, b.Elapsed()/time.Duration(b.N))
		})
	}
	b.Logf("the worst refused document takes %s", worst)
}

// Each of them is refused, but for those that are merely long.
func TestHostileDocumentsAreRefused(t *testing.T) {
	g, schema := guard.New(guard.Limits{}), served(t)
	for name, document := range hostile() {
		if merely := strings.HasPrefix(name, "G10"); !merely && !door(g, schema, document) {
			t.Errorf("%s is let through", name)
		}
	}
}
