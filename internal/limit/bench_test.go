package limit_test

import (
	"testing"
	"time"

	"github.com/barrehq/barre/internal/limit"
)

// ample is never empty during a benchmark.
func ample() []limit.Plan {
	return []limit.Plan{{Name: "small", Burst: 1_000_000_000, RestorePerSecond: 1_000_000_000, InFlight: 8}}
}

func TestTakeAllocatesNothing(t *testing.T) {
	for name, cfg := range map[string]limit.Config{
		"alone":     {Plans: ample()},
		"on leases": {Plans: ample(), Redis: newShared(t).dial(t), LeasePercent: 50, Lease: time.Hour, Timeout: 10 * time.Second},
	} {
		l, v, ctx := newLimiter(t, cfg), caller(), t.Context()
		n := testing.AllocsPerRun(1000, func() {
			if _, err := l.Take(ctx, v, 3); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations for each Take", name, n)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	l, v, ctx := newLimiter(b, limit.Config{Plans: ample()}), caller(), b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Take(ctx, v, 3); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTakeParallel(b *testing.B) {
	l, ctx := newLimiter(b, limit.Config{Plans: ample()}), b.Context()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		v := caller()
		for pb.Next() {
			if _, err := l.Take(ctx, v, 3); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkRefusal(b *testing.B) {
	l, v, ctx := newLimiter(b, limit.Config{Now: new(clock).now}), caller(), b.Context()
	_, _ = l.Take(ctx, v, 60)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Take(ctx, v, 60); err == nil {
			b.Fatal("admitted")
		}
	}
}

func BenchmarkEnter(b *testing.B) {
	l, v := newLimiter(b, limit.Config{}), caller()
	b.ReportAllocs()
	for b.Loop() {
		leave, err := l.Enter(v)
		if err != nil {
			b.Fatal(err)
		}
		leave()
	}
}
