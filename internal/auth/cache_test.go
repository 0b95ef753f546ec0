package auth

import (
	"context"
	"testing"
	"testing/synctest" // fails where all would wait for ever
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/viewer"
)

// What was read before a revocation is not believed after it, however long the
// answer took.
func TestForgetDuringLookup(t *testing.T) { synctest.Test(t, forgetDuringLookup) }

func forgetDuringLookup(t *testing.T) {
	at := time.Now()
	c := newCache(10, func() time.Time { return at })
	hash, id := credential.Hash{1}, uuid.New()
	asked, answer, done := make(chan bool), make(chan bool), make(chan bool)
	find := func(context.Context) (*grant, error) {
		return &grant{hash: hash, viewer: &viewer.Viewer{CredentialID: id}}, nil
	}
	go func() {
		defer close(done)
		_, _ = c.get(t.Context(), hash, func(ctx context.Context) (*grant, error) {
			close(asked)
			<-answer
			return find(ctx)
		})
	}()
	<-asked
	c.forget(id)
	again := 0
	count := func(ctx context.Context) (*grant, error) { again++; return find(ctx) }
	if _, err := c.get(t.Context(), hash, count); err != nil || again != 1 {
		t.Errorf("%d lookups after the revocation, %v; want one of its own", again, err)
	}
	c.forget(id)
	close(answer)
	<-done
	if _, err := c.get(t.Context(), hash, count); err != nil || again != 2 {
		t.Errorf("%d lookups, %v: the answer from before the revocation is kept", again, err)
	}
}

// The age of an answer counts from before the question.
func TestStaleGrant(t *testing.T) {
	at := time.Now()
	c := newCache(10, func() time.Time { return at })
	hash := credential.Hash{1}
	find := func(context.Context) (*grant, error) { return &grant{hash: hash, viewer: &viewer.Viewer{}}, nil }
	if _, err := c.get(t.Context(), hash, find); err != nil {
		t.Fatal(err)
	}
	at = at.Add(fresh)
	found, err := c.get(t.Context(), hash, find)
	if err != nil || !found.read.Equal(at) {
		t.Errorf("read at %s, %v; want %s", found.read, err, at)
	}
}
