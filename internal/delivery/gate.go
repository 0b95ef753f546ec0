package delivery

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"
)

// bounds are what one destination may be asked of.
type bounds struct {
	places int     // attempts under way at the same time
	rate   float64 // attempts per second; 0 for any number
}

// gate counts the attempts that are under way to each destination of this
// process, so that one that hangs holds up nobody else, and spreads them over
// time.
type gate struct {
	mu    *sync.Mutex
	lanes map[uuid.UUID]*lane
	queue time.Duration        // how long to wait at most; see queueing
	pause func() time.Duration // how soon to ask again for a place
}

// lane is one destination at the gate.
type lane struct {
	open  int
	left  time.Time     // when an attempt last ended
	freed chan struct{} // passes a place to whoever waits for one
	pace  *rate.Limiter // nil for any number
}

// queueing is how long an attempt waits at the gate of a destination whose
// attempts end all the time. To come back later costs more than that, and a
// destination that hangs is not waited for.
const queueing = 250 * time.Millisecond

// maxWaiting is how many can be told at once that a place is free: as many as
// a destination has.
const maxWaiting = 50

func newGate() gate {
	return gate{new(sync.Mutex), map[uuid.UUID]*lane{}, queueing, func() time.Duration {
		return 2*time.Second + rand.N(3*time.Second) // #nosec G404 -- it spreads attempts
	}}
}

// pass counts one more attempt and returns 0; otherwise how soon to ask again.
func (g gate) pass(ctx context.Context, destination uuid.UUID, b bounds, now func() time.Time) time.Duration {
	limit := time.NewTimer(g.queue)
	defer limit.Stop()
	for {
		wait, freed := g.enter(destination, b, now())
		if freed == nil {
			return wait
		}
		select {
		case <-freed:
		case <-limit.C:
			return wait
		case <-ctx.Done():
			return wait
		}
	}
}

// enter is pass without waiting: freed is signaled when it is worth trying
// again at once, and nil where it is not.
func (g gate) enter(destination uuid.UUID, b bounds, now time.Time) (wait time.Duration, freed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[destination]
	if l == nil {
		l = &lane{freed: make(chan struct{}, maxWaiting)}
		g.lanes[destination] = l
	}
	if l.open >= b.places {
		if b.places > 0 && now.Sub(l.left) < g.queue {
			freed = l.freed
		}
		return g.pause(), freed
	}
	if wait := l.token(b.rate, now); wait > 0 {
		return wait, nil
	}
	l.open++
	return 0, nil
}

// token takes one from the destination's bucket, which holds those of one
// second. Where it is empty, those who wait come back spread over a second.
func (l *lane) token(perSecond float64, now time.Time) time.Duration {
	if perSecond == 0 {
		l.pace = nil
		return 0
	}
	if l.pace == nil || l.pace.Limit() != rate.Limit(perSecond) {
		l.pace = rate.NewLimiter(rate.Limit(perSecond), int(math.Ceil(perSecond)))
	}
	if l.pace.AllowN(now, 1) {
		return 0
	}
	return time.Duration(float64(time.Second)/perSecond) + rand.N(time.Second) // #nosec G404 -- it spreads attempts
}

func (g gate) leave(destination uuid.UUID, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[destination]
	l.open--
	l.left = now
	select {
	case l.freed <- struct{}{}:
	default: // all who wait are told
	}
	if l.open == 0 && l.pace == nil {
		delete(g.lanes, destination)
	}
}
