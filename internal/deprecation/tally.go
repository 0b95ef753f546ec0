// Package deprecation counts who still uses what the schema will lose: in
// memory while requests are served, and in the database every few seconds.
package deprecation

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Config of a Tally. The zero value is right for production.
type Config struct {
	Every  time.Duration    // between two writes; 5 s when zero
	Most   int              // different uses between two writes; further ones are not counted; 10,000 when zero
	Now    func() time.Time // time.Now when nil
	Logger *slog.Logger
}

// Tally counts uses. It is safe for concurrent use.
type Tally struct {
	store *store.Store
	cfg   Config

	mu     sync.Mutex
	counts map[use]count
}

// use is what is counted together.
type use struct {
	tenant, key uuid.UUID // key is zero for people
	coordinate  string
	day         string
}

type count struct {
	uses int64
	last time.Time
}

// New returns a Tally that writes to s while Run runs.
func New(s *store.Store, c Config) *Tally {
	c.Every = cmp.Or(c.Every, 5*time.Second)
	c.Most = cmp.Or(c.Most, 10_000)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Tally{store: s, cfg: c, counts: map[use]count{}}
}

// Note counts one operation of v that uses what is at the coordinates, such as
// Student.oldField. It only writes to memory.
func (t *Tally) Note(v *viewer.Viewer, coordinates []string) {
	now := t.cfg.Now().UTC().Truncate(time.Microsecond)
	u := use{tenant: v.TenantID, day: now.Format(time.DateOnly)}
	if v.UserID == uuid.Nil {
		u.key = v.CredentialID
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, u.coordinate = range coordinates {
		t.add(u, count{1, now})
	}
}

func (t *Tally) add(u use, more count) {
	have, known := t.counts[u]
	if !known && len(t.counts) >= t.cfg.Most {
		return
	}
	if more.last.After(have.last) {
		have.last = more.last
	}
	t.counts[u] = count{have.uses + more.uses, have.last}
}

// Run writes down what was counted until ctx ends, and then once more.
func (t *Tally) Run(ctx context.Context) {
	tick := time.NewTicker(t.cfg.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			t.write(ctx)
			return
		case <-tick.C:
			t.write(ctx)
		}
	}
}

func (t *Tally) write(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.Every)
	defer cancel()
	if err := t.Flush(ctx); err != nil {
		t.cfg.Logger.WarnContext(ctx, "uses of what is deprecated wait to be written down", "error", err)
	}
}

// upsert adds to the days' counts, for all studios in one statement. Two keys
// that show themselves alike are one caller.
const upsert = `INSERT INTO deprecated_uses AS d (id, created_at, updated_at, tenant_id, coordinate, caller, day, uses, last_used_at)
	SELECT gen_random_uuid(), now(), now(), tenant_id, coordinate, caller, day, sum(uses), max(last) FROM (
		SELECT r.*, COALESCE(k.prefix || '…' || k.last4, 'session') AS caller
		FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::bigint[], $6::timestamptz[]) AS r(tenant_id, key, coordinate, day, uses, last)
		LEFT JOIN api_keys k ON k.tenant_id = r.tenant_id AND k.id = r.key
	) AS named GROUP BY tenant_id, coordinate, caller, day ORDER BY tenant_id, coordinate, caller, day
	ON CONFLICT (tenant_id, coordinate, caller, day) DO UPDATE SET uses = d.uses + excluded.uses, updated_at = now(),
		last_used_at = GREATEST(d.last_used_at, excluded.last_used_at), version = d.version + 1`

// Flush writes down what was counted since the last time. What cannot be
// written is kept.
func (t *Tally) Flush(ctx context.Context) error {
	t.mu.Lock()
	counts := t.counts
	t.counts = map[use]count{}
	t.mu.Unlock()
	if len(counts) == 0 {
		return nil
	}
	var tenants, keys []uuid.UUID
	var coordinates, days []string
	var uses []int64
	var last []time.Time
	for u, c := range counts {
		tenants, keys = append(tenants, u.tenant), append(keys, u.key)
		coordinates, days = append(coordinates, u.coordinate), append(days, u.day)
		uses, last = append(uses, c.uses), append(last, c.last)
	}
	ctx = viewer.AcrossTenants(ctx, "write down uses of what is deprecated")
	_, err := t.store.Run(ctx).ExecContext(ctx, upsert, pq.Array(tenants), pq.Array(keys), pq.Array(coordinates), pq.Array(days), pq.Array(uses), pq.Array(last))
	if err != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		for u, c := range counts {
			t.add(u, c)
		}
	}
	return err
}
