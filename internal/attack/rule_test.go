package attack_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/viewer"
)

// The twin of the suite in ent: what code behind the API could do if it named
// the wrong record or forgot to ask who is calling.

// errBack takes back what a trial did.
var errBack = errors.New("taken back")

// breaches are the ways past the rules of one entity.
func (w *world) breaches(t testing.TB, e *catalog.Entity) []string {
	t.Helper()
	var ways []string
	found := func(ctx context.Context, id uuid.UUID) (int, error) {
		rows, err := ent.Kinds[e.Name].List(ctx, w.kit.Client(ctx), func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), id)) })
		return len(rows), err
	}
	changed := func(ctx context.Context, id uuid.UUID) error {
		err := w.kit.InTx(ctx, func(ctx context.Context) error {
			_, save := ent.Kinds[e.Name].Update(w.kit.Client(ctx), id)
			if _, err := save(ctx); err != nil {
				return err
			}
			return errBack
		})
		return err
	}
	if e.Tenant != "" {
		inside := viewer.ForTenant(t.Context(), w.own.tenant, "attack")
		if n, err := found(inside, w.neighbor.id(e.Name)); n > 0 || err != nil {
			ways = append(ways, fmt.Sprintf("read %d of the neighbor's %s, %v", n, e.Plural, err))
		}
		if err := changed(inside, w.neighbor.id(e.Name)); errors.Is(err, errBack) {
			ways = append(ways, "change the neighbor's "+e.Single)
		}
		if n, err := found(inside, w.own.id(e.Name)); n != 1 || err != nil {
			ways = append(ways, fmt.Sprintf("the twin of %s is vacuous: %d, %v", e.Name, n, err))
		}
	}
	for _, role := range []viewer.Role{viewer.Owner, viewer.Admin, viewer.FrontDesk, viewer.Teacher, viewer.Guardian, viewer.Public} {
		grant := e.Access[role]
		ctx := viewer.With(t.Context(), &viewer.Viewer{TenantID: w.own.tenant, Role: role, CredentialID: uuid.New(), HouseholdID: uuid.New()})
		n, err := found(ctx, w.own.id(e.Name))
		if !grant.Read && fault.CodeOf(err) != fault.Forbidden || grant.Own && n > 0 {
			ways = append(ways, fmt.Sprintf("read %d %s as %s, %v", n, e.Plural, role, err))
		}
		err = changed(ctx, w.own.id(e.Name))
		if !grant.Update && fault.CodeOf(err) != fault.Forbidden || grant.Own && errors.Is(err, errBack) {
			ways = append(ways, fmt.Sprintf("change a %s as %s, %v", e.Single, role, err))
		}
	}
	return ways
}

// everything is every entity in the order of their names.
func everything() []*catalog.Entity {
	var list []*catalog.Entity
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		list = append(list, catalog.Entities[name])
	}
	return list
}

// TestNeighborInEnt tries every way past the rules, where they stand alone.
func TestNeighborInEnt(t *testing.T) {
	if !ormRules {
		t.Skip("see TestAttackNoticesEachMissingRule")
	}
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	w.lowered(t)
	for _, e := range everything() {
		for _, way := range w.breaches(t, e) {
			t.Error(way)
		}
	}
}
