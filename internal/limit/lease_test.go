package limit_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/limit"
)

// shared is a Redis with a clock that the limiters share.
type shared struct {
	*clock
	server *miniredis.Miniredis
	asked  atomic.Int64 // scripts that were run
}

func newShared(t *testing.T) *shared {
	t.Helper()
	s := &shared{clock: new(clock), server: miniredis.RunT(t)}
	s.server.SetTime(s.now())
	s.server.Server().SetPreHook(func(_ *server.Peer, command string, _ ...string) bool {
		if strings.HasPrefix(strings.ToUpper(command), "EVAL") {
			s.asked.Add(1)
		}
		return false
	})
	return s
}

func (s *shared) advance(d time.Duration) {
	s.clock.advance(d)
	s.server.SetTime(s.now())
}

func (s *shared) dial(t *testing.T) *redis.Client {
	t.Helper()
	client, err := limit.Dial("redis://" + s.server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// limiter is one of two instances on the shared Redis. A slow test machine
// must not look like a lost Redis.
func (s *shared) limiter(t *testing.T, plan limit.Plan) *limit.Limiter {
	t.Helper()
	return newLimiter(t, limit.Config{
		Plans: []limit.Plan{plan}, Redis: s.dial(t), Instances: 2, Now: s.now, Timeout: 10 * time.Second,
		OnDegraded: func(bool) { t.Error("Redis counted as lost") },
	})
}

// asks is how often f asks Redis.
func (s *shared) asks(f func()) int {
	before := s.asked.Load()
	f()
	return int(s.asked.Load() - before)
}

// sole is a plan with a lease of 10 points, for one request after the other.
func sole() limit.Plan {
	return limit.Plan{Name: "small", Burst: 100, RestorePerSecond: 10, CredentialRestorePerSecond: 10, InFlight: 1}
}

func TestLeaseKeepsRedisOffThePath(t *testing.T) {
	s := newShared(t)
	l, v := s.limiter(t, sole()), caller()
	take(t, l, v, 1) // connects and loads the script
	n := s.asks(func() {
		for range 49 {
			if !take(t, l, v, 1).Allowed {
				t.Error("refused")
			}
		}
	})
	if n != 8 {
		t.Errorf("Redis was asked %d times for 49 points, want 4 leases for each of 2 buckets", n)
	}
}

func TestTwoInstancesShareABucket(t *testing.T) {
	s := newShared(t)
	a, b, v := s.limiter(t, sole()), s.limiter(t, sole()), caller()
	admitted := 0
	for range 200 {
		for _, l := range []*limit.Limiter{a, b} {
			if take(t, l, v, 1).Allowed {
				admitted++
			}
		}
	}
	if admitted != 100 {
		t.Errorf("%d admitted by two instances of a bucket of 100", admitted)
	}
	s.advance(500 * time.Millisecond)
	d, err := b.Take(t.Context(), v, 60)
	if fault.CodeOf(err) != fault.Throttled || d.RetryAfter != 5500*time.Millisecond {
		t.Errorf("%+v, %v; 55 points are missing", d, err)
	}
	s.advance(d.RetryAfter)
	if !take(t, b, v, 60).Allowed {
		t.Error("refused after RetryAfter")
	}
	if take(t, a, v, 11).Allowed {
		t.Error("the other instance did not notice")
	}
}

func TestAFloodOfRefusalsStaysLocal(t *testing.T) {
	s := newShared(t)
	l, v := s.limiter(t, sole()), caller()
	if !take(t, l, v, 100).Allowed {
		t.Fatal("a full bucket refused its burst")
	}
	n := s.asks(func() {
		for range 1000 {
			if take(t, l, v, 1).Allowed {
				t.Fatal("admitted by an empty bucket")
			}
		}
	})
	if n != 0 {
		t.Errorf("Redis was asked %d times for 1000 refusals", n)
	}
}

func TestLeasedPointsLapseAndAreReturned(t *testing.T) {
	s := newShared(t)
	a, b, v := s.limiter(t, sole()), s.limiter(t, sole()), caller()
	take(t, a, v, 1) // a holds 9 more
	take(t, b, v, 85)
	if take(t, b, v, 10).Allowed {
		t.Error("b took what a has leased")
	}
	s.advance(900 * time.Millisecond)
	a.Sweep(t.Context())
	if n := s.asks(func() { take(t, a, v, 1) }); n != 0 {
		t.Error("a running lease was not spent")
	}
	s.advance(100 * time.Millisecond)
	if n := s.asks(func() { a.Sweep(t.Context()) }); n != 2 {
		t.Errorf("Redis was asked %d times to return 2 leases", n)
	}
	// 100 - 2 - 85 and the 10 of one second.
	if d := take(t, s.limiter(t, sole()), v, 23); !d.Allowed || d.Remaining != 0 {
		t.Errorf("after the return: %+v", d)
	}
}

// A refusal by Redis gives no points and no time for those that are held.
func TestARefusalKeepsNoLeaseAlive(t *testing.T) {
	s := newShared(t)
	a, b, v := s.limiter(t, sole()), s.limiter(t, sole()), caller()
	take(t, a, v, 1)
	take(t, b, v, 80)
	s.advance(900 * time.Millisecond)
	if n := s.asks(func() { take(t, a, v, 100) }); n != 1 {
		t.Errorf("Redis was asked %d times for a cost that it may have", n)
	}
	s.advance(100 * time.Millisecond)
	if n := s.asks(func() { a.Sweep(t.Context()) }); n != 2 {
		t.Errorf("%d leases of 2 ended", n)
	}
}

// A bucket that gave less than a chunk is left alone for a hundredth of a
// lease, however fast it restores.
func TestAScarceBucketIsAskedSeldom(t *testing.T) {
	s, plan := newShared(t), sole()
	plan.RestorePerSecond, plan.CredentialRestorePerSecond = 1000, 1000
	a, b, v := s.limiter(t, plan), s.limiter(t, plan), caller()
	take(t, b, v, 93)
	if d := take(t, a, v, 8); d.Allowed || d.RetryAfter != 10*time.Millisecond {
		t.Errorf("7 were left: %+v", d)
	}
	s.advance(9 * time.Millisecond)
	if n := s.asks(func() { take(t, a, v, 8) }); n != 0 {
		t.Error("asked again at once")
	}
	s.advance(time.Millisecond)
	if !take(t, a, v, 8).Allowed {
		t.Error("refused after RetryAfter")
	}
}

func TestRunReturnsItsLeasesAtTheEnd(t *testing.T) {
	s := newShared(t)
	a, v := s.limiter(t, sole()), caller()
	take(t, a, v, 1)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	a.Run(ctx)
	if d := take(t, s.limiter(t, sole()), v, 99); !d.Allowed {
		t.Errorf("after the end of the first: %+v", d)
	}
}

func TestRefundReachesTheSharedBucket(t *testing.T) {
	s := newShared(t)
	a, b, v := s.limiter(t, sole()), s.limiter(t, sole()), caller()
	take(t, a, v, 90)
	a.Refund(t.Context(), v, 40)
	a.Refund(t.Context(), v, 1000) // 50 are left of what was taken
	a.Sweep(t.Context())
	if d := take(t, b, v, 0); d.Remaining != 100 {
		t.Errorf("an instance that never asked says %d", d.Remaining)
	}
	if !take(t, b, v, 90).Allowed {
		t.Error("refunded points did not return")
	}
	if d := take(t, b, v, 11); d.Allowed {
		t.Errorf("more than was taken came back: %+v", d)
	}
}

func TestRedisClockThatWentBack(t *testing.T) {
	s := newShared(t)
	l, v := s.limiter(t, sole()), caller()
	take(t, l, v, 100)
	s.clock.advance(10 * time.Second) // of the process
	s.server.SetTime(s.now().Add(-time.Hour))
	if d := take(t, l, v, 50); !d.Allowed {
		t.Errorf("shut for an hour: %+v", d)
	}
}

func TestRedisEmptied(t *testing.T) {
	s := newShared(t)
	l, v := s.limiter(t, sole()), caller()
	take(t, l, v, 100)
	s.server.FlushAll()
	s.advance(time.Second)
	if !take(t, l, v, 1).Allowed {
		t.Error("refused by an empty Redis")
	}
}

func TestHangingUpIsNoFailureOfRedis(t *testing.T) {
	s := newShared(t)
	l := s.limiter(t, sole())
	ctx, hangUp := context.WithCancel(t.Context())
	hangUp()
	for range 10 {
		if d, err := l.Take(ctx, caller(), 1); err != nil || d.Limit != 100 {
			t.Fatalf("%+v, %v", d, err) // alone, half of the plan would be the limit
		}
	}
}

// Two instances, any order: never more than burst, rate and one lease each.
func TestOverAdmissionIsBounded(t *testing.T) {
	s := newShared(t)
	plan := sole()
	const lease = 10
	rapid.Check(t, func(rt *rapid.T) {
		limiters := []*limit.Limiter{s.limiter(t, plan), s.limiter(t, plan)}
		v := caller()
		var log []admission
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			s.advance(time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(rt, "pause")))
			l := limiters[rapid.IntRange(0, 1).Draw(rt, "instance")]
			if rapid.Bool().Draw(rt, "sweep") {
				l.Sweep(context.Background())
			}
			cost := rapid.IntRange(0, plan.Burst).Draw(rt, "cost")
			d, err := l.Take(context.Background(), v, cost)
			checkDecision(rt, d, cost)
			if err == nil {
				log = append(log, admission{time.Duration(s.offset.Load()), cost})
			}
		}
		if w, most := worst(log, plan.RestorePerSecond), float64(plan.Burst+2*lease); w > most+0.01 {
			rt.Fatalf("%f above the rate, at most %f", w, most)
		}
	})
}

func TestTwoInstancesUnderContention(t *testing.T) {
	s := newShared(t)
	plan := sole()
	plan.Burst = 1000
	v := caller()
	var wg sync.WaitGroup
	admitted := make([]int, 8)
	limiters := []*limit.Limiter{s.limiter(t, plan), s.limiter(t, plan)}
	for i := range admitted {
		wg.Go(func() {
			for range 400 {
				_, err := limiters[i%2].Take(context.Background(), v, 1)
				if err == nil {
					admitted[i]++
				} else if fault.CodeOf(err) != fault.Throttled {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	sum := 0
	for _, n := range admitted {
		sum += n
	}
	// Time stands still: not one point comes back, and what one instance has
	// leased and not spent the other lacks.
	if sum > 1000 || sum < 900 {
		t.Errorf("%d admitted of 1000", sum)
	}
}
