package attack_test

import (
	"testing"
	"time"

	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// TestNeighborReads asks for everything of the neighbor's that can be asked.
func TestNeighborReads(t *testing.T) {
	w := newWorld(t, endpoint.Config{})
	w.reads(t).check(t)
}

func (w *world) reads(t testing.TB) *report {
	r := &report{}
	before := w.sums(t, w.neighbor)
	for _, part := range []struct {
		name string
		run  func()
	}{
		{"roots", func() { w.run(t, r, w.roots(r), principals...) }},
		{"conditions", func() { w.run(t, r, w.conditions(r), "OWNER", "GUARDIAN") }},
		{"orders", func() { w.run(t, r, w.orders(r), "OWNER", "GUARDIAN", "KEY", "PUBLIC") }},
		{"edges", func() { w.run(t, r, w.edges(), "OWNER", "GUARDIAN", "TEACHER") }},
		{"paths", func() { w.run(t, r, w.paths(), "OWNER", "GUARDIAN") }},
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

// TestNeighborChanges changes everything of the neighbor's that can be changed.
func TestNeighborChanges(t *testing.T) {
	w := newWorld(t, endpoint.Config{})
	w.bury(t)
	r := &report{}
	w.mutate(t, r, principals...)
	r.check(t)
}
