package delivery

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/webhook"
)

// clean removes successes with their attempts, oldest first. The newest
// delivery of each destination stays whatever its age: the next one's place in
// the chain is read from it.
const clean = `DELETE FROM deliveries d USING (
	SELECT o.id FROM deliveries o WHERE o.id < $1 AND o.status = 'SUCCEEDED' AND o.completed_at < $2 AND o.sequence < (CASE WHEN o.webhook_endpoint_id IS NOT NULL
		THEN (SELECT max(n.sequence) FROM deliveries n WHERE n.tenant_id = o.tenant_id AND n.webhook_endpoint_id = o.webhook_endpoint_id)
		ELSE (SELECT max(n.sequence) FROM deliveries n WHERE n.tenant_id = o.tenant_id AND n.integration_id = o.integration_id) END)
	ORDER BY o.id LIMIT $3
) old WHERE d.id = old.id`

// cleanBatch is how many deliveries one statement removes.
const cleanBatch = 5000

// Cleaner keeps the log of deliveries as short as it is promised.
type Cleaner struct {
	river.WorkerDefaults[job.Clean]
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewCleaner returns a worker on the pool of the system role. A nil now is time.Now.
func NewCleaner(pool *pgxpool.Pool, now func() time.Time) *Cleaner {
	if now == nil {
		now = time.Now
	}
	return &Cleaner{pool: pool, now: now}
}

// Timeout implements river.Worker.
func (c *Cleaner) Timeout(*river.Job[job.Clean]) time.Duration { return 10 * time.Minute }

// Work implements river.Worker.
func (c *Cleaner) Work(ctx context.Context, _ *river.Job[job.Clean]) error {
	until := c.now().Add(-webhook.Kept)
	for {
		tag, err := c.pool.Exec(ctx, clean, firstOf(until), until, cleanBatch)
		if err != nil {
			return fmt.Errorf("delivery: clean the log: %w", err)
		}
		if tag.RowsAffected() < cleanBatch {
			return nil
		}
	}
}

// firstOf is the lowest id that a record made at a moment can have.
func firstOf(at time.Time) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli())<<16)
	id[6], id[8] = 0x70, 0x80
	return id
}
