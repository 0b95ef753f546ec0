package guard_test

import (
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/guard"
)

func BenchmarkDocument(b *testing.B) {
	for name, query := range map[string]string{
		"typical":       typical,
		"introspection": introspection(),
		"doubling26":    chain("query", 26, 2, "id %s"),
		"repeats480":    "{x{" + strings.Repeat("__typename ", 480) + "}}",
		"widest":        widest(),
	} {
		b.Run(name, func(b *testing.B) {
			g, doc := guard.New(guard.Limits{}), parse(b, query)
			b.ReportAllocs()
			for b.Loop() {
				_ = g.Document(doc)
			}
		})
	}
}

// widest has as many operations and, with its fragment counted for each of
// them, nearly as many selections as pass.
func widest() string {
	operations := numbered(20, "query Q%d {d {...F}}")
	return operations + " fragment F on T {" + numbered(21, "f%d") + "}"
}

func BenchmarkParse(b *testing.B) {
	g := guard.New(guard.Limits{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.Parse(typical); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInput(b *testing.B) {
	g, doc := guard.New(guard.Limits{}), parse(b, typical)
	vars := map[string]any{"class": "class_01h455vb4pex5vsknk084sn02q", "first": int64(20)}
	b.ReportAllocs()
	for b.Loop() {
		if err := g.Input(doc.Operations[0], doc.Fragments, vars); err != nil {
			b.Fatal(err)
		}
	}
}
