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
		if wait := g.enter(one, b, now); wait != 0 {
			t.Fatalf("attempt %d waits %v", n, wait)
		}
	}
	if wait := g.enter(one, b, now); wait < time.Second {
		t.Errorf("the third attempt waits %v", wait)
	}
	if wait := g.enter(other, b, now); wait != 0 {
		t.Errorf("another destination waits %v", wait)
	}
	g.leave(one)
	if wait := g.enter(one, b, now); wait != 0 {
		t.Errorf("a free place is not given: %v", wait)
	}
}

// In any ten seconds, no more go than the rate and one second's reserve.
func TestPace(t *testing.T) {
	g, now, id := newGate(), time.Unix(1_700_000_000, 0), uuid.New()
	b := bounds{places: 1000, rate: 5}
	gone := 0
	for range 1000 {
		if wait := g.enter(id, b, now); wait == 0 {
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
