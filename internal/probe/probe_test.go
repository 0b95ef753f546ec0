package probe_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/probe"
	"github.com/barrehq/barre/internal/testkit"
)

func TestAvailability(t *testing.T) {
	kit := testkit.Empty(t)
	now := time.Date(2026, 5, 30, 23, 50, 0, 0, time.UTC)
	var down error
	ask := func(context.Context) error { return down }
	one := probe.New(kit.Store, probe.Config{Ask: ask, Now: func() time.Time { return now }})
	two := probe.New(kit.Store, probe.Config{Ask: ask, Now: func() time.Time { return now.Add(3 * time.Second) }})
	for range 20 { // over midnight; two servers ask, and each minute counts once
		for _, p := range []*probe.Prober{one, two} {
			if err := p.Availability(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		now = now.Add(time.Minute)
	}
	down = errors.New("no answer")
	if err := one.Availability(t.Context()); !errors.Is(err, down) {
		t.Errorf("an unanswered question: %v", err)
	}
	now = now.Add(20*time.Minute - time.Second) // nobody asked
	m, err := one.Month(t.Context(), 2026, time.May)
	if err != nil || m.Minutes != 40 || m.Answered != 20 {
		t.Errorf("%+v, %v; want 20 answers in 40 minutes", m, err)
	}
	if m, err := one.Month(t.Context(), 2026, time.April); err != nil || m != (probe.Month{}) {
		t.Errorf("a month without probes: %+v, %v", m, err)
	}
	t.Logf("measured: %d of %d minutes answered, as asked", m.Answered, m.Minutes)
}

func TestIsolation(t *testing.T) {
	kit := testkit.Empty(t)
	p := probe.New(kit.Store, probe.Config{})
	for range 2 { // the second finds what the first made
		if err := p.Isolation(t.Context()); err != nil || !p.Sound() {
			t.Fatalf("%v, sound: %v", err, p.Sound())
		}
	}
	now := time.Now().UTC()
	if m, err := p.Month(t.Context(), now.Year(), now.Month()); err != nil || m.Checks == 0 || m.Breaches != 0 || m.CheckedAt.IsZero() {
		t.Errorf("%+v, %v", m, err)
	}
}

// Whatever opens a wall while the server runs is noticed, and the server is no
// longer sound until the wall stands again.
func TestOpenWall(t *testing.T) {
	kit := testkit.Empty(t)
	p := probe.New(kit.Store, probe.Config{})
	if err := p.Isolation(t.Context()); err != nil {
		t.Fatal(err)
	}
	super := kit.Super(t)
	for _, drift := range []struct{ open, restore, want string }{
		{"ALTER TABLE households DISABLE ROW LEVEL SECURITY", "ALTER TABLE households ENABLE ROW LEVEL SECURITY", "the table households has no wall"},
		{"ALTER ROLE barre_app CREATEDB", "ALTER ROLE barre_app NOCREATEDB", "could step around the walls"},
		{"ALTER POLICY tenant ON households USING (true)", "", "one studio reaches another's record in the database"},
	} {
		if _, err := super.Exec(drift.open); err != nil {
			t.Fatal(err)
		}
		if err := p.Isolation(t.Context()); err == nil || !strings.Contains(err.Error(), drift.want) || p.Sound() {
			t.Errorf("%s: %v, sound: %v; want %q", drift.open, err, p.Sound(), drift.want)
		}
		if drift.restore == "" {
			break // the policy goes with the database
		}
		if _, err := super.Exec(drift.restore); err != nil {
			t.Fatal(err)
		}
		if err := p.Isolation(t.Context()); err != nil || !p.Sound() {
			t.Errorf("%s: %v, sound: %v", drift.restore, err, p.Sound())
		}
	}
}

// A database that does not answer says nothing of the walls.
func TestNoAnswer(t *testing.T) {
	kit := testkit.Empty(t)
	p := probe.New(kit.Store, probe.Config{})
	kit.Store.Close()
	if err := p.Isolation(t.Context()); err == nil || !p.Sound() {
		t.Errorf("%v, sound: %v", err, p.Sound())
	}
}
