// Package relay takes committed events on their way: it gives them their
// places in their studio's feed and makes the deliveries and jobs that follow
// from them. A request only commits its events; all of this happens after it.
package relay

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"golang.org/x/time/rate"
)

// Inserter is what the relay needs of the job queue.
type Inserter interface {
	InsertManyFastTx(context.Context, pgx.Tx, []river.InsertManyParams) (int, error)
}

// Config of a Relay. The zero value delivers to webhook endpoints alone.
type Config struct {
	// Wants names the types of event that each provider is told of.
	Wants map[string][]string
	// Placed is told after each commit that gave numbers; may be nil.
	Placed func()
	Batch  int              // events of one transaction; 0 means 500
	Poll   time.Duration    // between looks without a wake; 0 means 250 ms
	Now    func() time.Time // nil is time.Now
	Logger *slog.Logger
}

// Relay numbers events. Any number of relays may run, in any number of
// processes: one works, the others stand by.
type Relay struct {
	pool *pgxpool.Pool
	jobs Inserter
	cfg  Config
	wake chan struct{}

	mu     sync.Mutex
	shares map[uuid.UUID]*rate.Limiter // by destination
}

// New returns a relay on the pool of the system role.
func New(pool *pgxpool.Pool, jobs Inserter, c Config) *Relay {
	c.Batch = cmp.Or(c.Batch, 500)
	c.Poll = cmp.Or(c.Poll, 250*time.Millisecond)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Relay{pool: pool, jobs: jobs, cfg: c, wake: make(chan struct{}, 1), shares: map[uuid.UUID]*rate.Limiter{}}
}

// Wake tells the relay of this process that something was committed. It never
// blocks, and a lost wake costs one poll.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run places events until ctx ends. What breaks is logged and tried again.
func (r *Relay) Run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		placed, err := r.Place(ctx)
		if err == nil && placed == r.cfg.Batch {
			continue // there may be more
		}
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			r.cfg.Logger.ErrorContext(ctx, "events could not be placed", "error", err, "failures", failures)
		}
		r.wait(ctx, failures)
	}
}

// wait returns after a wake or a poll; after failures it waits longer, up to
// half a minute, and is not woken.
func (r *Relay) wait(ctx context.Context, failures int) {
	wake, pause := r.wake, r.cfg.Poll
	if failures > 0 {
		wake, pause = nil, min(pause<<min(failures, 7), 30*time.Second)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}
