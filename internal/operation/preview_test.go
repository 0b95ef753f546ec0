package operation_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// input is the typed id of a record as an input names it.
func input(entity string, id [16]byte) map[string]any {
	return map[string]any{"id": typeid.Format(catalog.Entities[entity].Prefix, id)}
}

// TestRestorePreview says what a restore would bring back and what is in its
// way, and changes nothing.
func TestRestorePreview(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	verbs := operation.New(kit.Store, nil)
	owner := kit.A.As(t.Context(), viewer.Owner)
	household := catalog.Entities["Household"]
	if list, err := verbs.RestorePreview(owner, household, kit.A.Household); err != nil || len(list) != 1 || list[0].Conflict == nil || list[0].Conflict.Code != fault.WrongState {
		t.Errorf("of what is not deleted: %+v, %v", list, err)
	}
	_, refused, err := verbs.Delete(owner, "Household", input("Household", kit.A.Household))
	if err != nil || len(refused) > 0 {
		t.Fatal(refused, err)
	}
	var before, after int
	count := func(into *int) {
		ok(t, kit.Super(t).QueryRow(`SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM households WHERE deleted_at IS NULL) * 1000`).Scan(into))
	}
	count(&before)
	list, err := verbs.RestorePreview(owner, household, kit.A.Household)
	ok(t, err)
	var names []string
	for _, r := range list {
		if r.Conflict != nil {
			t.Errorf("%s stays: %v", r.Entity.Name, r.Conflict)
		}
		names = append(names, r.Entity.Name)
	}
	if got := strings.Join(names, " "); got != "Household Guardian Student" {
		t.Errorf("would come back: %s", got)
	}
	list, err = verbs.RestorePreview(owner, catalog.Entities["Student"], kit.A.Student)
	ok(t, err)
	if len(list) != 1 || list[0].Conflict == nil || !strings.Contains(list[0].Conflict.Message, "household") {
		t.Errorf("a student without household: %+v", list)
	}
	if count(&after); before != after {
		t.Error("a preview changed something")
	}
	neighbor := kit.B.As(t.Context(), viewer.Owner)
	if list, err := verbs.RestorePreview(neighbor, household, kit.A.Household); err != nil || len(list) > 0 {
		t.Errorf("the neighbor's: %+v, %v", list, err)
	}
	if _, err := verbs.RestorePreview(kit.A.As(t.Context(), viewer.Teacher), household, kit.A.Household); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("a teacher's: %v", err)
	}

	bin, err := verbs.Bin(owner, "", time.Now().Add(time.Hour))
	ok(t, err)
	if len(bin) != 3 {
		t.Errorf("the recycle bin: %+v", bin)
	}
	if bin, err := verbs.Bin(owner, "Student", time.Now().Add(-time.Hour)); err != nil || len(bin) != 0 {
		t.Errorf("an hour ago: %+v, %v", bin, err)
	}
	if bin, err := verbs.Bin(kit.A.As(t.Context(), viewer.Teacher), "", time.Now()); err != nil || len(bin) != 0 {
		t.Errorf("a teacher's: %+v, %v", bin, err)
	}
	if _, err := verbs.Bin(owner, "Invoice", time.Now()); fault.CodeOf(err) != fault.BadUserInput {
		t.Errorf("of invoices: %v", err)
	}
}

// TestAsOf shows a record as it stood, to whoever may read it now and as much
// of it.
func TestAsOf(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	verbs := operation.New(kit.Store, nil)
	owner, student := kit.A.As(t.Context(), viewer.Owner), catalog.Entities["Student"]
	change := func(name string) time.Time {
		t.Helper()
		ok(t, kit.InTx(owner, func(ctx context.Context) error {
			return kit.Client(ctx).Student.UpdateOneID(kit.A.Student).SetFirstName(name).SetMedicalNote("Asthma").Exec(ctx)
		}))
		var at time.Time
		ok(t, kit.Super(t).QueryRow(`SELECT max(occurred_at) FROM entity_versions WHERE entity_id = $1`, kit.A.Student).Scan(&at))
		return at
	}
	first := change("Ada")
	second := change("Eve")
	for _, c := range []struct {
		name string
		ctx  context.Context
		at   time.Time
		want string // first name; empty where there is nothing
		note bool
	}{
		{"first", owner, first, "Ada", true},
		{"second", owner, second, "Eve", true},
		{"between", owner, second.Add(-time.Microsecond), "Ada", true},
		{"before it was made", owner, first.AddDate(-1, 0, 0), "", false},
		{"guardian", kit.A.As(t.Context(), viewer.Guardian), first, "Ada", false},
		{"neighbor", kit.B.As(t.Context(), viewer.Owner), first, "", false},
	} {
		p, err := verbs.AsOf(c.ctx, student, kit.A.Student, c.at)
		ok(t, err)
		if (p == nil) != (c.want == "") {
			t.Errorf("%s: %+v", c.name, p)
			continue
		}
		if p == nil {
			continue
		}
		var data map[string]any
		ok(t, json.Unmarshal(p.Data, &data))
		if _, note := data["medicalNote"]; data["firstName"] != c.want || note != c.note {
			t.Errorf("%s: %v", c.name, data)
		}
	}
	if p, err := verbs.AsOf(kit.A.As(t.Context(), viewer.Public), student, kit.A.Student, first); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("the public sees %+v, %v", p, err)
	}
	_, refused, err := verbs.Delete(owner, "Household", input("Household", kit.A.Household))
	if err != nil || len(refused) > 0 {
		t.Fatal(refused, err)
	}
	if p, err := verbs.AsOf(owner, student, kit.A.Student, first); err != nil || p == nil {
		t.Errorf("of what is deleted, for who may delete it: %v, %v", p, err)
	}
	if p, err := verbs.AsOf(kit.A.As(t.Context(), viewer.Guardian), student, kit.A.Student, first); err != nil || p != nil {
		t.Errorf("of what is deleted, for a guardian: %v, %v", p, err)
	}
}

// TestVersioned holds what the studio's policies, prices and schedules are to
// having versions.
func TestVersioned(t *testing.T) {
	for _, name := range []string{"RetentionRule", "Tenant", "TuitionPlan", "Class", "Season", "Program", "Location", "CustomField"} {
		if e := catalog.Entities[name]; e == nil || !e.Versions {
			t.Errorf("%s has no versions", name)
		}
	}
}
