package fake

import (
	"context"
	"sync"

	"github.com/barrehq/barre/internal/provider"
)

// Links is a provider.Links in memory.
type Links struct {
	mu      sync.Mutex
	remote  map[provider.Ref]string
	failure error
}

// NewLinks returns an empty Links.
func NewLinks() *Links { return &Links{remote: map[provider.Ref]string{}} }

// FailNextSave makes the next Save return err and save nothing.
func (l *Links) FailNextSave(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
}

// Lookup implements provider.Links.
func (l *Links) Lookup(_ context.Context, ref provider.Ref) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.remote[ref], nil
}

// Save implements provider.Links.
func (l *Links) Save(_ context.Context, ref provider.Ref, remoteID string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.failure; err != nil {
		l.failure = nil
		return err
	}
	l.remote[ref] = remoteID
	return nil
}
