package limit_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/limit"
)

func TestEnterCapsEachTenant(t *testing.T) {
	l, v := newLimiter(t, limit.Config{}), caller()
	first, err := l.Enter(v)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Enter(colleague(v)); err != nil {
		t.Fatal(err)
	}
	leave, err := l.Enter(v)
	if fault.CodeOf(err) != fault.Busy || leave != nil {
		t.Errorf("third of two: %v", err)
	}
	if _, err := l.Enter(caller()); err != nil {
		t.Errorf("another tenant: %v", err)
	}
	first()
	first() // counts once
	if _, err := l.Enter(v); err != nil {
		t.Errorf("after one has left: %v", err)
	}
	if _, err := l.Enter(v); fault.CodeOf(err) != fault.Busy {
		t.Errorf("leaving twice made room for two: %v", err)
	}
}

func TestEnterUnderContention(t *testing.T) {
	l, v := newLimiter(t, limit.Config{}), caller()
	var running, most, entered atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				leave, err := l.Enter(v)
				if err != nil {
					continue
				}
				entered.Add(1)
				n := running.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				running.Add(-1)
				leave()
			}
		})
	}
	wg.Wait()
	if most.Load() > 2 || entered.Load() == 0 {
		t.Errorf("%d at once of %d entered; the plan allows 2", most.Load(), entered.Load())
	}
	for range 2 {
		if _, err := l.Enter(v); err != nil {
			t.Errorf("after all have left: %v", err)
		}
	}
}
