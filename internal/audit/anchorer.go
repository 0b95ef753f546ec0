package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/job"
)

// Anchorer signs, once a day has passed, what each studio's log holds of it.
type Anchorer struct {
	river.WorkerDefaults[job.Anchor]
	pool   *pgxpool.Pool
	signer *Signer
	now    func() time.Time
}

// NewAnchorer returns an anchorer on the pool of the system role; now may be nil.
func NewAnchorer(pool *pgxpool.Pool, signer *Signer, now func() time.Time) *Anchorer {
	if now == nil {
		now = time.Now
	}
	return &Anchorer{pool: pool, signer: signer, now: now}
}

// Timeout implements river.Worker.
func (*Anchorer) Timeout(*river.Job[job.Anchor]) time.Duration { return 10 * time.Minute }

// Work implements river.Worker.
func (a *Anchorer) Work(ctx context.Context, _ *river.Job[job.Anchor]) error {
	_, err := a.Anchor(ctx)
	return err
}

const (
	// findUnsigned reads what each log holds beyond its last anchor and from
	// before the given moment. An entry may have been committed later than one
	// after it; the last of the day takes those before it along.
	findUnsigned = `SELECT t.id, COALESCE(a.last_sequence, 0), COALESCE(a.hash, ''), e.sequence, e.hash
		FROM tenants t
		LEFT JOIN LATERAL (SELECT last_sequence, hash, day FROM audit_anchors WHERE tenant_id = t.id ORDER BY last_sequence DESC LIMIT 1) a ON true
		JOIN LATERAL (SELECT sequence, hash FROM audit_entries WHERE tenant_id = t.id AND sequence > COALESCE(a.last_sequence, 0) AND occurred_at < $1
			ORDER BY sequence DESC LIMIT 1) e ON true
		WHERE a.day IS NULL OR a.day < $2`
	insertAnchor = `INSERT INTO audit_anchors (id, created_at, updated_at, tenant_id, day, first_sequence, last_sequence, previous_hash, hash, key_id, signature)
		VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant_id, day) DO NOTHING`
)

// Anchor signs what is not signed yet of the days before today, and returns how
// many anchors it made. What breaks at one studio does not keep the others from
// being signed.
func (a *Anchorer) Anchor(ctx context.Context) (made int, err error) {
	now := a.now().UTC()
	midnight := now.Truncate(24 * time.Hour)
	day := midnight.AddDate(0, 0, -1)
	type due struct {
		tenant   uuid.UUID
		from, to Chain
	}
	list, err := collect(ctx, a.pool, func(row pgx.CollectableRow) (d due, err error) {
		return d, row.Scan(&d.tenant, &d.from.Sequence, &d.from.Hash, &d.to.Sequence, &d.to.Hash)
	}, findUnsigned, midnight, day)
	if err != nil {
		return 0, fmt.Errorf("audit: find what to sign: %w", err)
	}
	var failed []error
	for _, d := range list {
		if d.from.Sequence == 0 {
			d.from.Hash = Start
		}
		anchor := Anchor{Day: day.Format(time.DateOnly), First: d.from.Sequence + 1, Last: d.to.Sequence, PreviousHash: d.from.Hash, Hash: d.to.Hash}
		a.signer.Anchor(d.tenant, &anchor)
		_, err := a.pool.Exec(ctx, insertAnchor, rule.NewID(), now, d.tenant, day, anchor.First, anchor.Last, anchor.PreviousHash, anchor.Hash, anchor.KeyID, anchor.Signature)
		if err != nil {
			failed = append(failed, fmt.Errorf("audit: sign the log of %s: %w", d.tenant, err))
			continue
		}
		made++
	}
	return made, errors.Join(failed...)
}
