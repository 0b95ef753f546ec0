package graph_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/graph/generated"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/deprecation"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// outdated is the public schema in which four things are deprecated.
func outdated(t *testing.T) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/schema.golden.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	mark := ast.DirectiveList{{Name: "deprecated"}}
	schema.Types["Student"].Fields.ForName("level").Directives = mark
	schema.Query.Fields.ForName("students").Arguments.ForName("last").Directives = mark
	schema.Types["StudentWhere"].Fields.ForName("birthDate").Directives = mark
	schema.Types["OrderDirection"].EnumValues.ForName("DESC").Directives = mark
	return schema
}

// What is used is found in documents, in their fragments and in variables, is
// counted per studio, caller and day, and can be asked for.
func TestDeprecatedUses(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	codec, err := cursor.New([]byte("a key for tests, of 32 characters"))
	if err != nil {
		t.Fatal(err)
	}
	reader, tally := query.New(kit.Store, codec), deprecation.New(kit.Store, deprecation.Config{})
	run := executor.New(generated.NewExecutableSchema(generated.Config{Schema: outdated(t), Resolvers: &graph.Resolver{
		Store: kit.Store, Reader: reader, Operations: operation.New(kit.Store, nil),
	}}))
	run.Use(graph.NewDeprecations(tally))
	run.Use(graph.NewExecution(nil, reader, graph.NewLedger(kit.Store, nil)))
	ctx := kit.A.As(t.Context(), viewer.Owner)
	for _, c := range []struct {
		text string
		vars map[string]any
	}{
		{`{ students { nodes { id firstName } } }`, nil},
		{`{ a: students(last: 2) { nodes { ...s } } b: students { nodes { ...s level } } } fragment s on Student { level }`, nil},
		{`{ students(where: {and: [{birthDate: {gt: "2016-01-01"}}]}, orderBy: {field: ID, direction: DESC}) { totalCount } }`, nil},
		{`query($w: StudentWhere, $o: StudentOrder) { students(where: $w, orderBy: $o) { totalCount } }`, map[string]any{"w": map[string]any{"or": []any{map[string]any{"birthDate": map[string]any{"gt": "2016-01-01"}}}}, "o": map[string]any{"field": "ID", "direction": "ASC"}}},
		{`query($w: StudentWhere) { students(where: $w) { totalCount } }`, map[string]any{"w": map[string]any{"lastName": map[string]any{"eq": "Okafor"}}}},
	} {
		for range 2 {
			if data, errs := do(ctx, run, c.text, c.vars); errs != "" {
				t.Fatal(data, errs)
			}
		}
	}
	if data, errs := do(kit.B.As(t.Context(), viewer.Teacher), run, `{ students { nodes { level } } }`, nil); errs != "" {
		t.Fatal(data, errs)
	}
	if err := tally.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for studio, want := range map[string]string{
		"A": "OrderDirection.DESC 2, Query.students(last:) 2, Student.level 2, StudentWhere.birthDate 4",
		"B": "Student.level 1",
	} {
		as := map[string]testkit.Studio{"A": kit.A, "B": kit.B}[studio].As(t.Context(), viewer.Owner)
		data, errs := do(as, run, `{ deprecatedUses { nodes { coordinate uses } } }`, nil)
		var found []string
		for _, node := range data.(map[string]any)["deprecatedUses"].(map[string]any)["nodes"].([]any) {
			found = append(found, fmt.Sprint(node.(map[string]any)["coordinate"], " ", node.(map[string]any)["uses"]))
		}
		slices.Sort(found)
		if got := strings.Join(found, ", "); got != want || errs != "" {
			t.Errorf("%s: %s %s; want %s", studio, got, errs, want)
		}
	}
}
