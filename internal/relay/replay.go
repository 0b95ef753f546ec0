package relay

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/job"
)

// replay makes the deliveries of one batch. Each has the place in the chain
// that the event's own delivery has; an event that the endpoint was not sent
// before has none, and the epoch of now.
const replay = `WITH asked AS (
	SELECT tenant_id, entity_id, actor, (data->>'after')::bigint AS after, (data->>'to')::bigint AS last,
		ARRAY(SELECT jsonb_array_elements_text(data->'types')) AS types, (data->>'since')::timestamptz AS since, (data->>'until')::timestamptz AS until
	FROM events WHERE tenant_id = $1 AND id = $2
), wanted AS (
	SELECT e.id, e.sequence, w.id AS endpoint, a.actor, row_number() OVER (ORDER BY e.sequence) AS place
	FROM asked a JOIN webhook_endpoints w ON w.tenant_id = a.tenant_id AND w.id = a.entity_id
	JOIN events e ON e.tenant_id = a.tenant_id AND e.sequence > GREATEST(a.after, $3) AND e.sequence <= a.last
		AND (a.types = '{}' OR a.types && ARRAY[e.type, split_part(e.type, '.', 1) || '.*']::text[]) AND (a.since IS NULL OR e.occurred_at >= a.since) AND (a.until IS NULL OR e.occurred_at < a.until)
		AND ` + feed.Wanted + `
	ORDER BY e.sequence LIMIT cardinality($4::uuid[])
)
INSERT INTO deliveries (id, created_at, updated_at, tenant_id, event_id, webhook_endpoint_id, sequence, previous_sequence, epoch, replay, requested_by)
SELECT ($4::uuid[])[n.place], now(), now(), $1, n.id, n.endpoint, n.sequence, COALESCE(min(d.previous_sequence) FILTER (WHERE d.replay = 0), -1),
	COALESCE(min(d.epoch) FILTER (WHERE d.replay = 0), (SELECT c.epoch FROM tenant_counters c WHERE c.tenant_id = $1 AND c.kind = 'EVENT')), COALESCE(max(d.replay), 0) + 1, n.actor
FROM wanted n LEFT JOIN deliveries d ON d.tenant_id = $1 AND d.event_id = n.id AND d.webhook_endpoint_id = n.endpoint
GROUP BY n.place, n.id, n.endpoint, n.sequence, n.actor ORDER BY n.place
RETURNING id, sequence`

// Replayer makes the deliveries of replays: batch by batch, each in one
// transaction with its jobs and the job of the next batch, so that nothing is
// sent twice or forgotten however often it is stopped.
type Replayer struct {
	river.WorkerDefaults[job.Replay]
	pool  *pgxpool.Pool
	batch int
}

// NewReplayer returns a worker on the pool of the system role. A batch of 0
// means 2000.
func NewReplayer(pool *pgxpool.Pool, batch int) *Replayer {
	return &Replayer{pool: pool, batch: cmp.Or(batch, 2000)}
}

// Work implements river.Worker: one batch.
func (r *Replayer) Work(ctx context.Context, j *river.Job[job.Replay]) error {
	tx, err := r.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("relay: replay: %w", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // no effect after the commit
	jobs, err := r.deliveries(ctx, tx, j.Args)
	if err != nil {
		return fmt.Errorf("relay: replay: %w", err)
	}
	if len(jobs) > 0 {
		if _, err := river.ClientFromContext[pgx.Tx](ctx).InsertManyFastTx(ctx, tx, jobs); err != nil {
			return fmt.Errorf("relay: replay: make jobs: %w", err)
		}
	}
	if _, err := river.JobCompleteTx[*job.Driver](ctx, tx, j); err != nil {
		return fmt.Errorf("relay: replay: complete: %w", err)
	}
	return tx.Commit(ctx)
}

// deliveries makes a batch of deliveries and returns their jobs, and that of
// the next batch where there may be one.
func (r *Replayer) deliveries(ctx context.Context, tx pgx.Tx, order job.Replay) ([]river.InsertManyParams, error) {
	ids := make([]uuid.UUID, r.batch)
	for i := range ids {
		ids[i] = rule.NewID()
	}
	rows, err := tx.Query(ctx, replay, order.Tenant, order.Event, order.After, ids)
	if err != nil {
		return nil, err
	}
	var (
		jobs     []river.InsertManyParams
		id       uuid.UUID
		sequence int64
	)
	_, err = pgx.ForEachRow(rows, []any{&id, &sequence}, func() error {
		jobs = append(jobs, again(job.Deliver{Delivery: id, Tenant: order.Tenant}))
		order.After = max(order.After, sequence)
		return nil
	})
	if len(jobs) == r.batch {
		jobs = append(jobs, river.InsertManyParams{Args: order})
	}
	return jobs, err
}
