package delivery

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/testkit"
)

// However many share a destination's bounds, together they have the whole.
func TestSharesAddUp(t *testing.T) {
	for size := 1; size <= 7; size++ {
		for places := range 23 {
			destination, sum, rate := uuid.New(), 0, 0.0
			for rank := range size {
				part := muster{size, rank}.share(destination, bounds{places, 5})
				if part.places < places/size || part.places > places/size+1 {
					t.Errorf("%d of %d have %d of %d places", 1, size, part.places, places)
				}
				sum, rate = sum+part.places, rate+part.rate
			}
			if sum != places || rate < 4.99 || rate > 5.01 {
				t.Errorf("%d have %d places of %d, and %g of 5 per second", size, sum, places, rate)
			}
		}
	}
}

func TestCrewIsCounted(t *testing.T) {
	kit := testkit.Empty(t)
	pool, err := job.Open(t.Context(), kit.SystemURL, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	attend := func() (c *crew, leave func()) {
		c = &crew{pool: pool}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- c.run(ctx, time.Millisecond) }()
		return c, func() {
			stop()
			if err := <-done; err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	}
	until := func(what string, done func() bool) {
		t.Helper()
		for !done() {
			select {
			case <-t.Context().Done():
				t.Fatal(what)
			case <-time.After(time.Millisecond):
			}
		}
	}
	counted := func(c *crew) muster {
		if m := c.last.Load(); m != nil {
			return *m
		}
		return muster{}
	}
	first, leaveFirst := attend()
	defer leaveFirst()
	until("one", func() bool { return counted(first) == muster{1, 0} })
	second, leave := attend()
	until("two", func() bool { return counted(first).size == 2 && counted(second).size == 2 })
	if counted(first).rank+counted(second).rank != 1 {
		t.Errorf("%+v and %+v", counted(first), counted(second))
	}
	leave()
	until("one again", func() bool { return counted(first) == muster{1, 0} })
}
