package limit

import (
	"sync"

	"github.com/google/uuid"
	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// key names a bucket: whose it is, and the size that its plan gives it.
type key struct {
	id   uuid.UUID
	size *size
}

// table holds a bounded number of buckets. The longest unused goes first; it
// is nearly always full, and then a new one is the same. A bucket that is
// forgotten while in debt has its points early: at most one Burst of this
// process, and only when MaxBuckets others were used since.
type table struct {
	mu  sync.Mutex
	all *simplelru.LRU[key, *bucket]
}

func newTable(capacity int) (*table, error) {
	all, err := simplelru.NewLRU[key, *bucket](capacity, nil)
	if err != nil {
		return nil, err
	}
	return &table{all: all}, nil
}

// lock returns k's bucket, locked, and makes it if there is none.
func (t *table) lock(k key) *bucket {
	for {
		t.mu.Lock()
		b, ok := t.all.Get(k)
		if !ok {
			b = &bucket{key: k}
			t.all.Add(k, b)
		}
		t.mu.Unlock()
		b.mu.Lock()
		if !b.gone {
			return b
		}
		b.mu.Unlock() // swept between the two locks
	}
}

// find is lock without the making; nil if there is none.
func (t *table) find(k key) *bucket {
	t.mu.Lock()
	b, ok := t.all.Get(k)
	t.mu.Unlock()
	if !ok {
		return nil
	}
	b.mu.Lock()
	return b
}

// snapshot returns the buckets of this moment, the longest unused first.
func (t *table) snapshot() []*bucket {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.Values()
}

// forget removes b, which the caller has locked.
func (t *table) forget(b *bucket) {
	b.gone = true
	t.mu.Lock()
	defer t.mu.Unlock()
	if held, ok := t.all.Peek(b.key); ok && held == b {
		t.all.Remove(b.key)
	}
}
