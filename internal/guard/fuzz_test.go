package guard_test

import (
	"encoding/json"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/guard"
)

// FuzzDocument: whatever the text, the answer is a fault with a short message
// or a document whose naive expansion stays inside the limits.
func FuzzDocument(f *testing.F) {
	for _, query := range []string{
		typical, introspection(), chain("query", 3, 2, "id %s"), chain("mutation", 12, 2, "... on T { %s }"),
		"{...A} fragment A on T {...A}", "{...__schema} fragment __schema on T {id}",
		nested(20, "edges"), "{" + numbered(31, "a%d:id") + "}", `mutation{a:signIn{id} b:signIn{id}}`,
		"subscription{a b}", "{... @defer{id}}", `query($v:[Int!]=[1 2]){a(x:$v,y:{z:"\u0000"})@skip(if:true)}`,
		"\ufeff{id}", "{a(x:\"\"\"\n block \\\"\"\" \"\"\")}", "query A{a} query B{b}", "#", "",
	} {
		f.Add(query)
	}
	g := guard.New(guard.Limits{})
	f.Fuzz(func(t *testing.T, query string) {
		doc, err := g.Parse(query)
		if err != nil {
			refused(t, err)
			return
		}
		for _, op := range doc.Operations {
			if n := expand(doc, op.SelectionSet, 501); n > 500 {
				t.Errorf("let through %d selections", n)
			}
			if err := g.Input(op, doc.Fragments, nil); err != nil {
				refused(t, err)
			}
		}
	})
}

// FuzzVariables: whatever the JSON, the answer is nothing or a short fault.
func FuzzVariables(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"where":` + not(6) + `}`, `{"ids":` + list(251, `"x"`) + `}`, `{"where":[[[]]]}`,
		`{"where":{"and":5,"or":null,"not":[{}]}}`, `{"a":{"where":{"where":{"in":[1,{"x":[]}]}}}}`,
	} {
		f.Add(text)
	}
	g := guard.New(guard.Limits{})
	f.Fuzz(func(t *testing.T, text string) {
		var v map[string]any
		if json.Unmarshal([]byte(text), &v) != nil {
			return
		}
		if err := g.Variables(v); err != nil {
			refused(t, err)
			return
		}
		if n := values(v) - 1; n > 1000 {
			t.Errorf("let through %d values", n)
		}
	})
}

func refused(t *testing.T, err error) {
	t.Helper()
	switch f := fault.From(err); {
	case f == nil:
		t.Errorf("%v is no fault", err)
	case len(f.Message) > 300 || f.User || f.Code == fault.Internal:
		t.Errorf("a fault of another kind: %+v", f)
	}
}

// expand counts selections by following every spread, up to enough.
func expand(doc *ast.QueryDocument, set ast.SelectionSet, enough int) int {
	n := 0
	for _, selection := range set {
		if n++; n >= enough {
			return n
		}
		switch selection := selection.(type) {
		case *ast.Field:
			n += expand(doc, selection.SelectionSet, enough-n)
		case *ast.InlineFragment:
			n += expand(doc, selection.SelectionSet, enough-n)
		case *ast.FragmentSpread:
			n += expand(doc, doc.Fragments.ForName(selection.Name).SelectionSet, enough-n)
		}
	}
	return n
}

func values(v any) int {
	n := 1
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			n += values(element)
		}
	case map[string]any:
		for _, element := range v {
			n += values(element)
		}
	}
	return n
}
