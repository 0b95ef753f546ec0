package cost_test

import (
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/cost"
)

// field finds a field of doc by its response key, fragments included.
func field(t testing.TB, doc *ast.QueryDocument, key string) *ast.Field {
	t.Helper()
	var find func(ast.SelectionSet) *ast.Field
	find = func(set ast.SelectionSet) *ast.Field {
		for _, selection := range set {
			var inner ast.SelectionSet
			switch selection := selection.(type) {
			case *ast.Field:
				if selection.Alias == key {
					return selection
				}
				inner = selection.SelectionSet
			case *ast.InlineFragment:
				inner = selection.SelectionSet
			case *ast.FragmentSpread:
				inner = doc.Fragments.ForName(selection.Name).SelectionSet
			}
			if f := find(inner); f != nil {
				return f
			}
		}
		return nil
	}
	f := find(doc.Operations[0].SelectionSet)
	if f == nil {
		t.Fatalf("no field %s", key)
	}
	return f
}

func TestActual(t *testing.T) {
	calculator := cost.New(schema(t), unlimited)
	type report struct {
		key  string
		rows int
	}
	const nested = `{classes(first:4){edges{node{students(first:10){nodes{score}} title}}}}`
	for _, c := range []struct {
		name, query string
		reports     []report
		want        int
	}{
		{"nothing reported", nested, nil, 5 + 4*(1+1+10*4)},
		{"all delivered", nested, []report{{"classes", 4}, {"students", 10}, {"students", 10}, {"students", 10}, {"students", 10}}, 5 + 4*(1+1+10*4)},
		{"two classes of 3 and 0 students", nested, []report{{"classes", 2}, {"students", 3}, {"students", 0}}, 5 + (1 + 1 + 3*4) + (1 + 1)},
		{"no classes", nested, []report{{"classes", 0}}, 5},
		{"more than asked", nested, []report{{"classes", 9}}, 5 + 4*(1+1+10*4)},
		{"below zero", nested, []report{{"classes", -9}}, 5},
		{"reported twice", nested, []report{{"classes", 0}, {"classes", 0}}, 1},
		{"no list", nested, []report{{"title", 0}}, 5 + 4*(1+1+10*4)},
		{"totalCount stays", `{students(first:10){totalCount nodes{id}}}`, []report{{"students", 1}}, 1 + 10 + 1},
		{"list", `{student(id:1){lines{id} notes{id}}}`, []report{{"lines", 1}, {"notes", 12}}, 1 + 1 + 10},
		{"nodes", `{nodes(ids:["a","b"]){id}}`, []report{{"nodes", 1}}, 1},
		{"through a fragment", `{a:students(first:5){...F}} fragment F on StudentConnection{nodes{id}}`, []report{{"a", 2}}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := parse(t, c.query)
			plan, err := calculator.Plan(doc.Operations[0], doc.Fragments, nil)
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for _, r := range c.reports {
				all.Go(func() { plan.Delivered(field(t, doc, r.key), r.rows) })
			}
			all.Wait()
			if got := plan.Actual(); got != c.want {
				t.Errorf("got %d of %d; want %d", got, plan.Requested(), c.want)
			}
		})
	}
}
