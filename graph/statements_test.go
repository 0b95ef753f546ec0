package graph_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// TestStatementsPerOperation bounds the statements of each kind of operation and
// how often it waits for the database: once for a read, twice and for the commit
// for a change.
func TestStatementsPerOperation(t *testing.T) {
	var statements, trips atomic.Int64
	kit := testkit.New(t, func(c *store.Config) {
		c.Count, c.Trip = func(string) { statements.Add(1) }, func() { trips.Add(1) }
	})
	populate(t, kit)
	p := newPaths(t, kit)
	for _, c := range []struct {
		name, text        string
		statements, trips int64
	}{
		{"a record with what surrounds it", `query($id: ID!) { student(id: $id) { firstName household { name guardians(first: 1) { nodes { firstName } } } enrollments(first: 5) { nodes { status class { name } } } } }`, 1, 1},
		{"three levels of lists with totals", `{ households(first: 3) { totalCount nodes { students(first: 3) { totalCount nodes { enrollments(first: 2) { nodes { class { program { name } } } } } } } } }`, 1, 1},
		{"several roots", `{ students { nodes { id } } classes { nodes { id teacher { displayName } } } }`, 1, 1},
		{"a change of one field", `mutation($id: ID!) { updateStudent(input: {id: $id, firstName: "Ada"}) { student { firstName } userErrors { code } } }`, 2, 2},
		{"a change with a nested answer", `mutation($id: ID!) { updateStudent(input: {id: $id, firstName: "Eve"}) { student { household { name } } userErrors { code } } }`, 3, 3},
		{"a seat", `mutation($id: ID!, $class: ID!) { enrollStudent(input: {studentId: $id, classId: $class}) { enrollment { id status } userErrors { code } } }`, 4, 3},
	} {
		for range 2 { // the second finds everything compiled
			vars := map[string]any{"id": typeid.Format("student", newcomer(t, kit)), "class": typeid.Format("class", kit.A.Class)}
			statements.Store(0)
			trips.Store(0)
			ctx := graphql.StartOperationTrace(kit.A.As(t.Context(), viewer.Owner))
			if data, errs := do(ctx, p.compiled, c.text, vars); errs != "" {
				t.Fatalf("%s: %v %s", c.name, data, errs)
			}
			if s, n := statements.Load(), trips.Load(); s != c.statements || n != c.trips {
				t.Errorf("%s: %d statements in %d trips; want %d in %d", c.name, s, n, c.statements, c.trips)
			}
		}
	}
}

// newcomer is a student without a seat.
func newcomer(t *testing.T, kit *testkit.Kit) uuid.UUID {
	t.Helper()
	ctx := viewer.ForTenant(t.Context(), kit.A.Tenant, "test")
	var made *ent.Student
	err := kit.InTx(ctx, func(ctx context.Context) (err error) {
		made, err = kit.Client(ctx).Student.Create().SetHouseholdID(kit.A.Household).SetFirstName("New").SetLastName("Comer").
			SetBirthDate(time.Date(2016, 5, 1, 0, 0, 0, 0, time.UTC)).Save(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}
