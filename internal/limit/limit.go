// Package limit says whether a tenant may have the next request run: points of
// cost per tenant and per credential, and requests running at once.
//
// With Redis the buckets are shared by all processes through leases: a process
// takes a chunk of points from Redis once and spends it alone. The price is a
// bound, not an exact figure: within any time t all processes together admit at
// most Burst + RestorePerSecond*t + the leases outstanding when t began, that
// is one chunk (Config.LeasePercent of Burst) per process. Without Redis, or
// while it does not answer, each process admits by its own share of the plan;
// the door is never open. An outage adds at most what those shares admit, since
// the shared bucket refills meanwhile.
package limit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/viewer"
)

// Errors of a caller that is wrong rather than limited. Nothing was taken.
var (
	ErrNegativeCost = errors.New("limit: negative cost")
	ErrNoTenant     = errors.New("limit: the viewer has no tenant")
)

// Limiter holds the buckets. Its methods may be called from many goroutines.
type Limiter struct {
	cfg      Config
	start    time.Time
	tiers    map[string]*tier
	fallback *tier
	buckets  *table
	remote   *remote // nil without Redis

	flight  sync.Mutex
	running map[uuid.UUID]int
}

// New returns a Limiter, or says which plan makes no sense. It does not
// connect to Redis; Run should be started beside it.
func New(cfg Config) (*Limiter, error) {
	cfg = cfg.normalized()
	l := &Limiter{
		cfg: cfg, start: cfg.Now(), tiers: make(map[string]*tier, len(cfg.Plans)),
		running: make(map[uuid.UUID]int),
	}
	for _, p := range cfg.Plans {
		t, err := newTier(p, cfg)
		if err != nil {
			return nil, err
		}
		if l.tiers[t.Name] != nil {
			return nil, fmt.Errorf("limit: two plans are called %q", t.Name)
		}
		l.tiers[t.Name] = t
	}
	l.fallback = l.tiers[cfg.Plans[0].Name]
	var err error
	if l.buckets, err = newTable(cfg.MaxBuckets); err != nil {
		return nil, err
	}
	if cfg.Redis != nil {
		l.remote = newRemote(cfg)
	}
	return l, nil
}

// Take charges cost points to v's credential and tenant, or to neither. The
// error is a fault for the caller (THROTTLED, or QUERY_TOO_EXPENSIVE where no
// waiting helps), or ErrNegativeCost or ErrNoTenant; the Decision holds in each
// case but the last two. A lost Redis is no error.
func (l *Limiter) Take(ctx context.Context, v *viewer.Viewer, cost int) (Decision, error) {
	if v == nil || v.TenantID == uuid.Nil {
		return Decision{}, ErrNoTenant
	}
	if cost < 0 {
		return Decision{}, ErrNegativeCost
	}
	t := l.tierOf(v)
	tenant := key{v.TenantID, t.tenant}
	if cost > t.RequestCeiling {
		d := l.spend(ctx, tenant, 0)
		d.Allowed = false
		return d, tooExpensive(cost, t.RequestCeiling)
	}
	if v.CredentialID == uuid.Nil {
		return verdict(l.spend(ctx, tenant, cost), cost)
	}
	credential := key{v.CredentialID, t.credential}
	own := l.spend(ctx, credential, cost)
	if !own.Allowed {
		return verdict(own, cost)
	}
	all := l.spend(ctx, tenant, cost)
	if !all.Allowed {
		l.putBack(credential, cost)
		return verdict(all, cost)
	}
	if own.Remaining < all.Remaining {
		return own, nil
	}
	return all, nil
}

func verdict(d Decision, cost int) (Decision, error) {
	if !d.Allowed {
		return d, d.throttled(cost)
	}
	return d, nil
}

// Refund gives back n points of an earlier Take of v in this process: the
// difference of the requested and the actual cost. It gives back no more than
// was taken and never fills a bucket beyond its Burst; n below one does nothing.
// Only the code that executed the operation may call it.
func (l *Limiter) Refund(_ context.Context, v *viewer.Viewer, n int) {
	if v == nil || v.TenantID == uuid.Nil || n < 1 {
		return
	}
	t := l.tierOf(v)
	l.putBack(key{v.TenantID, t.tenant}, n)
	if v.CredentialID != uuid.Nil {
		l.putBack(key{v.CredentialID, t.credential}, n)
	}
}

// clock is the time since the Limiter began, in nanoseconds.
func (l *Limiter) clock() int64 { return int64(l.cfg.Now().Sub(l.start)) }
