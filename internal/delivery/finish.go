package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/webhook"
)

// finishLimit bounds the transaction that records an attempt. It runs on even
// where the attempt used up the job's time, or the process is stopping.
const finishLimit = 5 * time.Second

// Bounds of the log, in bytes.
const (
	maxExcerpt = 4096
	maxProblem = 1024
)

// finish records an attempt, where its delivery now stands and the job of the
// next attempt, and completes this job: all of it or nothing.
func (w *Worker) finish(ctx context.Context, t *task, r result) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishLimit)
	defer cancel()
	attempts := t.attempts + 1
	status, wait := w.judge(attempts, r)
	tx, err := w.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("delivery: record: %w", err)
	}
	defer tx.Rollback(ctx) // no effect after the commit
	ours, err := record(ctx, tx, t, r, status)
	if err != nil {
		return fmt.Errorf("delivery: record: %w", err)
	}
	if !ours {
		return nil // a job that was taken for dead has recorded this attempt
	}
	if err := health(ctx, tx, t, r); err != nil {
		return fmt.Errorf("delivery: record: %w", err)
	}
	if status == "RETRYING" {
		next := job.Deliver{Delivery: t.Delivery, Tenant: t.Tenant, Round: r.round, Unsure: r.unsure}
		if _, err := river.ClientFromContext[pgx.Tx](ctx).InsertTx(ctx, tx, next, later(t, w.cfg.Now(), wait)); err != nil {
			return fmt.Errorf("delivery: plan the next attempt: %w", err)
		}
	}
	if _, err := river.JobCompleteTx[*job.Driver](ctx, tx, t.job); err != nil {
		return fmt.Errorf("delivery: complete: %w", err)
	}
	return tx.Commit(ctx)
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

// health writes down since when a webhook endpoint fails, or that it no longer
// does. Only the first failure and the first success change the row.
func health(ctx context.Context, tx pgx.Tx, t *task, r result) error {
	if t.endpoint == nil || !r.tried || r.ok == (t.endpoint.failingSince == nil) {
		return nil
	}
	since := &r.at
	if r.ok {
		since = nil
	}
	_, err := tx.Exec(ctx, `UPDATE webhook_endpoints SET failing_since = $3::timestamptz WHERE tenant_id = $1 AND id = $2 AND (failing_since IS NULL) = ($3::timestamptz IS NOT NULL)`,
		t.Tenant, t.endpoint.id, since)
	return err
}

// recording settles a delivery and logs the attempt, if it is the next one.
const recording = `WITH settled AS (
	UPDATE deliveries SET status = $4::text, attempts = attempts + 1, version = version + 1, updated_at = $5::timestamptz,
		completed_at = CASE WHEN $4::text IN ('SUCCEEDED', 'FAILED') THEN $5::timestamptz END, body = CASE WHEN $4::text = 'RETRYING' THEN body END
	WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND status IN ('PENDING', 'RETRYING') RETURNING tenant_id, id, attempts
)
INSERT INTO delivery_attempts (id, created_at, updated_at, tenant_id, delivery_id, number, status_code, latency_ms, excerpt, error, attempted_at)
SELECT $6, now(), now(), tenant_id, id, attempts, $7::bigint, $8, $9, $10, $11 FROM settled`

// record writes the attempt if it is the next one of its delivery.
func record(ctx context.Context, tx pgx.Tx, t *task, r result, status string) (bool, error) {
	var code *int
	if r.status != 0 {
		code = &r.status
	}
	tag, err := tx.Exec(ctx, recording, t.Tenant, t.Delivery, t.attempts, status, rule.Now(),
		rule.NewID(), code, r.latency.Milliseconds(), cut(r.excerpt, maxExcerpt), cut(r.problem, maxProblem), r.at)
	return err == nil && tag.RowsAffected() > 0, err
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
