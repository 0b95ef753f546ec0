package attack_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// rooted are the references by which alone some entities belong to a location;
// families belong to it by their enrollments, teachers by their classes.
var rooted = map[string]string{
	"Class": "Location", "Enrollment": "Class", "WaitlistEntry": "Class", "Guardian": "Household", "Student": "", "Household": "", "Staff": "", "Location": "",
}

// local are the entities whose records can belong to a location.
func local() []*catalog.Entity {
	return slices.DeleteFunc(everything(), func(e *catalog.Entity) bool {
		return e.Hidden || e.Tenant == "" || !slices.Contains(rule.Scopes(e.Prefix, e.Household), viewer.ScopeLocation)
	})
}

// elsewhere makes records of the own studio that belong to another location.
type elsewhere struct {
	*world
	rows map[string]uuid.UUID
}

func (w *world) elsewhere(t testing.TB) *elsewhere {
	x := &elsewhere{w, map[string]uuid.UUID{}}
	x.row(t, "Enrollment") // by which the family is there
	return x
}

// row is the record of an entity there.
func (x *elsewhere) row(t testing.TB, entity string) uuid.UUID {
	if id, made := x.rows[entity]; made {
		return id
	}
	stands := map[string]any{}
	for _, edge := range catalog.Entities[entity].Edges {
		target := catalog.Entities[edge.Target]
		if !edge.Many && slices.Contains(local(), target) {
			stands[edge.Column] = x.row(t, edge.Target)
		}
	}
	x.rows[entity] = x.spawn(t, x.own, entity, stands)["id"].(uuid.UUID)
	return x.rows[entity]
}

// mixed makes a record that belongs here but for one reference.
func (x *elsewhere) mixed(t testing.TB, entity string, edge catalog.Edge) uuid.UUID {
	return x.spawn(t, x.own, entity, map[string]any{edge.Column: x.row(t, edge.Target)})["id"].(uuid.UUID)
}

// TestLocationOfEveryType: a role that is narrowed to a location reaches what
// belongs to it, of every type, and nothing that belongs to another one.
func TestLocationOfEveryType(t *testing.T) {
	if !ormRules {
		t.Skip("scopes are not the database's affair")
	}
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	var permissions []string
	for _, e := range local() {
		for _, action := range []string{"create", "delete", "read", "update"} {
			permissions = append(permissions, e.Prefix+":"+action+":location")
		}
	}
	slices.Sort(permissions)
	role := w.spawn(t, w.own, "CustomRole", map[string]any{"permissions": []byte(asJSON(permissions)), "masks": []byte(`[]`)})
	w.member(t, w.own, "LOCAL", map[string]any{"role": "OWNER", "custom_role_id": role["id"], "staff_id": nil, "household_id": nil,
		"location_ids": []byte(`["` + w.own.id("Location").String() + `"]`)})
	x := w.elsewhere(t)
	token := w.own.tokens["LOCAL"]
	r := &report{}
	for _, e := range local() {
		here := w.own.typed(e.Name)
		there := map[string]string{"elsewhere": typeid.Format(e.Prefix, x.row(t, e.Name))}
		by, special := rooted[e.Name]
		for _, edge := range e.Edges {
			if target := catalog.Entities[edge.Target]; !edge.Many && slices.Contains(local(), target) && (!special || by == edge.Target) {
				there["elsewhere by its "+edge.Name] = typeid.Format(e.Prefix, x.mixed(t, e.Name, edge))
			}
		}
		one := func(id string) endpoint.Answer {
			return w.Do(token, fmt.Sprintf("query($id: ID!) { it: %s(id: $id) { id } }", e.Single), map[string]any{"id": id})
		}
		if a := one(here); !bytes.Contains(a.Body, []byte(here)) {
			t.Errorf("%s of the location: %.300s", e.Name, a.Body)
		}
		list := w.Do(token, fmt.Sprintf("{ it: %s(first: 100) { nodes { id } } }", e.Plural), nil)
		if !bytes.Contains(list.Body, []byte(here)) {
			t.Errorf("the list of %s: %.300s", e.Plural, list.Body)
		}
		for _, what := range slices.Sorted(maps.Keys(there)) {
			if a := one(there[what]); !alike(a, one(w.never.typed(e.Name))) {
				t.Errorf("%s %s: %.300s", e.Name, what, a.Body)
			}
			if bytes.Contains(list.Body, []byte(there[what])) {
				t.Errorf("the list of %s holds one %s", e.Plural, what)
			}
		}
	}
	changed := 0
	for _, c := range w.changes(r) {
		e := catalog.Entities[c.entity]
		if e == nil || !slices.Contains(local(), e) || x.rows[c.entity] == uuid.Nil {
			continue
		}
		for _, l := range c.leaves {
			if len(l.path) != 1 || l.path[0] != "id" {
				continue
			}
			changed++
			hostile := w.send(r, c, "LOCAL", c.with(c.make(t), l, typeid.Format(e.Prefix, x.row(t, e.Name))))
			never := w.send(r, c, "LOCAL", c.with(c.make(t), l, w.never.typed(e.Name)))
			if accepted(hostile) || !alike(hostile, never) {
				t.Errorf("%s of a %s elsewhere:\n\t%.300s\n\t%.300s", c.field.Name, e.Name, hostile.Body, never.Body)
			}
		}
	}
	for _, finding := range r.findings {
		t.Error(finding)
	}
	if n := len(local()); n < 20 || changed < 15 {
		t.Errorf("%d types and %d changes were tried; that is not the schema", n, changed)
	}
}
