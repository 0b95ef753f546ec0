package delivery

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestGate(t *testing.T) {
	g, now := newGate(), time.Unix(1_700_000_000, 0)
	one, other := uuid.New(), uuid.New()
	b := bounds{places: 2}
	for n := range 2 {
		if wait, _ := g.enter(one, b, now); wait != 0 {
			t.Fatalf("attempt %d waits %v", n, wait)
		}
	}
	if wait, freed := g.enter(one, b, now); wait < time.Second || freed != nil {
		t.Errorf("the third attempt waits %v, and at the gate: %v", wait, freed != nil)
	}
	if wait, _ := g.enter(other, b, now); wait != 0 {
		t.Errorf("another destination waits %v", wait)
	}
	g.leave(one, now)
	if wait, _ := g.enter(one, b, now); wait != 0 {
		t.Errorf("a free place is not given: %v", wait)
	}
}

// Who comes to a destination that is quick is let in when somebody leaves, and
// a destination of which another process has all places is not waited for.
func TestGateOfTheQuick(t *testing.T) {
	g, now, id := newGate(), time.Unix(1_700_000_000, 0), uuid.New()
	g.queue = time.Hour
	clock := func() time.Time { return now }
	for range 2 {
		if wait, _ := g.enter(id, bounds{places: 2}, now); wait != 0 {
			t.Fatalf("a free place is not given: %v", wait)
		}
	}
	g.leave(id, now)
	if _, freed := g.enter(id, bounds{places: 1}, now); freed == nil {
		t.Error("nobody waits although somebody has just left")
	}
	passed := make(chan time.Duration)
	go func() { passed <- g.pass(t.Context(), id, bounds{places: 1}, clock) }()
	g.leave(id, now)
	if wait := <-passed; wait != 0 {
		t.Errorf("the place that was left was not given: %v", wait)
	}
	if wait := g.pass(t.Context(), id, bounds{}, clock); wait < time.Second {
		t.Errorf("a place that is another's was given: %v", wait)
	}
}

// In any ten seconds, no more go than the rate and one second's reserve.
func TestPace(t *testing.T) {
	g, now, id := newGate(), time.Unix(1_700_000_000, 0), uuid.New()
	b := bounds{places: 1000, rate: 5}
	gone := 0
	for range 1000 {
		if wait, _ := g.enter(id, b, now); wait == 0 {
			gone++
		} else if wait > 2*time.Second {
			t.Fatalf("an attempt waits %v", wait)
		}
		now = now.Add(10 * time.Millisecond)
	}
	if gone < 50 || gone > 55 {
		t.Errorf("%d attempts in 10 seconds at 5 per second", gone)
	}
}
