package auth

import (
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	throttled  = 1 << 16          // keys that are counted at once
	firstDelay = time.Second      // after the first
	maxDelay   = 15 * time.Minute // doubling stops here, so that nobody is locked out for good
	forgetting = 24 * time.Hour   // without an attempt
)

// throttle lets things happen in this process, each further one after twice the
// time.
type throttle struct {
	now func() time.Time

	mu     sync.Mutex
	counts *simplelru.LRU[string, count]
}

type count struct {
	times       int
	last, until time.Time
}

func newThrottle(now func() time.Time) *throttle {
	counts, err := simplelru.NewLRU[string, count](throttled, nil)
	if err != nil {
		panic("auth: " + err.Error()) // the size is a constant
	}
	return &throttle{now: now, counts: counts}
}

// try reports whether key may happen again, and counts it: the first times wait
// as long as the one that is ahead of them by so many doublings.
func (t *throttle) try(key string, ahead int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	c, _ := t.counts.Get(key)
	if now.Before(c.until) {
		return false
	}
	if now.Sub(c.last) > forgetting {
		c = count{}
	}
	c.times, c.last = c.times+1, now
	c.until = now.Add(delay(c.times + ahead))
	t.counts.Add(key, c)
	return true
}

// delay is firstDelay, doubled each time.
func delay(times int) time.Duration {
	if times > 10 {
		return maxDelay
	}
	return min(firstDelay<<times, maxDelay)
}

// network is what one household or office has of addresses: a single one of
// IPv4, 64 bits of IPv6.
func network(address string) string {
	parsed, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	parsed = parsed.Unmap().WithZone("")
	if parsed.Is4() {
		return parsed.String()
	}
	prefix, _ := parsed.Prefix(64) // fits every address of IPv6
	return prefix.String()
}
