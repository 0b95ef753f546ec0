package graph_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// TestExternalReferences gives records ids in other systems and finds them by these.
func TestExternalReferences(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	p := newPaths(t, kit)
	const (
		create = `mutation($refs: [ExternalReferenceInput!]) { createTag(input: {name: "Recital", externalReferences: $refs}) { tag { externalReferences { system externalId } } userErrors { code field } } }`
		update = `mutation($id: ID!, $refs: [ExternalReferenceInput!]) { updateStudent(input: {id: $id, externalReferences: $refs}) { student { externalReferences { system externalId } } userErrors { code field } } }`
		find   = `query($id: ID, $ref: ExternalReferenceInput) { student(id: $id, externalReference: $ref) { firstName externalReferences { system externalId } } }`
	)
	ref := func(system, id string) object { return object{"system": system, "externalId": id} }
	student := typeid.Format("student", kit.A.Student)
	for _, c := range []struct {
		name, text string
		as         viewer.Role
		vars       object
		want       string
	}{
		{"a new record", create, viewer.Owner, object{"refs": []any{ref("crm", "1"), ref("books", "2")}}, "externalReferences:[map[externalId:1 system:crm] map[externalId:2 system:books]]"},
		{"a record", update, viewer.FrontDesk, object{"id": student, "refs": []any{ref("crm", "1")}}, "externalReferences:[map[externalId:1 system:crm]]"},
		{"another system", update, viewer.Owner, object{"id": student, "refs": []any{ref("books", "7")}}, "externalReferences:[map[externalId:1 system:crm] map[externalId:7 system:books]]"},
		{"another id in a system", update, viewer.Owner, object{"id": student, "refs": []any{ref("crm", "3"), ref("books", "7")}}, "externalReferences:[map[externalId:3 system:crm] map[externalId:7 system:books]]"},
		{"one system twice", update, viewer.Owner, object{"id": student, "refs": []any{ref("crm", "3"), ref("crm", "4")}}, "code:INVALID field:[input externalReferences 1 system]"},
		{"an empty id", update, viewer.Owner, object{"id": student, "refs": []any{ref("crm", "")}}, "code:INVALID field:[input externalReferences 0 externalId]"},
		{"a guardian", update, viewer.Guardian, object{"id": student, "refs": []any{ref("crm", "5")}}, "not allowed"},
		{"by the id", find, viewer.Owner, object{"id": student}, "firstName:Emma"},
		{"by the id in another system", find, viewer.Owner, object{"ref": ref("crm", "3")}, "firstName:Emma"},
		{"by an id that is no more", find, viewer.Owner, object{"ref": ref("crm", "1")}, "student:<nil>"},
		{"by both", find, viewer.Owner, object{"id": student, "ref": ref("crm", "3")}, "one of the two"},
		{"by neither", find, viewer.Owner, nil, "one of the two"},
		{"by a guardian", find, viewer.Guardian, object{"ref": ref("crm", "3")}, "not allowed"},
	} {
		data, errs := do(kit.A.As(t.Context(), c.as), p.compiled, c.text, c.vars)
		if got := fmt.Sprint(data, errs); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
	data, errs := do(kit.A.As(t.Context(), viewer.Owner), p.compiled, `mutation($household: ID!, $refs: [ExternalReferenceInput!]) {
		createStudent(input: {householdId: $household, firstName: "A", lastName: "B", birthDate: "2016-01-01", externalReferences: $refs}) { student { id } userErrors { code field } } }`,
		object{"household": typeid.Format("household", kit.A.Household), "refs": []any{ref("other", "1"), ref("crm", "3")}})
	if got := fmt.Sprint(data, errs); !strings.Contains(got, "code:TAKEN field:[input externalReferences 1 externalId]") {
		t.Errorf("an id that is taken: %s", got)
	}
	if data, errs := do(kit.B.As(t.Context(), viewer.Owner), p.compiled, find, object{"ref": ref("crm", "3")}); fmt.Sprint(data, errs) != "map[student:<nil>]" {
		t.Errorf("the neighbor finds %v %s", data, errs)
	}
}

// counting collects the statements of a store.
type counting struct {
	sync.Mutex
	texts []string
}

func (c *counting) add(text string) { c.Lock(); c.texts = append(c.texts, text); c.Unlock() }

// TestBulkUpsert writes many rows at once; a wrong one takes all or itself alone
// with it.
func TestBulkUpsert(t *testing.T) {
	t.Parallel()
	var said counting
	kit := testkit.New(t, func(c *store.Config) { c.Count = said.add })
	p := newPaths(t, kit)
	ctx := kit.A.As(t.Context(), viewer.Owner)
	upsert := func(policy string, rows ...any) string {
		said.texts = nil
		in := object{"system": "books", "rows": rows}
		if policy != "" {
			in["errorPolicy"] = policy
		}
		data, errs := do(ctx, p.compiled, `mutation($in: BulkUpsertTagsInput!) { bulkUpsertTags(input: $in) { tags { name version } userErrors { code field } } }`, object{"in": in})
		return fmt.Sprint(data, errs)
	}
	row := func(id, name string) object { return object{"externalId": id, "name": name} }
	var many []any
	for n := range 100 {
		many = append(many, row(fmt.Sprint(n), fmt.Sprintf("Tag %02d", n)))
	}
	if got := upsert("", many...); strings.Count(got, "version:1") != 100 || strings.Index(got, "Tag 00") > strings.Index(got, "Tag 99") {
		t.Fatalf("100 new rows: %s", got)
	}
	if n := len(said.texts); n > 7 {
		t.Errorf("100 new rows take %d statements: %s", n, said.texts)
	}
	if got := upsert("", many...); strings.Count(got, "version:1") != 100 || len(said.texts) > 6 {
		t.Errorf("100 rows without news: %d statements, %.200s", len(said.texts), got)
	}
	many[3] = row("3", "Renamed")
	if got := upsert("", many...); !strings.Contains(got, "name:Renamed version:2") || strings.Count(got, "version:1") != 99 || len(said.texts) > 8 {
		t.Errorf("one row with news: %d statements, %.200s", len(said.texts), got)
	}
	for _, c := range []struct {
		name, policy, want string
		rows               []any
	}{
		{"all or nothing", "REJECT_ALL", "tags:[] userErrors:[map[code:TAKEN field:[input rows 1]]]", []any{row("a", "New A"), row("b", "Tag 07"), row("c", "New C")}},
		{"nothing was written", "", "name:New A version:1", []any{row("a", "New A")}},
		{"one wrong row", "REJECT_FAILED_ROWS", "tags:[map[name:New D version:1] map[name:New F version:1]] userErrors:[map[code:TAKEN field:[input rows 1]]]", []any{row("d", "New D"), row("e", "Tag 07"), row("f", "New F")}},
		{"wrong in two ways", "REJECT_FAILED_ROWS", "tags:[map[name:Again version:2]] userErrors:[map[code:INVALID field:[input rows 0 name]] map[code:TAKEN field:[input rows 2]]]", []any{row("g", ""), row("a", "Again"), row("f", "Tag 07")}},
		{"all wrong", "REJECT_FAILED_ROWS", "tags:[] userErrors:[map[code:TAKEN field:[input rows 0]]]", []any{row("h", "Tag 07")}},
	} {
		if got := upsert(c.policy, c.rows...); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
	var events, tags int
	if err := kit.Super(t).QueryRow(`SELECT (SELECT count(*) FROM events WHERE type = 'tag.created'), (SELECT count(*) FROM tags)`).Scan(&events, &tags); err != nil || events != tags || tags != 103 {
		t.Errorf("%d events of %d tags, %v; a row that was undone must leave none", events, tags, err)
	}
}
