package alert

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/job"
)

// Escalator raises the alerts that nobody has acknowledged in time.
type Escalator struct {
	river.WorkerDefaults[job.Escalate]
	pool *pgxpool.Pool
	desk *Desk
}

// NewEscalator returns a worker on the pool of the system role.
func NewEscalator(pool *pgxpool.Pool, d *Desk) *Escalator { return &Escalator{pool: pool, desk: d} }

type open struct{ Tenant, ID uuid.UUID }

// Work implements river.Worker.
func (e *Escalator) Work(ctx context.Context, _ *river.Job[job.Escalate]) error {
	rows, err := e.pool.Query(ctx, `SELECT tenant_id, id FROM alerts WHERE status = 'OPEN' AND occurred_at <= $1 ORDER BY occurred_at LIMIT 1000`,
		e.desk.cfg.Now().Add(-e.desk.cfg.Patience))
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	due, err := pgx.CollectRows(rows, pgx.RowToStructByPos[open])
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	var errs []error
	for _, a := range due {
		errs = append(errs, e.desk.escalate(ctx, a.Tenant, a.ID))
	}
	return errors.Join(errs...)
}
