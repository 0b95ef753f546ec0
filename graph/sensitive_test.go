package graph_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/executor"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// Numbers that must not be kept are refused wherever they stand in the input
// of a mutation, and the answer does not repeat them.
func TestHostileNumbersInInput(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	e, token := endpoint.New(t, kit.Store, endpoint.Config{}), signedIn(t, kit, kit.A, membership.RoleOWNER)
	for name, c := range map[string]struct {
		text, at string
		vars     map[string]any
	}{
		"a literal":                {`mutation { createTag(input: {name: "4111 1111 1111 1111"}) { tag { id } } }`, "input.name", nil},
		"a variable":               {`mutation($i: CreateTagInput!) { createTag(input: $i) { tag { id } } }`, "input.name", map[string]any{"i": map[string]any{"name": "SSN 123-45-6789"}}},
		"a part of an input":       {`mutation($n: String!) { createTag(input: {name: $n}) { tag { id } } }`, "input.name", map[string]any{"n": "passport X1234567"}},
		"behind a fragment":        {`mutation { ...f } fragment f on Mutation { createTag(input: {name: "378282246310005"}) { tag { id } } }`, "input.name", nil},
		"the second of two fields": {`mutation { a: createTag(input: {name: "Ballet"}) { tag { id } } b: createTag(input: {name: "4111111111111111"}) { tag { id } } }`, "input.name", nil},
	} {
		answer := e.Do(token, c.text, c.vars)
		body := string(answer.Body)
		if !strings.Contains(body, `"SENSITIVE_NUMBER"`) || !strings.Contains(body, c.at) || strings.Contains(body, "1111") || strings.Contains(body, "6789") {
			t.Errorf("%s: %s", name, body)
		}
	}
	if body := string(e.Do(token, `{ tags(first: 5) { nodes { name } } }`, nil).Body); strings.Contains(body, "Ballet") {
		t.Errorf("a refused operation has written something: %s", body)
	}
	if body := string(e.Do(token, `mutation { createTag(input: {name: "Room 12, ages 9-11"}) { tag { name } userErrors { code } } }`, nil).Body); !strings.Contains(body, "Room 12") {
		t.Errorf("an innocent text: %s", body)
	}
}

// What is encrypted at rest reads the same on both paths.
func TestSealedTextsRead(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	token := signedIn(t, kit, kit.A, membership.RoleOWNER)
	write := endpoint.New(t, kit.Store, endpoint.Config{})
	student, household := typeid.Format("student", kit.A.Student), typeid.Format("household", kit.A.Household)
	for _, text := range []string{
		`mutation { updateStudent(input: {id: "` + student + `", medicalNote: "Peanut \"allergy\""}) { student { medicalNote household { name } } userErrors { code } } }`,
		`mutation { createNote(input: {householdId: "` + household + `", body: "Peanut \"allergy\""}) { note { body } userErrors { code } } }`,
	} {
		if body := string(write.Do(token, text, nil).Body); !strings.Contains(body, `"Peanut \"allergy\""`) || strings.Contains(body, "sealed:") {
			t.Fatalf("%s: %s", text, body)
		}
	}
	for _, ordinary := range []bool{false, true} {
		e := endpoint.New(t, kit.Store, endpoint.Config{Ordinary: ordinary})
		for _, text := range []string{
			`{ students(first: 5) { nodes { firstName medicalNote } } }`,
			`{ notes(first: 5) { edges { node { body household { students(first: 5) { nodes { medicalNote } } } } } } }`,
			`{ recordVersions(id: "` + student + `") { data } }`,
		} {
			if body := string(e.Do(token, text, nil).Body); !strings.Contains(body, `Peanut \"allergy\"`) || strings.Contains(body, "sealed:") {
				t.Errorf("ordinary %t: %s: %s", ordinary, text, body)
			}
		}
	}
}

// A person of the staff is found by an address that is encrypted, as a whole,
// by those who may read it, also while the key of the digests is rotated.
func TestFindBySealedText(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	inside := viewer.ForTenant(t.Context(), kit.A.Tenant, "test")
	if err := kit.InTx(inside, func(ctx context.Context) error {
		return kit.Client(ctx).Staff.UpdateOneID(kit.A.Teacher).SetEmail("Rivera@Example.com").Exec(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	p := newPaths(t, kit)
	const list = `query($w: StaffWhere) { staffMembers(first: 5, where: $w) { totalCount nodes { email } } }`
	const found, nobody = `{"staffMembers":{"nodes":[{"email":"Rivera@Example.com"}],"totalCount":1}}`, `{"staffMembers":{"nodes":[],"totalCount":0}}`
	for round := range 2 {
		for name, run := range map[string]*executor.Executor{"compiled": p.compiled, "ordinary": p.ordinary} {
			for _, c := range []struct {
				where any
				as    context.Context
				want  string
			}{
				{map[string]any{"eq": " rivera@example.COM"}, as(t.Context(), kit.A, viewer.Teacher), found},
				{map[string]any{"in": []any{"nobody@example.com", "rivera@example.com"}}, as(t.Context(), kit.A, viewer.Owner), found},
				{map[string]any{"isNull": false}, as(t.Context(), kit.A, viewer.Owner), found},
				{map[string]any{"eq": "rivera@example"}, as(t.Context(), kit.A, viewer.Owner), nobody},
				{map[string]any{"isNull": true}, as(t.Context(), kit.A, viewer.Owner), nobody},
				{map[string]any{"eq": "rivera@example.com"}, as(t.Context(), kit.B, viewer.Owner), nobody},
			} {
				data, errs := do(c.as, run, list, map[string]any{"w": map[string]any{"email": c.where}})
				if got, _ := json.Marshal(data); string(got) != c.want || errs != "" {
					t.Errorf("%s, round %d, %v: %s %s", name, round, c.where, got, errs)
				}
			}
			for _, role := range []viewer.Role{viewer.Guardian, viewer.Public, viewer.Staff} {
				where := map[string]any{"email": map[string]any{"eq": "rivera@example.com"}}
				if _, errs := do(as(t.Context(), kit.A, role), run, `query($w: StaffWhere) { staffMembers(first: 5, where: $w) { nodes { id } } }`, map[string]any{"w": where}); !strings.Contains(errs, "not allowed to read Staff.email") {
					t.Errorf("%s: %s finds by an address: %q", name, role, errs)
				}
			}
		}
		if err := kit.Keys.Rotate(inside, kit.A.Tenant, key.Lookup); err != nil {
			t.Fatal(err)
		}
	}
}
