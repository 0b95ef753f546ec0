package export

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent"
	entexport "github.com/barrehq/barre/ent/export"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/viewer"
)

// Sweeper removes the files whose time is over.
type Sweeper struct {
	river.WorkerDefaults[job.ExpireExports]
	pool *pgxpool.Pool
	desk *Desk
}

// NewSweeper returns a worker on the pool of the system role.
func NewSweeper(pool *pgxpool.Pool, d *Desk) *Sweeper { return &Sweeper{pool: pool, desk: d} }

// Timeout implements river.Worker.
func (s *Sweeper) Timeout(*river.Job[job.ExpireExports]) time.Duration { return limit }

type expired struct {
	Tenant, ID uuid.UUID
	Key        string
}

// Work implements river.Worker.
func (s *Sweeper) Work(ctx context.Context, _ *river.Job[job.ExpireExports]) error {
	rows, err := s.pool.Query(ctx, `SELECT tenant_id, id, storage_key FROM exports WHERE status = 'READY' AND expires_at <= $1 LIMIT 1000`, s.desk.cfg.Now())
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	over, err := pgx.CollectRows(rows, pgx.RowToStructByPos[expired])
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	var errs []error
	for _, e := range over {
		errs = append(errs, s.desk.expire(ctx, e))
	}
	return errors.Join(errs...)
}

// expire removes the file first: an export that says it has none must not.
func (d *Desk) expire(ctx context.Context, e expired) error {
	if err := d.files.Delete(ctx, e.Key); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	ctx = viewer.ForTenant(ctx, e.Tenant, "an export expired")
	return d.update(ctx, e.ID, func(u *ent.ExportUpdateOne) { u.SetStatus(entexport.StatusEXPIRED).SetStorageKey("") })
}
