package operation_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/event"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

type world struct {
	*testkit.Kit
	*operation.Operations
	ctx context.Context
}

func newWorld(t *testing.T) *world {
	t.Parallel()
	kit := testkit.New(t)
	return &world{kit, operation.New(kit.Store, nil), kit.A.As(t.Context(), viewer.Owner)}
}

// code is what a verb refused with; empty where it did not.
func code(t *testing.T, errs []*fault.Fault, err error) fault.Code {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(errs) == 0 {
		return ""
	}
	return errs[0].Code
}

func (w *world) input(entity string, id uuid.UUID) map[string]any {
	return map[string]any{"id": typeid.Format(catalog.Entities[entity].Prefix, id)}
}

// make creates a record by its input and returns its id.
func (w *world) make(t *testing.T, entity string, input map[string]any) uuid.UUID {
	t.Helper()
	row, errs, err := w.Create(w.ctx, entity, input)
	if c := code(t, errs, err); c != "" {
		t.Fatalf("%s: %s", entity, errs[0])
	}
	return row.RowID()
}

// live counts the records of each kind that are not deleted.
func (w *world) live(t *testing.T) string {
	t.Helper()
	var counts []string
	for _, name := range []string{"Household", "Guardian", "Student", "Note", "StudentTag"} {
		rows, err := ent.Kinds[name].List(w.ctx, w.Client(w.ctx), func(*sql.Selector) {})
		if err != nil {
			t.Fatal(err)
		}
		counts = append(counts, fmt.Sprint(len(rows)))
	}
	return strings.Join(counts, " ")
}

// A family refers to its own records alone; those of another family are as
// little there as those of nobody.
func TestReferencesOfAFamily(t *testing.T) {
	w := newWorld(t)
	other := w.make(t, "Household", map[string]any{"name": "Kent"})
	stranger := w.make(t, "Guardian", map[string]any{"householdId": typeid.Format("household", other), "firstName": "Lois", "lastName": "Kent", "email": "lois@example.com"})
	family := w.A.As(t.Context(), viewer.Guardian)
	for name, c := range map[string]struct {
		guardian uuid.UUID
		want     fault.Code
	}{"their own": {w.A.Guardian, ""}, "another family's": {stranger, fault.NotFound}, "nobody's": {uuid.New(), fault.NotFound}} {
		input := map[string]any{"householdId": typeid.Format("household", w.A.Household), "guardianId": typeid.Format("guardian", c.guardian), "subject": "Shoes"}
		_, errs, err := w.Create(family, "Ticket", input)
		if got := code(t, errs, err); got != c.want {
			t.Errorf("%s: %v", name, errs)
		} else if got != "" && (errs[0].Message != "There is no such record." || !slices.Equal(errs[0].Field, []string{"input", "guardianId"})) {
			t.Errorf("%s: %v at %v", name, errs[0].Message, errs[0].Field)
		}
	}
}

// A household goes into the recycle bin with what it owns, and comes back with
// what went with it: not with what had been deleted before.
func TestDeletedTogether(t *testing.T) {
	w := newWorld(t)
	household := typeid.Format("household", w.A.Household)
	child := map[string]any{"householdId": household, "firstName": "Zoe", "lastName": "Okafor", "birthDate": "2017-01-01"}
	second := w.make(t, "Student", child)
	w.make(t, "Student", child)
	tag := w.make(t, "Tag", map[string]any{"name": "Scholarship"})
	w.make(t, "StudentTag", map[string]any{"studentId": typeid.Format("student", second), "tagId": typeid.Format("tag", tag)})
	w.make(t, "Note", map[string]any{"householdId": household, "studentId": typeid.Format("student", second), "body": "Shy."})
	w.make(t, "Note", map[string]any{"householdId": household, "body": "Pays by check."})
	if got := w.live(t); got != "1 1 3 2 1" {
		t.Fatalf("before: %s", got)
	}
	if _, errs, err := w.Delete(w.ctx, "Student", w.input("Student", second)); code(t, errs, err) != "" || w.live(t) != "1 1 2 1 0" {
		t.Fatalf("one student alone: %v, %s", errs, w.live(t))
	}
	if _, errs, err := w.Delete(w.ctx, "Household", w.input("Household", w.A.Household)); code(t, errs, err) != "" || w.live(t) != "0 0 0 0 0" {
		t.Fatalf("the household: %v, %s", errs, w.live(t))
	}
	for entity, id := range map[string]uuid.UUID{"Student": w.A.Student, "Guardian": w.A.Guardian} {
		if _, errs, err := w.Restore(w.ctx, entity, w.input(entity, id)); code(t, errs, err) != fault.WrongState {
			t.Errorf("a %s without its household: %v", entity, errs)
		}
	}
	if _, errs, err := w.Restore(w.ctx, "Household", w.input("Household", w.A.Household)); code(t, errs, err) != "" || w.live(t) != "1 1 2 1 0" {
		t.Fatalf("restored: %v, %s", errs, w.live(t))
	}
	if _, errs, err := w.Restore(w.ctx, "Student", w.input("Student", second)); code(t, errs, err) != "" || w.live(t) != "1 1 3 2 1" {
		t.Fatalf("the student, too: %v, %s", errs, w.live(t))
	}
	for kind, want := range map[string]int{"household.deleted": 1, "student.deleted": 3, "guardian.deleted": 1, "note.deleted": 2, "studenttag.deleted": 1, "household.restored": 1, "student.restored": 3, "guardian.restored": 1} {
		if n := w.Client(w.ctx).Event.Query().Where(event.Type(kind)).CountX(w.ctx); n != want {
			t.Errorf("%d events %s; want %d", n, kind, want)
		}
	}
}

