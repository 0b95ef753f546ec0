package graph_test

import (
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// TestStatementsPerOperation bounds the round trips of each kind of operation,
// beside those that begin and commit.
func TestStatementsPerOperation(t *testing.T) {
	var statements atomic.Int64
	kit := testkit.New(t, func(c *store.Config) { c.Count = func(string) { statements.Add(1) } })
	populate(t, kit)
	p := newPaths(t, kit)
	student := typeid.Format("student", kit.A.Student)
	for _, c := range []struct {
		name, text string
		want       int64
	}{
		{"a record with what surrounds it", `query($id: ID!) { student(id: $id) { firstName household { name guardians(first: 1) { nodes { firstName } } } enrollments(first: 5) { nodes { status class { name } } } } }`, 1},
		{"three levels of lists with totals", `{ households(first: 3) { totalCount nodes { students(first: 3) { totalCount nodes { enrollments(first: 2) { nodes { class { program { name } } } } } } } } }`, 1},
		{"several roots", `{ students { nodes { id } } classes { nodes { id teacher { displayName } } } }`, 1},
		{"a change of one field", `mutation($id: ID!) { updateStudent(input: {id: $id, firstName: "Ada"}) { student { firstName } userErrors { code } } }`, 2},
		{"a change with a nested answer", `mutation($id: ID!) { updateStudent(input: {id: $id, firstName: "Eve"}) { student { household { name } } userErrors { code } } }`, 3},
	} {
		vars := map[string]any{"id": student}
		for range 2 { // the second finds everything compiled
			statements.Store(0)
			ctx := graphql.StartOperationTrace(kit.A.As(t.Context(), viewer.Owner))
			if data, errs := do(ctx, p.compiled, c.text, vars); errs != "" {
				t.Fatalf("%s: %v %s", c.name, data, errs)
			}
			if got := statements.Load(); got != c.want {
				t.Errorf("%s: %d statements; want %d", c.name, got, c.want)
			}
		}
	}
}
