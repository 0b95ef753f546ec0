package auth

import (
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	throttled  = 1 << 16          // accounts and addresses that are counted at once
	firstDelay = time.Second      // after as many failures as are free
	maxDelay   = 15 * time.Minute // doubling stops here, so that nobody is locked out for good
	forgetting = 24 * time.Hour   // without an attempt
)

// throttle slows down attempts in this process. An attempt counts as failed
// from its start, so that many at once are no more than many in turn.
type throttle struct {
	now func() time.Time

	mu     sync.Mutex
	counts *simplelru.LRU[string, count]
}

type count struct {
	failures    int
	last, until time.Time
}

// bound is how many failures of key are free.
type bound struct {
	key  string
	free int
}

func newThrottle(now func() time.Time) *throttle {
	counts, err := simplelru.NewLRU[string, count](throttled, nil)
	if err != nil {
		panic("auth: " + err.Error()) // the size is a constant
	}
	return &throttle{now: now, counts: counts}
}

// try reports whether an attempt may be made under all bounds, and counts it.
// One that may not is not counted.
func (t *throttle) try(bounds ...bound) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, b := range bounds {
		if c, _ := t.counts.Get(b.key); now.Before(c.until) {
			return false
		}
	}
	for _, b := range bounds {
		c, _ := t.counts.Get(b.key)
		if now.Sub(c.last) > forgetting {
			c = count{}
		}
		c.failures++
		c.last = now
		if over := c.failures - b.free; over >= 0 {
			c.until = now.Add(delay(over))
		}
		t.counts.Add(b.key, c)
	}
	return true
}

// delay is firstDelay, doubled each time.
func delay(over int) time.Duration {
	if over > 10 {
		return maxDelay
	}
	return min(firstDelay<<over, maxDelay)
}

// undo takes back one attempt of each key: it was no failure.
func (t *throttle) undo(bounds ...bound) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, b := range bounds {
		if c, ok := t.counts.Get(b.key); ok {
			c.failures, c.until = max(0, c.failures-1), time.Time{}
			t.counts.Add(b.key, c)
		}
	}
}

// clear forgets all failures of key.
func (t *throttle) clear(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Remove(key)
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
