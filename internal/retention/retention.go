// Package retention says how long everything is kept, by its nature and by what
// studios have set, and removes it for good when that is over: what has been in
// the recycle bin for its days, what was only remembered for a while, and
// studios that have left.
package retention

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/job"
)

const (
	binLife = catalog.BinDays * 24 * time.Hour
	// patience bounds one run; the next one goes on.
	patience = 10 * time.Minute
)

// Config of a Purger. The zero value is right for production.
type Config struct {
	Now    func() time.Time // time.Now when nil
	Batch  int              // records of one transaction; 0 means 500
	Files  Files            // of exports; nil where there are none
	Logger *slog.Logger
}

// Files is where the files of exports are.
type Files interface {
	// Remove is content with a file that is not there.
	Remove(name string) error
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
	if _, err := p.Leave(ctx); err != nil {
		return err
	}
	return p.Remembered(ctx)
}

// clocks are the conditions under which what is remembered for a while is over
// at $1, where that is not simply its creation; empty for what somebody else
// removes.
func clocks() map[string]string {
	return map[string]string{
		"sign_in_attempts":  "last_at < $1",
		"auth_sessions":     "LEAST(expires_at, revoked_at) < $1",
		"exports":           "status IN ('EXPIRED', 'FAILED') AND updated_at < $1",
		"inbound_messages":  "status IN ('HANDLED', 'IGNORED') AND created_at < $1",
		"deliveries":        "", // the log of deliveries is cleaned where its chain is known
		"delivery_attempts": "", // they go with their deliveries
	}
}

// Remembered forgets what was remembered for a day, a month or a year: how
// something was carried out, and answers under idempotency keys.
func (p *Purger) Remembered(ctx context.Context) error {
	special := clocks()
	var failed []error
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		e := catalog.Entities[name]
		class := ClassOf(e)
		if class == nil || class.Days == 0 || class.Set() {
			continue
		}
		over, known := special[e.Table]
		if !known {
			over = "created_at < $1"
		}
		if over == "" {
			continue
		}
		if err := p.sweep(ctx, e.Table, over, p.before(class.Days)); err != nil {
			failed = append(failed, fmt.Errorf("retention: %s: %w", e.Table, err))
		}
	}
	return errors.Join(failed...)
}

// sweep deletes the rows of a table for which over is true at a moment.
func (p *Purger) sweep(ctx context.Context, table, over string, before time.Time) error {
	for {
		done, err := p.pool.Exec(ctx, fmt.Sprintf(`DELETE FROM %[1]s WHERE id IN (SELECT id FROM %[1]s WHERE %[2]s LIMIT $2 FOR UPDATE SKIP LOCKED)`, table, over), before, p.cfg.Batch)
		if err != nil || done.RowsAffected() < int64(p.cfg.Batch) {
			return err
		}
	}
}
