package breach

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/job"
)

// soon is when the operator is reminded that the time to tell runs out.
const soon = 24 * time.Hour

// Clocks reminds the operator, by the log, of breaches whose studios are not
// told yet.
type Clocks struct {
	river.WorkerDefaults[job.Time]
	office *Office
	logger *slog.Logger
}

// NewClocks returns a worker on the pool of the system role; now and logger may
// be nil.
func NewClocks(pool *pgxpool.Pool, now func() time.Time, logger *slog.Logger) *Clocks {
	return &Clocks{office: NewOffice(pool, now), logger: cmp.Or(logger, slog.Default())}
}

// Work implements river.Worker.
func (c *Clocks) Work(ctx context.Context, _ *river.Job[job.Time]) error {
	list, err := c.office.List(ctx)
	if err != nil {
		return err
	}
	for _, b := range list {
		switch left := b.Left(c.office.now()); {
		case b.Status != "OPEN":
		case left < 0:
			c.logger.ErrorContext(ctx, "the time to tell of a breach is over and studios are not told", "breach", b.ID, "since", -left)
		case left < soon:
			c.logger.WarnContext(ctx, "the time to tell of a breach runs out", "breach", b.ID, "left", left)
		}
	}
	return nil
}
