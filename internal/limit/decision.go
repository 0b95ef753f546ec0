package limit

import (
	"net/http"
	"strconv"
	"time"

	"github.com/barrehq/barre/internal/fault"
)

// Decision is the state of the tighter of a viewer's two buckets after a
// Take. The figures are the throttleStatus of extensions.cost.
type Decision struct {
	Allowed     bool
	Limit       int           // points of a full bucket
	Remaining   int           // points that could be taken now
	RestoreRate int           // points that come back each second
	RetryAfter  time.Duration // zero when allowed, and when no waiting helps
	Reset       time.Duration // until the bucket is full again
}

// Headers writes the rate limit fields of d, in whole seconds rounded up, and
// Retry-After if waiting is what the caller should do.
func (d Decision) Headers(h http.Header) {
	h.Set("RateLimit-Limit", strconv.Itoa(d.Limit))
	h.Set("RateLimit-Remaining", strconv.Itoa(d.Remaining))
	h.Set("RateLimit-Reset", seconds(d.Reset))
	if !d.Allowed && d.RetryAfter > 0 {
		h.Set("Retry-After", seconds(d.RetryAfter))
	}
}

func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// throttled is the refusal of a request that may come back later.
func (d Decision) throttled(cost int) *fault.Fault {
	wait := (d.RetryAfter + 99*time.Millisecond).Truncate(100 * time.Millisecond)
	return fault.New(fault.Throttled,
		"This request costs %d points and %d of %d are left; %d come back each second. Retry in %.1f seconds.",
		cost, d.Remaining, d.Limit, d.RestoreRate, max(wait, 100*time.Millisecond).Seconds())
}

// tooExpensive is the refusal of a request that will never be let through.
func tooExpensive(cost, ceiling int) *fault.Fault {
	return fault.New(fault.QueryTooExpensive,
		"This request costs %d points; one request may cost %d. Ask for fewer items or split it: waiting does not help.",
		cost, ceiling)
}

// state describes a bucket that holds room billionths of a point.
func state(room int64, burst, rate int) Decision {
	full := int64(burst) * point
	room = min(max(room, 0), full)
	return Decision{
		Limit: burst, Remaining: int(room / point), RestoreRate: rate,
		Reset: refill(full-room, rate),
	}
}
