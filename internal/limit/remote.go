package limit

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/sony/gobreaker/v2"
)

// tripAfter is how many failures in a row make Redis count as lost. Each of
// them costs one request at most Config.Timeout.
const tripAfter = 3

// remote is the buckets in Redis, behind a breaker.
type remote struct {
	cfg     Config
	rate    *redis_rate.Limiter
	breaker *gobreaker.CircuitBreaker[*redis_rate.Result]
	probing atomic.Bool
}

func newRemote(cfg Config) *remote {
	r := &remote{cfg: cfg, rate: redis_rate.NewLimiter(cfg.Redis)}
	r.breaker = gobreaker.NewCircuitBreaker[*redis_rate.Result](gobreaker.Settings{
		Name:          "limit",
		MaxRequests:   1,
		Timeout:       cfg.Retry,
		ReadyToTrip:   func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= tripAfter },
		OnStateChange: r.changed,
	})
	return r
}

// changed tells of Redis lost and found; the tries between are silent.
func (r *remote) changed(_ string, from, to gobreaker.State) {
	switch {
	case from == gobreaker.StateClosed:
		r.cfg.Log.Warn("rate limits: Redis does not answer, this process limits alone", "instances", r.cfg.Instances)
		r.cfg.OnDegraded(true)
	case to == gobreaker.StateClosed:
		r.cfg.Log.Info("rate limits: Redis answers again, limits are shared")
		r.cfg.OnDegraded(false)
	}
}

// usable reports whether Redis may be asked by a request. Once it was lost, no
// request waits for it until a probe, which none waits for either, succeeded.
func (r *remote) usable() bool {
	state := r.breaker.State()
	if state == gobreaker.StateHalfOpen && r.probing.CompareAndSwap(false, true) {
		go r.probe()
	}
	return state == gobreaker.StateClosed
}

// probe writes a bucket of its own: a Redis that answers but takes no writes
// stays lost. Its failure is told by the breaker.
func (r *remote) probe() {
	defer r.probing.Store(false)
	_, _ = r.ask(context.Background(), func(ctx context.Context) (*redis_rate.Result, error) {
		return r.rate.AllowN(ctx, "limit:probe", redis_rate.PerSecond(1000), 1)
	})
}

// ask runs one call behind the breaker and within the timeout. The caller's
// cancellation does not reach it: a lease is for all who wait for it, and a
// client that hangs up is no failure of Redis.
func (r *remote) ask(ctx context.Context, call func(context.Context) (*redis_rate.Result, error)) (*redis_rate.Result, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.cfg.Timeout)
	defer cancel()
	return r.breaker.Execute(func() (*redis_rate.Result, error) { return call(ctx) })
}

// errBeyond is a shared bucket in deeper debt than it can hold.
var errBeyond = errors.New("limit: the clock of Redis went back")

// extend leases what b lacks for cost. A cost within a chunk asks for a chunk
// and may get a part of it; a larger one asks for what is missing, all or
// nothing, so that a refusal hoards nothing.
func (r *remote) extend(ctx context.Context, b *bucket, cost int) error {
	err := r.extendOnce(ctx, b, cost)
	if !errors.Is(err, errBeyond) {
		return err
	}
	// Redis keeps absolute times. After its clock was set back, buckets would
	// stay shut for as long; they begin anew instead.
	_, err = r.ask(ctx, func(ctx context.Context) (*redis_rate.Result, error) {
		return nil, r.rate.Reset(ctx, name(b.key))
	})
	if err != nil {
		return err
	}
	return r.extendOnce(ctx, b, cost)
}

func (r *remote) extendOnce(ctx context.Context, b *bucket, cost int) error {
	s, le := b.key.size, &b.lease
	ask, want := r.rate.AllowAtMost, s.chunk
	if cost > s.chunk {
		ask, want = r.rate.AllowN, cost-le.points
	}
	res, err := r.ask(ctx, func(ctx context.Context) (*redis_rate.Result, error) {
		return ask(ctx, name(b.key), limitOf(s), want)
	})
	if err != nil {
		return err
	}
	if res.ResetAfter > refill(int64(s.burst)*point, s.rate)+time.Second {
		return errBeyond
	}
	left := int64(res.Remaining) * point
	if res.Allowed < want {
		le.pause = b.used + int64(r.cfg.Lease/100)
		if cost > s.chunk { // redis_rate says 0 remaining of a refusal; the wait says more
			left = max(0, int64(want)*point-int64(res.RetryAfter)*int64(s.rate))
		}
	}
	le.granted(b.used, res.Allowed, left, r.cfg.Lease)
	return nil
}

// giveBack returns leased points, at best effort: what is lost comes back
// with time. redis_rate refunds on a negative count, and ignores a refund that
// would fill the bucket beyond its burst.
func (r *remote) giveBack(ctx context.Context, k key, n int) {
	if !r.usable() {
		return
	}
	_, _ = r.ask(ctx, func(ctx context.Context) (*redis_rate.Result, error) {
		return r.rate.AllowN(ctx, name(k), limitOf(k.size), -n)
	})
}

func limitOf(s *size) redis_rate.Limit {
	return redis_rate.Limit{Rate: s.rate, Burst: s.burst, Period: time.Second}
}

// name is k in Redis. The figures are part of it: the state of a bucket has a
// meaning only together with them.
func name(k key) string {
	return "limit:" + k.size.kind + ":" + k.id.String() +
		":" + strconv.Itoa(k.size.burst) + "/" + strconv.Itoa(k.size.rate)
}
