package limit

import (
	"context"
	"time"
)

// Run sweeps once per lease until ctx ends, and then returns what is still
// leased. Without it the limits hold too: points that nobody returns come back
// with time, and the table stays bounded.
func (l *Limiter) Run(ctx context.Context) {
	tick := time.NewTicker(l.cfg.Lease)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.Sweep(ctx)
		case <-ctx.Done():
			l.release(context.WithoutCancel(ctx))
			return
		}
	}
}

// Sweep returns expired leases to Redis and forgets buckets that are full and
// unused. Run calls it; a test with its own clock does too.
func (l *Limiter) Sweep(ctx context.Context) {
	l.sweep(ctx, (*bucket).touch)
}

// release returns every lease, expired or not.
func (l *Limiter) release(ctx context.Context) {
	l.sweep(ctx, func(b *bucket, now int64) {
		b.lease.until = min(b.lease.until, now)
		b.touch(now)
	})
}

// sweep skips buckets in use: they are neither idle nor forgotten for long.
func (l *Limiter) sweep(ctx context.Context, visit func(*bucket, int64)) {
	for _, b := range l.buckets.snapshot() {
		if !b.mu.TryLock() {
			continue
		}
		used, now := b.used, l.clock()
		visit(b, now)
		b.used = used // a visit is no use
		surplus := b.lease.surplus
		b.lease.surplus = 0
		if now-used > int64(l.cfg.Idle) && b.own.debt == 0 && b.lease.points == 0 {
			l.buckets.forget(b)
		}
		b.mu.Unlock()
		if surplus > 0 && l.remote != nil {
			l.remote.giveBack(ctx, b.key, surplus)
		}
	}
}

// Buckets is the number of buckets in memory, for a metric.
func (l *Limiter) Buckets() int {
	l.buckets.mu.Lock()
	defer l.buckets.mu.Unlock()
	return l.buckets.all.Len()
}
