// Package retention removes for good what has been kept as long as it may be:
// what has been in the recycle bin for its days, and what was only remembered
// for a day.
package retention

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/job"
)

const (
	binLife = catalog.BinDays * 24 * time.Hour
	// keyLife is how long idempotency keys and failed sign-ins are remembered.
	keyLife = 24 * time.Hour
	// patience bounds one run; the next one goes on.
	patience = 10 * time.Minute
)

// Config of a Purger. The zero value is right for production.
type Config struct {
	Now    func() time.Time // time.Now when nil
	Batch  int              // records of one transaction; 0 means 500
	Logger *slog.Logger
}

// Purger works purge jobs on the pool of the system role.
type Purger struct {
	river.WorkerDefaults[job.Purge]
	pool *pgxpool.Pool
	cfg  Config
}

// New returns a Purger.
func New(pool *pgxpool.Pool, c Config) *Purger {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Batch = cmp.Or(c.Batch, 500)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return &Purger{pool: pool, cfg: c}
}

// Timeout is that of one run.
func (*Purger) Timeout(*river.Job[job.Purge]) time.Duration { return patience }

// Work removes everything that is due.
func (p *Purger) Work(ctx context.Context, _ *river.Job[job.Purge]) error {
	purged, err := p.Bins(ctx)
	if purged > 0 {
		p.cfg.Logger.InfoContext(ctx, "the recycle bins were emptied", "records", purged)
	}
	if err != nil {
		return err
	}
	return p.Keys(ctx)
}

// Keys forgets what was remembered for a day: answers and sessions under their
// idempotency keys, and failed sign-ins.
func (p *Purger) Keys(ctx context.Context) error {
	due := p.cfg.Now().Add(-keyLife)
	for _, of := range []struct{ table, column string }{
		{"idempotency_keys", "created_at"}, {"visitor_keys", "created_at"}, {"sign_in_attempts", "last_at"},
	} {
		for {
			done, err := p.pool.Exec(ctx, fmt.Sprintf(`DELETE FROM %[1]s WHERE id IN (SELECT id FROM %[1]s WHERE %[2]s < $1 ORDER BY %[2]s LIMIT $2 FOR UPDATE SKIP LOCKED)`, of.table, of.column), due, p.cfg.Batch)
			if err != nil {
				return fmt.Errorf("retention: %s: %w", of.table, err)
			}
			if done.RowsAffected() < int64(p.cfg.Batch) {
				break
			}
		}
	}
	return nil
}
