package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/webhook"
)

// recordLimit bounds the transaction that records attempts. It runs on even
// where an attempt used up its job's time, or the process is stopping.
const recordLimit = 5 * time.Second

// Bounds of the log, in bytes.
const (
	maxExcerpt = 4096
	maxProblem = 1024
)

// ending is an attempt that has ended, and where its delivery stands now.
type ending struct {
	*task
	result
	status string
	wait   time.Duration // until the next attempt of one that is RETRYING
}

func (w *Worker) ended(t *task, r result) ending {
	status, wait := w.judge(t.attempts+1, r)
	return ending{t, r, status, wait}
}

// record writes down attempts, where their deliveries now stand and the jobs of
// the next attempts: all of it or nothing. River completes the jobs of those
// that are settled a moment later; one that it could not complete finds its
// delivery settled.
func (w *Worker) record(ctx context.Context, all []ending) ([]struct{}, error) {
	ctx, cancel := context.WithTimeout(ctx, recordLimit)
	defer cancel()
	tx, err := w.pool.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("delivery: record: %w", err)
	}
	defer tx.Rollback(ctx) // no effect after the commit
	ours, err := settle(ctx, tx, all)
	if err != nil {
		return nil, fmt.Errorf("delivery: record: %w", err)
	}
	for _, e := range ours {
		if err := health(ctx, tx, e); err != nil {
			return nil, fmt.Errorf("delivery: record: %w", err)
		}
		if e.status != "RETRYING" {
			continue
		}
		next := job.Deliver{Delivery: e.Delivery, Tenant: e.Tenant, Round: e.result.round, Unsure: e.result.unsure}
		if _, err := river.ClientFromContext[pgx.Tx](ctx).InsertTx(ctx, tx, next, later(e.task, w.cfg.Now(), e.wait)); err != nil {
			return nil, fmt.Errorf("delivery: plan the next attempt: %w", err)
		}
		if _, err := river.JobCompleteTx[*job.Driver](ctx, tx, e.job); err != nil {
			return nil, fmt.Errorf("delivery: complete: %w", err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return nil, fmt.Errorf("delivery: record: %w", err)
	}
	return make([]struct{}, len(all)), nil
}

// judge returns where the delivery stands after that many attempts.
func (w *Worker) judge(attempts int, r result) (status string, wait time.Duration) {
	if r.ok {
		return "SUCCEEDED", 0
	}
	wait = w.cfg.Next(attempts, r.retryAfter)
	if r.final || wait == webhook.Stop {
		return "FAILED", 0
	}
	return "RETRYING", wait
}

// later puts the next attempt into the queue and rank of this one.
func later(t *task, now time.Time, wait time.Duration) *river.InsertOpts {
	opts := &river.InsertOpts{Queue: t.job.Queue, Priority: t.job.Priority}
	if wait > 0 {
		opts.ScheduledAt = now.Add(wait)
	}
	return opts
}

// health notes since when an endpoint has been failing, so that it can be
// disabled after long. Only the first failure and the first success change the
// row.
func health(ctx context.Context, tx pgx.Tx, e ending) error {
	if e.endpoint == nil || !e.tried || e.ok == (e.endpoint.failingSince == nil) {
		return nil
	}
	since := &e.at
	if e.ok {
		since = nil
	}
	_, err := tx.Exec(ctx, `UPDATE webhook_endpoints SET failing_since = $3::timestamptz WHERE tenant_id = $1 AND id = $2 AND (failing_since IS NULL) = ($3::timestamptz IS NOT NULL)`,
		e.Tenant, e.endpoint.id, since)
	return err
}

// settling settles deliveries and logs their attempts, of those that are the
// next ones.
const settling = `WITH ended AS (
	SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::timestamptz[])
		AS e(tenant_id, delivery_id, attempts, status, id, status_code, latency_ms, excerpt, error, attempted_at)
), settled AS (
	UPDATE deliveries d SET status = e.status, attempts = d.attempts + 1, version = d.version + 1, updated_at = $11::timestamptz,
		completed_at = CASE WHEN e.status IN ('SUCCEEDED', 'FAILED') THEN $11::timestamptz END, body = CASE WHEN e.status = 'RETRYING' THEN d.body END
	FROM ended e WHERE d.tenant_id = e.tenant_id AND d.id = e.delivery_id AND d.attempts = e.attempts AND d.status IN ('PENDING', 'RETRYING')
	RETURNING e.id, d.attempts
)
INSERT INTO delivery_attempts (id, created_at, updated_at, tenant_id, delivery_id, number, status_code, latency_ms, excerpt, error, attempted_at)
SELECT e.id, now(), now(), e.tenant_id, e.delivery_id, s.attempts, e.status_code, e.latency_ms, e.excerpt, e.error, e.attempted_at
FROM ended e JOIN settled s ON s.id = e.id RETURNING id`

// settle writes attempts, and returns those that are the next ones of their
// deliveries: of the others, a job that was taken for dead has recorded them.
func settle(ctx context.Context, tx pgx.Tx, all []ending) (ours []ending, err error) {
	var (
		tenants, deliveries, ids   []uuid.UUID
		attempts, latencies        []int64
		codes                      []*int
		statuses, excerpts, errors []string
		times                      []time.Time
		at                         = map[uuid.UUID]ending{}
	)
	for _, e := range all {
		var code *int
		if e.result.status != 0 {
			code = &e.result.status
		}
		id := rule.NewID()
		at[id] = e
		tenants, deliveries, ids = append(tenants, e.Tenant), append(deliveries, e.Delivery), append(ids, id)
		attempts, latencies, codes = append(attempts, int64(e.attempts)), append(latencies, e.latency.Milliseconds()), append(codes, code)
		statuses, excerpts, errors = append(statuses, e.status), append(excerpts, cut(e.excerpt, maxExcerpt)), append(errors, cut(e.problem, maxProblem))
		times = append(times, e.result.at)
	}
	rows, err := tx.Query(ctx, settling, tenants, deliveries, attempts, statuses, ids, codes, latencies, excerpts, errors, times, rule.Now())
	if err != nil {
		return nil, err
	}
	settled, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	for _, id := range settled {
		ours = append(ours, at[id])
	}
	return ours, err
}

// cut shortens text to at most size bytes of whole characters.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && text[size]&0xc0 == 0x80 {
		size--
	}
	return text[:size]
}