// What others need stays, and a refusal leaves everything as it was.
func TestDeleteRefuses(t *testing.T) {
	w := newWorld(t)
	enroll := func(ctx context.Context) error {
		return w.Client(ctx).Enrollment.Create().SetStudentID(w.A.Student).SetClassID(w.A.Class).SetHouseholdID(w.A.Household).Exec(ctx)
	}
	if err := w.InTx(w.ctx, enroll); err != nil {
		t.Fatal(err)
	}
	for entity, id := range map[string]uuid.UUID{"Household": w.A.Household, "Student": w.A.Student, "Class": w.A.Class} {
		if _, errs, err := w.Delete(w.ctx, entity, w.input(entity, id)); code(t, errs, err) != fault.InUse {
			t.Errorf("%s with an enrollment: %v", entity, errs)
		}
	}
	if got := w.live(t); got != "1 1 1 0 0" {
		t.Errorf("after the refusals: %s", got)
	}
	if _, errs, err := w.Delete(w.ctx, "Household", w.input("Household", w.B.Household)); code(t, errs, err) != fault.NotFound {
		t.Errorf("another studio's: %v", errs)
	}
}

// What comes back must not take a name that somebody else has by now, and what
// belonged to a record that is gone stays in the bin.
func TestRestoreRefuses(t *testing.T) {
	w := newWorld(t)
	tag := w.make(t, "Tag", map[string]any{"name": "Scholarship"})
	w.make(t, "StudentTag", map[string]any{"studentId": typeid.Format("student", w.A.Student), "tagId": typeid.Format("tag", tag)})
	if _, errs, err := w.Delete(w.ctx, "Household", w.input("Household", w.A.Household)); code(t, errs, err) != "" {
		t.Fatal(errs)
	}
	if _, errs, err := w.Delete(w.ctx, "Tag", w.input("Tag", tag)); code(t, errs, err) != "" {
		t.Fatal(errs)
	}
	w.make(t, "Tag", map[string]any{"name": "Scholarship"})
	if _, errs, err := w.Restore(w.ctx, "Tag", w.input("Tag", tag)); code(t, errs, err) != fault.Taken {
		t.Errorf("a name that is taken: %v", errs)
	}
	if _, errs, err := w.Restore(w.ctx, "Household", w.input("Household", w.A.Household)); code(t, errs, err) != "" || w.live(t) != "1 1 1 0 0" {
		t.Errorf("without the tag: %v, %s", errs, w.live(t))
	}
	if _, errs, err := w.Restore(w.ctx, "Student", w.input("Student", w.B.Student)); code(t, errs, err) != fault.NotFound {
		t.Errorf("another studio's: %v", errs)
	}
}

// A host is one studio's, in the form that browsers send.
func TestCustomDomains(t *testing.T) {
	w := newWorld(t)
	south := w.B.As(t.Context(), viewer.Admin)
	set := func(ctx context.Context, tenant uuid.UUID, hosts ...any) (ent.Row, fault.Code) {
		row, errs, err := w.Update(ctx, "Tenant", map[string]any{"id": typeid.Format("tenant", tenant), "customDomains": hosts})
		return row, code(t, errs, err)
	}
	row, c := set(w.ctx, w.A.Tenant, "Classes.Example.com", "bücher.example", "classes.example.com")
	if got := row.Column("custom_domains"); c != "" || !slices.Equal(got.([]string), []string{"classes.example.com", "xn--bcher-kva.example"}) {
		t.Errorf("%v %s", got, c)
	}
	for _, host := range []string{"", "https://a.example", "a.example:8080", "a.example/x", "a b.example", "10.0.0.1", "localhost", "*.example.com", "-a.example", "a..example", "é", strings.Repeat("a.", 130) + "example", "a.example\x00"} {
		if _, c := set(w.ctx, w.A.Tenant, host); c != fault.Invalid {
			t.Errorf("%q: %q", host, c)
		}
	}
	many := make([]any, 21)
	for i := range many {
		many[i] = fmt.Sprintf("a%d.example", i)
	}
	if _, c := set(w.ctx, w.A.Tenant, many...); c != fault.Invalid {
		t.Errorf("21 domains: %q", c)
	}
	if _, c := set(south, w.B.Tenant, "south.example", "classes.example.com"); c != fault.Taken {
		t.Errorf("another studio's: %q", c)
	}
	if _, c := set(w.ctx, w.A.Tenant, "bücher.example", "south.example"); c != "" { // the refusal left nothing behind
		t.Errorf("given up and taken: %q", c)
	}
	if _, c := set(south, w.B.Tenant, "classes.example.com"); c != "" {
		t.Errorf("what was given up: %q", c)
	}
	var hosts string
	err := w.Super(t).QueryRow(`SELECT string_agg(t.slug || ' ' || d.host, ', ' ORDER BY d.host) FROM custom_domains d JOIN tenants t ON t.id = d.tenant_id`).Scan(&hosts)
	if want := "south-star classes.example.com, north-star south.example, north-star xn--bcher-kva.example"; err != nil || hosts != want {
		t.Errorf("%s, %v; want %s", hosts, err, want)
	}
	if _, errs, err := w.Update(w.A.As(t.Context(), viewer.FrontDesk), "Tenant", map[string]any{"id": typeid.Format("tenant", w.A.Tenant), "customDomains": []any{}}); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("as FRONT_DESK: %v %v", errs, err)
	}
}
