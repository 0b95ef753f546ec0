package announcement

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/job"
)

// Notifier tells all studios what has to be told without anybody's asking.
type Notifier struct {
	river.WorkerDefaults[job.Notify]
	pool *pgxpool.Pool
	desk *Desk
	news func() []News
}

// NewNotifier returns a worker on the pool of the system role that tells what
// news returns.
func NewNotifier(pool *pgxpool.Pool, d *Desk, news func() []News) *Notifier {
	return &Notifier{pool: pool, desk: d, news: news}
}

// Work implements river.Worker. Whoever was told already is not told again.
func (n *Notifier) Work(ctx context.Context, _ *river.Job[job.Notify]) error {
	for _, news := range n.news() {
		told, err := n.desk.TellAll(ctx, n.pool, news)
		if err != nil {
			return err
		}
		if told > 0 {
			n.desk.logger.InfoContext(ctx, "studios were told", "slug", news.Slug, "studios", told)
		}
	}
	return nil
}
