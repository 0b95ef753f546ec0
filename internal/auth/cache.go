package auth

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/viewer"
)

// grant is a credential that was found good.
type grant struct {
	kind     credential.Kind
	hash     credential.Hash
	viewer   *viewer.Viewer
	expires  time.Time      // zero for never
	networks []netip.Prefix // the only ones it may be used from; empty for any
	trusted  []string       // digests of the only documents it may run; empty for any
	seen     time.Time      // of a session: when it was last in use, as that is written down
	read     time.Time      // before the database was asked
}

func (g *grant) expired(now time.Time) bool { return !g.expires.IsZero() && !now.Before(g.expires) }

// from reports whether the credential may be used from an address.
func (g *grant) from(address string) bool {
	if len(g.networks) == 0 {
		return true
	}
	at, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(g.networks, func(n netip.Prefix) bool { return n.Contains(at.Unmap().WithZone("")) })
}

// concerns reports whether id is the credential's own, or that of its
// membership, person or studio.
func (g *grant) concerns(id uuid.UUID) bool {
	v := g.viewer
	return id == v.CredentialID || id == v.MembershipID || id == v.UserID || id == v.TenantID
}

// cache holds grants while they are fresh. Refused credentials are not kept:
// whoever invents them would drive out the good ones.
type cache struct {
	now     func() time.Time
	flights singleflight.Group

	mu    sync.Mutex
	kept  *simplelru.LRU[credential.Hash, *grant]
	epoch uint64 // counts calls of forget, so that nothing read before one is kept after it
}

func newCache(size int, now func() time.Time) *cache {
	kept, err := simplelru.NewLRU[credential.Hash, *grant](size, nil)
	if err != nil {
		panic("auth: " + err.Error()) // a negative size is a mistake of the program
	}
	return &cache{now: now, kept: kept}
}

// get returns the grant of hash, from memory or by find, which runs once for
// all that wait for the same.
func (c *cache) get(ctx context.Context, hash credential.Hash, find func(context.Context) (*grant, error)) (*grant, error) {
	came := c.now()
	for {
		kept, epoch := c.peek(hash)
		if kept != nil && came.Sub(kept.read) < fresh {
			return kept, nil
		}
		flight := c.flights.DoChan(fmt.Sprintf("%d %x", epoch, hash), func() (any, error) {
			return c.ask(ctx, epoch, find)
		})
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case answer := <-flight:
			if answer.Err != nil {
				return nil, answer.Err
			}
			// A slow flight of others may have read too long before this caller came.
			if found := answer.Val.(*grant); came.Sub(found.read) < fresh {
				return found, nil
			}
		}
	}
}

// peek returns what is kept of hash, and the epoch.
func (c *cache) peek(hash credential.Hash) (*grant, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, _ := c.kept.Get(hash)
	return kept, c.epoch
}

// ask finds a grant for all that wait, so it does not end with the first of them.
func (c *cache) ask(ctx context.Context, epoch uint64, find func(context.Context) (*grant, error)) (*grant, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	read := c.now()
	found, err := find(ctx)
	if err != nil {
		return nil, err
	}
	found.read = read
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch == epoch {
		c.kept.Add(found.hash, found)
	}
	return found, nil
}

// forget drops every grant that concerns id.
func (c *cache) forget(id uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	for _, kept := range c.kept.Values() {
		if kept.concerns(id) {
			c.kept.Remove(kept.hash)
		}
	}
}

// Forget makes this process ask anew about the credential, membership, person
// or studio with the given id, at its next request. Other processes notice a
// revocation within a second. Call it after the commit.
func (d *Door) Forget(id uuid.UUID) { d.cache.forget(id) }
