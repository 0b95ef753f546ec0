package relay

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"golang.org/x/time/rate"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/job"
)

// placing is the number of the advisory lock of the relay at work.
const placing = 0x6261727265_02

// number gives unplaced events the next numbers of their studio. Only
// committed rows are seen, all of them from the lowest id on, and the counter's
// row is locked to the end, so that numbers have no gaps, become visible in their
// order and never tell of a record's later change first.
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
WHERE e.id = r.id AND e.tenant_id = r.tenant_id RETURNING e.id, e.tenant_id, e.type, e.entity_id`

// destine tells where the events just numbered go, and after which event each
// destination was sent its own. A connection that has FAILED gets events as
// well: they wait for a new credential.
const destine = `WITH placed AS (
	SELECT id, tenant_id, sequence, type, entity_id, changed FROM events WHERE id = ANY($1)
), wants AS (
	SELECT * FROM unnest($2::text[], $3::text[]) AS w(provider, type)
), destined AS (
	SELECT e.id, e.tenant_id, e.sequence, w.id AS endpoint, NULL::uuid AS integration
	FROM placed e JOIN webhook_endpoints w ON w.tenant_id = e.tenant_id AND w.status = 'ENABLED' AND ` + feed.Wanted + `
	UNION ALL
	SELECT p.id, p.tenant_id, p.sequence, NULL, i.id
	FROM placed p JOIN wants USING (type) JOIN integrations i ON i.tenant_id = p.tenant_id AND i.provider = wants.provider AND i.status IN ('ACTIVE', 'FAILED')
)
SELECT d.tenant_id, d.id, d.endpoint, d.integration, d.sequence, COALESCE(
	lag(d.sequence) OVER (PARTITION BY d.tenant_id, d.endpoint, d.integration ORDER BY d.sequence),
	CASE WHEN d.endpoint IS NOT NULL
		THEN (SELECT max(b.sequence) FROM deliveries b WHERE b.tenant_id = d.tenant_id AND b.webhook_endpoint_id = d.endpoint)
		ELSE (SELECT max(b.sequence) FROM deliveries b WHERE b.tenant_id = d.tenant_id AND b.integration_id = d.integration) END, 0)
FROM destined d ORDER BY d.tenant_id, d.sequence`

// insert makes the deliveries. Their ids come from us, so that they sort by
// the order in which they were made.
const insert = `INSERT INTO deliveries (id, created_at, updated_at, tenant_id, event_id, webhook_endpoint_id, integration_id, sequence, previous_sequence, epoch)
SELECT d.id, now(), now(), d.tenant_id, d.event_id, d.endpoint, d.integration, d.sequence, d.previous, c.epoch
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[])
	AS d(id, tenant_id, event_id, endpoint, integration, sequence, previous)
