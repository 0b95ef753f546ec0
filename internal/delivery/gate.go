package delivery

import (
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
	open  map[uuid.UUID]int
	pace  map[uuid.UUID]*rate.Limiter
	pause func() time.Duration // how soon to ask again for a place
}

func newGate() gate {
	return gate{new(sync.Mutex), map[uuid.UUID]int{}, map[uuid.UUID]*rate.Limiter{}, func() time.Duration {
		return 2*time.Second + rand.N(3*time.Second)
	}}
}

// enter counts one more attempt and returns 0; otherwise how soon to ask again.
func (g gate) enter(destination uuid.UUID, b bounds, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[destination] >= b.places {
		return g.pause()
	}
	if wait := g.token(destination, b.rate, now); wait > 0 {
		return wait
	}
	g.open[destination]++
	return 0
}

// token takes one from the destination's bucket, which holds those of one
// second. Where it is empty, those who wait come back spread over a second.
func (g gate) token(destination uuid.UUID, perSecond float64, now time.Time) time.Duration {
	if perSecond == 0 {
		delete(g.pace, destination)
		return 0
	}
	l := g.pace[destination]
	if l == nil || l.Limit() != rate.Limit(perSecond) {
		l = rate.NewLimiter(rate.Limit(perSecond), int(math.Ceil(perSecond)))
		g.pace[destination] = l
	}
	if l.AllowN(now, 1) {
		return 0
	}
	return time.Duration(float64(time.Second)/perSecond) + rand.N(time.Second)
}

func (g gate) leave(destination uuid.UUID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[destination]--; g.open[destination] <= 0 {
		delete(g.open, destination)
	}
}
