package erasure

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/subject"
)

// holds are what must be settled before a family can be forgotten: the studio
// needs to know whom it owes, or who owes it.
var holds = []string{
	`SELECT 'Invoice ' || number || ' is open.' FROM invoices WHERE tenant_id = $1 AND id = ANY($2) AND status = 'OPEN' ORDER BY number`,
	`SELECT 'A dispute over a payment is open.' FROM disputes WHERE tenant_id = $1 AND id = ANY($2) AND status = 'OPEN'`,
	`SELECT 'Tuition is still collected by ' || provider || '.' FROM tuition_subscriptions WHERE tenant_id = $1 AND id = ANY($2) AND status <> 'CANCELED'`,
	`SELECT 'A student has a seat in ' || c.name || '.' FROM enrollments e JOIN classes c ON c.tenant_id = e.tenant_id AND c.id = e.class_id
		WHERE e.tenant_id = $1 AND e.id = ANY($2) AND e.status = 'ACTIVE' ORDER BY c.name`,
}

// heldBy says what keeps an erasure from being done now.
func (w *Worker) heldBy(ctx context.Context, tenant uuid.UUID, found subject.Found) ([]string, error) {
	reasons := []string{}
	for i, name := range []string{"Invoice", "Dispute", "TuitionSubscription", "Enrollment"} {
		rows, err := w.cfg.Pool.Query(ctx, holds[i], tenant, found.IDs[name])
		if err != nil {
			return nil, fmt.Errorf("erasure: what holds it: %w", err)
		}
		some, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return nil, fmt.Errorf("erasure: what holds it: %w", err)
		}
		reasons = append(reasons, some...)
	}
	return reasons, nil
}