JOIN tenant_counters c ON c.tenant_id = d.tenant_id AND c.kind = 'EVENT'`

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

// placed is an event that was just given its number.
type placed struct {
	ID, Tenant uuid.UUID
	Type       string
	Entity     uuid.UUID
}

func (r *Relay) number(ctx context.Context, tx pgx.Tx) ([]placed, error) {
	rows, err := tx.Query(ctx, number, r.cfg.Batch)
	if err != nil {
		return nil, fmt.Errorf("relay: number: %w", err)
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByPos[placed])
	if err != nil {
		return nil, fmt.Errorf("relay: number: %w", err)
	}
	return events, nil
}

// deliveries are the columns of new deliveries.
type deliveries struct {
	ids, tenants, events    []uuid.UUID
	endpoints, integrations []*uuid.UUID
	sequences, previous     []int64
	jobs                    []river.InsertManyParams
}

// dispatch makes the deliveries of events and a job for each, and the jobs of
// those that ask for earlier ones again.
func (r *Relay) dispatch(ctx context.Context, tx pgx.Tx, events []placed) error {
	made, err := r.destine(ctx, tx, events)
	if err != nil {
		return fmt.Errorf("relay: find destinations: %w", err)
	}
	if len(made.ids) > 0 {
		_, err = tx.Exec(ctx, insert, made.ids, made.tenants, made.events, made.endpoints, made.integrations, made.sequences, made.previous)
	}
	if err != nil {
		return fmt.Errorf("relay: make deliveries: %w", err)
	}
	made.jobs = append(made.jobs, orders(events)...)
	if len(made.jobs) == 0 {
		return nil
	}
	if _, err := r.jobs.InsertManyFastTx(ctx, tx, made.jobs); err != nil {
		return fmt.Errorf("relay: make jobs: %w", err)
	}
	return nil
}

// orders are the jobs that events themselves ask for.
func orders(events []placed) (jobs []river.InsertManyParams) {
	for _, e := range events {
		switch e.Type {
		case feed.ReplayType:
			jobs = append(jobs, river.InsertManyParams{Args: job.Replay{Event: e.ID, Tenant: e.Tenant}})
		case feed.RetryType:
			jobs = append(jobs, again(job.Deliver{Delivery: e.Entity, Tenant: e.Tenant, Unsure: true}))
		case feed.ExportType:
			jobs = append(jobs, river.InsertManyParams{Args: job.Export{Export: e.Entity, Tenant: e.Tenant}})
		case feed.ErasureType:
			jobs = append(jobs, river.InsertManyParams{Args: job.Erase{Erasure: e.Entity, Tenant: e.Tenant}})
		}
	}
	return jobs
}

// again is the job of a delivery that somebody asked for.
func again(d job.Deliver) river.InsertManyParams {
	return river.InsertManyParams{Args: d, InsertOpts: &river.InsertOpts{Queue: job.ReplayQueue}}
}

func (r *Relay) destine(ctx context.Context, tx pgx.Tx, events []placed) (deliveries, error) {
	providers, types := r.wants()
	ids := make([]uuid.UUID, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	rows, err := tx.Query(ctx, destine, ids, providers, types)
	if err != nil {
		return deliveries{}, err
	}
	var (
		d                     deliveries
		tenant, event         uuid.UUID
		endpoint, integration *uuid.UUID
		sequence, previous    int64
	)
	_, err = pgx.ForEachRow(rows, []any{&tenant, &event, &endpoint, &integration, &sequence, &previous}, func() error {
		id := rule.NewID()
		d.ids, d.tenants, d.events = append(d.ids, id), append(d.tenants, tenant), append(d.events, event)
		d.endpoints, d.integrations = append(d.endpoints, endpoint), append(d.integrations, integration)
		d.sequences, d.previous = append(d.sequences, sequence), append(d.previous, previous)
		d.jobs = append(d.jobs, r.ranked(job.Deliver{Delivery: id, Tenant: tenant}, cmp.Or(endpoint, integration)))
		return nil
	})
	return d, err
}

// A destination's share of what goes first: as many at once and per second.
const (
	shareAtOnce    = 100
	sharePerSecond = 50
)

// ranked is the job of a delivery. What goes to one destination in a burst
// yields to what goes to others, who would else wait behind all of it.
func (r *Relay) ranked(d job.Deliver, destination *uuid.UUID) river.InsertManyParams {
	r.mu.Lock()
	defer r.mu.Unlock()
	share := r.shares[*destination]
	if share == nil {
		if len(r.shares) >= maxShares {
			clear(r.shares)
		}
		share = rate.NewLimiter(sharePerSecond, shareAtOnce)
		r.shares[*destination] = share
	}
	if share.AllowN(r.cfg.Now(), 1) {
		return river.InsertManyParams{Args: d}
	}
	return river.InsertManyParams{Args: d, InsertOpts: &river.InsertOpts{Priority: job.Later}}
}

// maxShares bounds the memory of who sent much; without it, a burst goes first.
const maxShares = 10_000

// wants returns Wants as two lists of the same length.
func (r *Relay) wants() (providers, types []string) {
	for name, list := range r.cfg.Wants {
		for _, kind := range list {
			providers, types = append(providers, name), append(types, kind)
		}
	}
	return providers, types
}
