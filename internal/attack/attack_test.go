package attack_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// TestNeighborReads asks for everything of the neighbor's that can be asked,
// with all walls up; in the build without ORM rules, with the database's alone.
func TestNeighborReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	w.reads(t, principals...).check(t)
}

// TestNeighborConditions goes on to conditions that nest deeper.
func TestNeighborConditions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	r := &report{}
	w.run(t, r, long(w.conditions(r)), "OWNER")
	r.check(t)
}

// TestNeighborChanges changes everything of the neighbor's that can be changed.
func TestNeighborChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	w.bury(t)
	r := &report{}
	w.mutate(t, r, principals...)
	r.check(t)
}

// TestNeighborWithoutRowLevelSecurity does both where the ORM's wall stands alone.
func TestNeighborWithoutRowLevelSecurity(t *testing.T) {
	if !ormRules {
		t.Skip("no wall would be left; see TestAttackNoticesMissingWalls")
	}
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	w.bury(t)
	w.lowered(t)
	r := w.reads(t, "OWNER", "GUARDIAN", "CUSTOM")
	w.mutate(t, r, "OWNER", "GUARDIAN", "CUSTOM")
	r.check(t)
}

// TestNeighborOfOrdinaryExecutor holds gqlgen's executor, which answers what
// the compiled path cannot, to the same walls.
func TestNeighborOfOrdinaryExecutor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{Ordinary: true})
	r := &report{}
	w.run(t, r, w.roots(r), "OWNER", "GUARDIAN")
	w.run(t, r, w.edges(), "OWNER", "GUARDIAN")
	r.check(t)
}

// TestNeighborBehindPlantedKeys takes the walls of the database away and lays
// rows across the border in both directions: no edge may be followed over it.
func TestNeighborBehindPlantedKeys(t *testing.T) {
	if !ormRules {
		t.Skip("no wall would be left")
	}
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	for name := range w.keys(t) {
		table, key, _ := strings.Cut(name, " ")
		w.exec(t, "ALTER TABLE "+table+" DROP CONSTRAINT "+key)
	}
	planted := 0
	for _, e := range catalog.Entities {
		for _, f := range e.Fields {
			if target := catalog.Entities[f.Target]; e.Tenant == "" || f.Column == "id" || target == nil || target.Tenant == "" {
				continue
			}
			w.spawn(t, w.neighbor, e.Name, map[string]any{f.Column: w.own.id(f.Target)})
			w.spawn(t, w.own, e.Name, map[string]any{f.Column: w.neighbor.id(f.Target)})
			planted++
		}
	}
	w.lowered(t)
	r := &report{}
	w.run(t, r, w.roots(r), "OWNER")
	w.run(t, r, w.edges(), "OWNER", "GUARDIAN")
	w.run(t, r, w.paths(), "OWNER")
	w.counts(r, "OWNER")
	for _, finding := range r.findings {
		// A record that must lead somewhere and does not is an error, not a leak.
		if !strings.Contains(finding, "internal error") {
			t.Error(finding)
		}
	}
	if planted < 30 {
		t.Errorf("only %d kinds of reference were laid across the border", planted)
	}
}

func (w *world) reads(t testing.TB, as ...string) *report {
	r := &report{}
	before := w.sums(t, w.neighbor)
	everybody, few := as, as[:min(2, len(as))]
	if len(as) > 2 {
		few = []string{"OWNER", "GUARDIAN", "CUSTOM"}
	}
	for _, part := range []struct {
		name string
		run  func()
	}{
		{"roots", func() { w.run(t, r, w.roots(r), everybody...) }},
		{"conditions", func() { w.run(t, r, short(w.conditions(r)), few...) }},
		{"orders", func() { w.run(t, r, w.orders(r), few...) }},
		{"edges", func() { w.run(t, r, w.edges(), few...) }},
		{"paths", func() { w.run(t, r, w.paths(), few...) }},
		{"counts", func() { w.counts(r, "OWNER") }},
	} {
		n, start := r.requests, time.Now()
		part.run()
		t.Logf("%s: %d requests in %v", part.name, r.requests-n, time.Since(start).Round(time.Millisecond))
	}
	if changed := differ(before, w.sums(t, w.neighbor)); len(changed) > 0 {
		r.find("reads changed the neighbor's %v", changed)
	}
	return r
}

// short are the trials of conditions that nest little.
func short(trials []trial) []trial {
	return slices.DeleteFunc(trials, func(c trial) bool { return far(c.name) })
}

// long are the others.
func long(trials []trial) []trial {
	return slices.DeleteFunc(trials, func(c trial) bool { return !far(c.name) })
}

func far(name string) bool { return strings.Count(name, " ") > 5 }
