package relay

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/job"
)

// placing is the number of the advisory lock of the relay at work.
const placing = 0x6261727265_02

// number gives unplaced events the next numbers of their studio. Only
// committed rows are seen, and the counter's row is locked to the end, so that
// numbers have no gaps and become visible in their order.
const number = `WITH claimed AS (
	SELECT id, tenant_id FROM events WHERE sequence IS NULL ORDER BY id LIMIT $1
), counted AS (
	INSERT INTO tenant_counters AS c (id, created_at, updated_at, tenant_id, kind, last)
	SELECT gen_random_uuid(), now(), now(), tenant_id, 'EVENT', count(*) FROM claimed GROUP BY tenant_id ORDER BY tenant_id
	ON CONFLICT (tenant_id, kind) DO UPDATE SET last = c.last + excluded.last, updated_at = now(), version = c.version + 1
	RETURNING tenant_id, last
), ranked AS (
	SELECT id, tenant_id, row_number() OVER (PARTITION BY tenant_id ORDER BY id DESC) - 1 AS after FROM claimed
)
UPDATE events e SET sequence = c.last - r.after, updated_at = now() FROM ranked r JOIN counted c USING (tenant_id)
WHERE e.id = r.id AND e.tenant_id = r.tenant_id RETURNING e.id`

// deliver makes the deliveries of the events just numbered. A test goes to the
// one endpoint that it names. A connection that has FAILED gets them as well: they wait for a new credential.
const deliver = `WITH placed AS (
	SELECT id, tenant_id, sequence, type, entity_id FROM events WHERE id = ANY($1)
), wants AS (
	SELECT * FROM unnest($2::text[], $3::text[]) AS w(provider, type)
), destined AS (
	SELECT p.id, p.tenant_id, p.sequence, w.id AS endpoint, NULL::uuid AS integration
	FROM placed p JOIN webhook_endpoints w ON w.tenant_id = p.tenant_id AND w.status = 'ENABLED'
		AND CASE p.type WHEN '` + feed.TestType + `' THEN w.id = p.entity_id ELSE w.event_types IN ('[]', 'null') OR w.event_types ? p.type END
	UNION ALL
	SELECT p.id, p.tenant_id, p.sequence, NULL, i.id
	FROM placed p JOIN wants USING (type) JOIN integrations i ON i.tenant_id = p.tenant_id AND i.provider = wants.provider AND i.status IN ('ACTIVE', 'FAILED')
)
INSERT INTO deliveries (id, created_at, updated_at, tenant_id, event_id, webhook_endpoint_id, integration_id, sequence, previous_sequence)
SELECT gen_random_uuid(), now(), now(), d.tenant_id, d.id, d.endpoint, d.integration, d.sequence, COALESCE(
	lag(d.sequence) OVER (PARTITION BY d.tenant_id, d.endpoint, d.integration ORDER BY d.sequence),
	CASE WHEN d.endpoint IS NOT NULL
		THEN (SELECT max(b.sequence) FROM deliveries b WHERE b.tenant_id = d.tenant_id AND b.webhook_endpoint_id = d.endpoint)
		ELSE (SELECT max(b.sequence) FROM deliveries b WHERE b.tenant_id = d.tenant_id AND b.integration_id = d.integration) END, 0)
FROM destined d ORDER BY d.tenant_id, d.sequence
ON CONFLICT DO NOTHING RETURNING id, tenant_id`

// Place handles one batch in one transaction and returns how many events it
// placed: 0 also where another relay is at work. Whatever stops it midway, the
// events stay unplaced and the next batch takes them.
func (r *Relay) Place(ctx context.Context) (int, error) {
	tx, err := r.pool.Begin(ctx)
	if err != nil {
		return 0, fmt.Errorf("relay: begin: %w", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // no effect after the commit
	// A statement of its own: the next one must see what the last holder committed.
	var ours bool
	if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", placing).Scan(&ours); err != nil || !ours {
		return 0, err
	}
	events, err := r.number(ctx, tx)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	if err := r.dispatch(ctx, tx, events); err != nil {
		return 0, err
	}
	if err := tx.Commit(ctx); err != nil {
		return 0, fmt.Errorf("relay: commit: %w", err)
	}
	if r.cfg.Placed != nil {
		r.cfg.Placed()
	}
	return len(events), nil
}

func (r *Relay) number(ctx context.Context, tx pgx.Tx) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, number, r.cfg.Batch)
	if err != nil {
		return nil, fmt.Errorf("relay: number: %w", err)
	}
	events, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("relay: number: %w", err)
	}
	return events, nil
}

// dispatch makes the deliveries of events and a job for each.
func (r *Relay) dispatch(ctx context.Context, tx pgx.Tx, events []uuid.UUID) error {
	providers, types := r.wants()
	rows, err := tx.Query(ctx, deliver, events, providers, types)
	if err != nil {
		return fmt.Errorf("relay: make deliveries: %w", err)
	}
	jobs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (river.InsertManyParams, error) {
		var d job.Deliver
		err := row.Scan(&d.Delivery, &d.Tenant)
		return river.InsertManyParams{Args: d}, err
	})
	if err != nil {
		return fmt.Errorf("relay: make deliveries: %w", err)
	}
	if len(jobs) == 0 {
		return nil
	}
	if _, err := r.jobs.InsertManyFastTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("relay: make jobs: %w", err)
	}
	return nil
}

// wants returns Wants as two lists of the same length.
func (r *Relay) wants() (providers, types []string) {
	for name, list := range r.cfg.Wants {
		for _, kind := range list {
			providers, types = append(providers, name), append(types, kind)
		}
	}
	return providers, types
}
