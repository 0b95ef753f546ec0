package delivery

import (
	"sync"

	"github.com/google/uuid"
)

// gate counts the attempts that are under way to each destination.
type gate struct {
	most int
	mu   *sync.Mutex
	open map[uuid.UUID]int
}

func newGate(most int) gate {
	return gate{most: most, mu: new(sync.Mutex), open: map[uuid.UUID]int{}}
}

// enter reports whether one more may go, and counts it.
func (g gate) enter(destination uuid.UUID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[destination] >= g.most {
		return false
	}
	g.open[destination]++
	return true
}

func (g gate) leave(destination uuid.UUID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[destination]--; g.open[destination] <= 0 {
		delete(g.open, destination)
	}
}
