package limit

import (
	"context"
	"sync"
	"time"
)

// bucket is the points of one tenant or credential. Its lock is held while
// Redis is asked: the others of the same bucket wait for the same lease.
type bucket struct {
	key key

	mu    sync.Mutex
	gone  bool  // no longer in the table
	used  int64 // clock reading
	lone  bool  // the last decision was of this process alone
	taken int   // points that a refund may still give back; at most Burst
	own   meter // what this process admitted, whoever let it
	lease lease
}

// spend takes cost points from k's bucket, all or none.
func (l *Limiter) spend(ctx context.Context, k key, cost int) Decision {
	b := l.buckets.lock(k)
	defer b.mu.Unlock()
	b.touch(l.clock())
	d := l.judge(ctx, b, cost)
	if d.Allowed {
		b.taken = min(b.taken+cost, k.size.burst)
	}
	return d
}

func (b *bucket) touch(now int64) {
	b.used = max(b.used, now)
	rate := b.key.size.rate
	if b.lone {
		rate = b.key.size.ownRate
	}
	b.own.drain(b.used, rate)
	b.lease.lapse(b.used, b.key.size.burst)
}

// judge decides by what is leased, then by Redis, then by this process alone.
func (l *Limiter) judge(ctx context.Context, b *bucket, cost int) Decision {
	if l.remote == nil {
		return b.alone(cost)
	}
	if b.lease.points >= cost {
		return b.shared(cost)
	}
	if !l.remote.usable() || b.used < b.lease.shunned {
		return b.alone(cost)
	}
	if b.lease.worthAsking(b.used, cost, b.key.size) {
		if err := l.remote.extend(ctx, b, cost); err != nil {
			b.lease.shunned = b.used + int64(l.cfg.Timeout)
			return b.alone(cost)
		}
	}
	return b.shared(cost)
}

// alone decides by this process's share of the plan.
func (b *bucket) alone(cost int) Decision {
	s := b.key.size
	b.lone = true
	missing := int64(cost)*point - b.own.room(s.ownBurst)
	allowed := missing <= 0
	if allowed {
		b.own.charge(cost, s.ownBurst)
	}
	d := state(b.own.room(s.ownBurst), s.ownBurst, s.ownRate)
	d.Allowed, d.RetryAfter = allowed, refill(missing, s.ownRate)
	return d
}

// shared decides by the lease. The points are charged to the meter as well,
// which meanwhile drains at the rate of the whole plan: losing Redis then opens
// no second full bucket to a tenant that just emptied the first.
func (b *bucket) shared(cost int) Decision {
	s, le := b.key.size, &b.lease
	b.lone = false
	missing := int64(cost-le.points)*point - le.level(b.used, s)
	allowed := le.points >= cost
	if allowed {
		le.points -= cost
		b.own.charge(cost, s.ownBurst)
	}
	d := state(int64(le.points)*point+le.level(b.used, s), s.burst, s.rate)
	d.Allowed = allowed
	if !allowed {
		d.RetryAfter = max(refill(missing, s.rate), time.Duration(le.pause-b.used), 1)
	}
	return d
}

// putBack returns up to n points that were taken from k's bucket.
func (l *Limiter) putBack(k key, n int) {
	b := l.buckets.find(k)
	if b == nil {
		return
	}
	defer b.mu.Unlock()
	b.touch(l.clock())
	n = min(n, b.taken)
	b.taken -= n
	b.own.credit(n)
	if l.remote != nil {
		b.lease.receive(b.used, n, k.size)
	}
}
