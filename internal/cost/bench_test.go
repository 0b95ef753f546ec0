package cost_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/cost"
	"github.com/barrehq/barre/internal/guard"
)

// typical is what a studio's front page asks for.
const typical = `query Dashboard($id: ID!, $first: Int = 20) {
	student(id: $id) { ...StudentCard guardians(first: 3) { edges { node { id name } } } }
	classes(first: $first) {
		totalCount
		edges { node { id title students(first: 5) { pageInfo { hasNextPage endCursor } edges { cursor node { ...StudentCard } } } } }
	}
	students(first: 10, where: {name: "Ada"}) { totalCount nodes { id name score lines { id student { id name } } } }
}
fragment StudentCard on Student { id name score tags lines { id } }`

func BenchmarkOperation(b *testing.B) {
	s := schema(b)
	calculator, doc := cost.New(s, unlimited), valid(b, s, typical)
	variables := vars{"id": "student_01h455vb4pex5vsknk084sn02q", "first": int64(20)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := calculator.Operation(doc.Operations[0], doc.Fragments, variables); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	s := schema(b)
	calculator, doc := cost.New(s, unlimited), valid(b, s, typical)
	variables := vars{"id": "student_01h455vb4pex5vsknk084sn02q", "first": int64(20)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := calculator.Plan(doc.Operations[0], doc.Fragments, variables); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDoor is all that stands between the parser and the first resolver.
func BenchmarkDoor(b *testing.B) {
	s := schema(b)
	calculator, doc, g := cost.New(s, unlimited), valid(b, s, typical), guard.New(guard.Limits{})
	variables := vars{"id": "student_01h455vb4pex5vsknk084sn02q", "first": int64(20)}
	b.ReportAllocs()
	for b.Loop() {
		if err := pass(g, calculator, doc, variables); err != nil {
			b.Fatal(err)
		}
	}
}

func pass(g *guard.Guard, c *cost.Calculator, doc *ast.QueryDocument, variables vars) error {
	op := doc.Operations[0]
	for _, step := range []func() error{
		func() error { return g.Text(typical) },
		func() error { return g.Document(doc) },
		func() error { return g.Variables(variables) },
		func() error { return g.Input(op, doc.Fragments, variables) },
		func() error { _, err := c.Plan(op, doc.Fragments, variables); return err },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
