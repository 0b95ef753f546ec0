package audit

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// sealing is the number of the advisory lock of the sealer at work.
const sealing = 0x6261727265_03

// SealerConfig sets a Sealer; the zero value is right for production.
type SealerConfig struct {
	Batch  int           // entries of one transaction; 0 means 500
	Every  time.Duration // between looks; 0 means one second
	Logger *slog.Logger
}

// Sealer gives committed entries their places in their studio's log. A request
// only commits them, so that no two wait for each other. Any number of sealers
// may run: one works, the others stand by.
type Sealer struct {
	pool *pgxpool.Pool
	cfg  SealerConfig
}

// NewSealer returns a sealer on the pool of the system role.
func NewSealer(pool *pgxpool.Pool, c SealerConfig) *Sealer {
	c.Batch = cmp.Or(c.Batch, 500)
	c.Every = cmp.Or(c.Every, time.Second)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return &Sealer{pool, c}
}

// Run seals until ctx ends. What breaks is logged and tried again.
func (s *Sealer) Run(ctx context.Context) {
	tick := time.NewTicker(s.cfg.Every)
	defer tick.Stop()
	for ctx.Err() == nil {
		sealed, err := s.Seal(ctx)
		if err == nil && sealed == s.cfg.Batch {
			continue // there may be more
		}
		if err != nil && ctx.Err() == nil {
			s.cfg.Logger.ErrorContext(ctx, "the audit log could not be sealed", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

const (
	findUnsealed = `SELECT tenant_id, id, category, outcome, action, actor, address, staff_access_id, entity_type, entity_id, changed, request_id, occurred_at
		FROM audit_entries WHERE sequence IS NULL ORDER BY id LIMIT $1`
	// findEnds reads where logs end: at their last entry or, where retention has
	// removed that, at their last anchor.
	findEnds = `SELECT t.id, COALESCE(e.sequence, a.last_sequence, 0), COALESCE(e.hash, a.hash, '')
		FROM unnest($1::uuid[]) AS t(id)
		LEFT JOIN LATERAL (SELECT sequence, hash FROM audit_entries WHERE tenant_id = t.id AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1) e ON true
		LEFT JOIN LATERAL (SELECT last_sequence, hash FROM audit_anchors WHERE tenant_id = t.id ORDER BY last_sequence DESC LIMIT 1) a ON true`
	place = `UPDATE audit_entries e SET sequence = p.sequence, previous_hash = p.previous, hash = p.hash
		FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[]) AS p(id, sequence, previous, hash) WHERE e.id = p.id`
)

// unsealed is an entry with its tenant.
type unsealed struct {
	Tenant uuid.UUID
	Entry
}

// Seal handles one batch in one transaction and returns how many entries it
// sealed: 0 also where another sealer is at work.
func (s *Sealer) Seal(ctx context.Context) (sealed int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// A statement of its own: the next one must see what the last holder committed.
		var ours bool
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", sealing).Scan(&ours); err != nil || !ours {
			return err
		}
		entries, err := collect(ctx, tx, scanUnsealed, findUnsealed, s.cfg.Batch)
		if err != nil || len(entries) == 0 {
			return err
		}
		chains, err := ends(ctx, tx, entries)
		if err != nil {
			return err
		}
		var ids []uuid.UUID
		var sequences []int64
		var previous, hashes []string
		for _, e := range entries {
			done := chains[e.Tenant].Seal(e.Tenant, e.Entry)
			ids, sequences = append(ids, done.ID), append(sequences, done.Sequence)
			previous, hashes = append(previous, done.PreviousHash), append(hashes, done.Hash)
		}
		sealed = len(ids)
		_, err = tx.Exec(ctx, place, ids, sequences, previous, hashes)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("audit: seal: %w", err)
	}
	return sealed, nil
}

// ends reads where the logs of entries end now.
func ends(ctx context.Context, tx pgx.Tx, entries []unsealed) (map[uuid.UUID]*Chain, error) {
	chains := map[uuid.UUID]*Chain{}
	var tenants []uuid.UUID
	for _, e := range entries {
		if chains[e.Tenant] == nil {
			chains[e.Tenant] = &Chain{}
			tenants = append(tenants, e.Tenant)
		}
	}
	rows, err := tx.Query(ctx, findEnds, tenants)
	if err != nil {
		return nil, err
	}
	var tenant uuid.UUID
	var end Chain
	_, err = pgx.ForEachRow(rows, []any{&tenant, &end.Sequence, &end.Hash}, func() error { *chains[tenant] = end; return nil })
	return chains, err
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, from querier, scan func(pgx.CollectableRow) (T, error), text string, args ...any) ([]T, error) {
	rows, err := from.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

func scanUnsealed(row pgx.CollectableRow) (u unsealed, err error) {
	return u, row.Scan(append([]any{&u.Tenant}, u.columns()...)...)
}

// columns are where the columns of an entry go, from id to occurred_at.
func (e *Entry) columns() []any {
	return []any{&e.ID, &e.Category, &e.Outcome, &e.Action, &e.Actor, &e.Address, &e.StaffAccess, &e.EntityType, &e.EntityID, &e.Changed, &e.RequestID, &e.OccurredAt}
}
