//go:build without_orm_rules

package attack_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// ormRules says whether this build has the rules of the ORM layer.
const ormRules = false

// TestAttackNoticesEachMissingPolicy takes the database's wall away from one
// table at a time: the suite has to see that nothing is left there.
func TestAttackNoticesEachMissingPolicy(t *testing.T) {
	w := newWorld(t, endpoint.Config{})
	all := &report{}
	roots := w.roots(all)
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		e := catalog.Entities[name]
		if e.Hidden {
			continue // the twin in SQL looks at it
		}
		w.exec(t, "ALTER TABLE "+e.Table+" DISABLE ROW LEVEL SECURITY")
		for _, field := range []string{e.Single, e.Plural, "node of " + name} {
			i := slices.IndexFunc(roots, func(c trial) bool { return c.name == field })
			r := &report{}
			w.run(t, r, roots[i:i+1], "OWNER")
			if len(r.findings) == 0 {
				t.Errorf("%s has no wall, and %s does not notice", e.Table, field)
			}
		}
		w.exec(t, "ALTER TABLE "+e.Table+" ENABLE ROW LEVEL SECURITY")
	}
}

// TestAttackNoticesEachMissingRule takes the database's wall away, puts all rules
// up but for one layer of one entity, and wants that to be seen.
func TestAttackNoticesEachMissingRule(t *testing.T) {
	w := newWorld(t, endpoint.Config{})
	w.lowered(t)
	defer func() { rule.Standing = nil }()
	for _, e := range everything() {
		rule.Standing = func(rule.Layer, string) bool { return true }
		for _, way := range w.breaches(t, e) {
			t.Errorf("with all rules: %s", way)
		}
		for layer, name := range map[rule.Layer]string{rule.Scoping: "queries", rule.Stamping: "changes", rule.Deciding: "roles"} {
			switch {
			case layer != rule.Deciding && e.Tenant == "": // it has no tenant to keep to
				continue
			case layer == rule.Stamping && slices.Contains([]string{"AuditAnchor", "AuditEntry", "EntityVersion", "Event"}, e.Name): // nobody may change it
				continue
			}
			rule.Standing = func(l rule.Layer, prefix string) bool { return l != layer || prefix != e.Prefix }
			if len(w.breaches(t, e)) == 0 {
				t.Errorf("%s has no rule for %s, and nobody notices", e.Name, name)
			}
		}
	}
}

// TestAttackNoticesMissingWalls takes both away, of all tables: each part of
// the suite has to see it.
func TestAttackNoticesMissingWalls(t *testing.T) {
	w := newWorld(t, endpoint.Config{})
	w.bury(t)
	w.lowered(t)
	for name, part := range map[string]func(*report){
		"roots":      func(r *report) { w.run(t, r, w.roots(r), "OWNER") },
		"conditions": func(r *report) { w.run(t, r, short(w.conditions(r))[:200], "OWNER") },
		"edges":      func(r *report) { w.run(t, r, w.edges(), "OWNER") },
		"paths":      func(r *report) { w.run(t, r, w.paths()[:100], "OWNER") },
		"counts":     func(r *report) { w.counts(r, "OWNER") },
	} {
		r := &report{}
		part(r)
		if len(r.findings) == 0 {
			t.Errorf("no wall stands, and %s do not notice", name)
		}
	}
	for _, verb := range []string{"update", "delete", "restore"} {
		r := &report{}
		for _, c := range w.changes(r) {
			if strings.HasPrefix(c.field.Name, verb) && c.field.Name != "updateTenant" && len(c.leaves) > 0 {
				w.misuse(t, r, c, c.leaves[0], "OWNER")
			}
		}
		if len(r.findings) == 0 {
			t.Errorf("no wall stands, and %s goes unnoticed", verb)
		}
	}
}
