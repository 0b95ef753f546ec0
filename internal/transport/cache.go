package transport

import (
	"context"
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// cache keeps what was used last, within a number of bytes. It is safe for use
// by several goroutines.
type cache[V any] struct {
	bytes int64 // of all entries together
	entry int64 // of one entry; a larger one is not kept
	weigh func(key string, value V) int64

	mu   sync.Mutex
	lru  *simplelru.LRU[string, V]
	used int64
}

func newCache[V any](bytes, entry int64, weigh func(string, V) int64) *cache[V] {
	c := &cache[V]{bytes: bytes, entry: min(bytes, entry), weigh: weigh}
	// The count is no bound: it cannot fail, and the bytes decide.
	c.lru, _ = simplelru.NewLRU(math.MaxInt, func(key string, value V) { c.used -= weigh(key, value) })
	return c
}

// Get returns what was added under key, if it is still kept.
func (c *cache[V]) Get(_ context.Context, key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lru.Get(key)
}

// Add keeps value and drops what was not used for longest to make room. A key
// that is there already stays as it is: equal keys have equal values here.
func (c *cache[V]) Add(_ context.Context, key string, value V) {
	weight := c.weigh(key, value)
	if weight > c.entry {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lru.Contains(key) {
		return
	}
	for c.used+weight > c.bytes {
		if _, _, ok := c.lru.RemoveOldest(); !ok {
			break
		}
	}
	c.lru.Add(key, value)
	c.used += weight
}
