package limit

import (
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

// Config is what a Limiter may be told. The zero Config limits by
// DefaultPlans within this process.
type Config struct {
	Plans        []Plan        // the first holds for unknown names; none: DefaultPlans
	Redis        *redis.Client // from Dial; nil: buckets of this process alone
	Instances    int           // processes that share a plan while Redis cannot be asked; 1
	Lease        time.Duration // how long leased points may be spent; 1 s
	LeasePercent int           // points of one lease as a part of Burst; 10
	Timeout      time.Duration // the longest that a request waits for Redis; 100 ms
	Retry        time.Duration // until a lost Redis is tried again; 1 s
	MaxBuckets   int           // held at once; beyond, the longest unused is forgotten; 65536
	Idle         time.Duration // after which Sweep forgets a full bucket; 1 min
	// Now must not go back; a reading before the last one counts as that one.
	Now func() time.Time // time.Now
	Log *slog.Logger     // slog.Default
	// OnDegraded hears true when Redis is lost and false when it is back. It
	// must return at once and not call the Limiter.
	OnDegraded func(degraded bool)
}

func (c Config) normalized() Config {
	if len(c.Plans) == 0 {
		c.Plans = DefaultPlans()
	}
	c.Instances = positive(c.Instances, 1)
	c.Lease = positive(c.Lease, time.Second)
	c.LeasePercent = min(positive(c.LeasePercent, 10), 100)
	c.Timeout = positive(c.Timeout, 100*time.Millisecond)
	c.Retry = positive(c.Retry, time.Second)
	c.MaxBuckets = positive(c.MaxBuckets, 65536)
	c.Idle = positive(c.Idle, time.Minute)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.OnDegraded == nil {
		c.OnDegraded = func(bool) {}
	}
	return c
}

func positive[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}
