package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/barrehq/barre/ent/entityversion"
	"github.com/barrehq/barre/ent/event"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	restoreVersion = `mutation($id: ID!, $number: Int!, $if: Int) { restoreStudentVersion(input: {id: $id, number: $number, ifVersion: $if}) {
		student { firstName medicalNote level version } userErrors { code field } } }`
	changeStudent = `mutation($id: ID!, $name: String!, $note: String) { updateStudent(input: {id: $id, firstName: $name, medicalNote: $note}) {
		student { version } userErrors { code } } }`
)

// A version is restored as an update would write it: as a new version, in the
// feed and in the log, and only what differs.
func TestRestoreVersion(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	run, ctx := writing(t, kit), kit.A.As(t.Context(), viewer.Owner)
	id := typeid.Format("student", kit.A.Student)
	for _, vars := range []map[string]any{{"id": id, "name": "Eve", "note": "Asthma"}, {"id": id, "name": "Zoe", "note": nil}} {
		if data, errs := do(ctx, run, changeStudent, vars); errs != "" {
			t.Fatal(data, errs)
		}
	}
	ask := func(as viewer.Role, vars map[string]any) string {
		data, errs := do(kit.A.As(t.Context(), as), run, restoreVersion, vars)
		return fmt.Sprint(data, errs)
	}
	for _, c := range []struct {
		name string
		as   viewer.Role
		vars map[string]any
		want string
	}{
		{"a version that is not there", viewer.Owner, map[string]any{"id": id, "number": 9}, "code:NOT_FOUND field:[input number]"},
		{"another studio's record", viewer.Owner, map[string]any{"id": typeid.Format("student", kit.B.Student), "number": 1}, "code:NOT_FOUND field:[input id]"},
		{"an old ifVersion", viewer.Owner, map[string]any{"id": id, "number": 2, "if": 2}, "code:VERSION_CONFLICT"},
		{"a role without versions", viewer.FrontDesk, map[string]any{"id": id, "number": 2}, "not allowed"},
		{"the second version", viewer.Owner, map[string]any{"id": id, "number": 2, "if": 3}, "firstName:Eve level:1 medicalNote:Asthma version:4"},
		{"the first version", viewer.Owner, map[string]any{"id": id, "number": 1}, "firstName:Emma level:1 medicalNote:<nil> version:5"},
	} {
		if got := ask(c.as, c.vars); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
	last, err := kit.Client(ctx).Event.Query().Where(event.EntityID(kit.A.Student), event.EntityVersion(5)).Only(ctx)
	if err != nil || last.Type != "student.updated" || fmt.Sprint(last.Changed) != "[firstName medicalNote]" {
		t.Errorf("the event of a restored version: %+v, %v", last, err)
	}
	if n := kit.Client(ctx).EntityVersion.Query().Where(entityversion.EntityID(kit.A.Student)).CountX(ctx); n != 5 {
		t.Errorf("%d versions are kept", n)
	}
	data, errs := do(ctx, run, `query($id: ID!) { recordVersions(id: $id, before: 5) { number } versionDifferences(id: $id, from: 1, to: 4) { field from to } none: versionDifferences(id: $id, from: 1, to: 9) { field } }`, map[string]any{"id": id})
	want := "map[none:<nil> recordVersions:[map[number:4] map[number:3] map[number:2] map[number:1]] versionDifferences:[map[field:firstName from:Emma to:Eve] map[field:medicalNote from:<nil> to:Asthma]]]"
	if fmt.Sprint(data) != want || errs != "" {
		t.Errorf("%v %s", data, errs)
	}
	data, _ = do(kit.B.As(t.Context(), viewer.Owner), run, `query($id: ID!) { recordVersions(id: $id) { number } versionDifferences(id: $id, from: 1, to: 2) { field } }`, map[string]any{"id": id})
	if fmt.Sprint(data) != "map[recordVersions:[] versionDifferences:<nil>]" {
		t.Errorf("to another studio: %v", data)
	}
}
