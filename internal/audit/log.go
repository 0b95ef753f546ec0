package audit

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Database is where a Log writes: as the tenant of the context, and in its
// transaction where it is in one.
type Database interface {
	Run(context.Context) store.Execer
	// Changed reports whether the transaction of ctx has changed a record.
	Changed(context.Context) bool
}

// Log writes down what no record's change tells of. Changes themselves are
// written down by the outbox.
type Log struct{ db Database }

// NewLog returns a log in db.
func NewLog(db Database) *Log { return &Log{db} }

// Done writes down, in the transaction of ctx, that an operation was carried
// out, unless a record that it changed says so already.
func (l *Log) Done(ctx context.Context, operation string) error {
	if l.db.Changed(ctx) {
		return nil
	}
	return l.write(ctx, "CONTENT", "DONE", operation)
}

// Refused writes down that an operation was refused. Call it after its
// transaction is over. How often it is called, the caller bounds.
func (l *Log) Refused(ctx context.Context, operation, code string) error {
	return l.write(ctx, "SECURITY", "REFUSED", operation+" "+code)
}

func (l *Log) write(ctx context.Context, category, outcome, action string) error {
	v := viewer.From(ctx)
	if v == nil || v.TenantID == uuid.Nil {
		return nil // at no studio, and in no studio's log
	}
	category, staff := outbox.Under(v.Actor(), category)
	now := rule.Now()
	_, err := l.db.Run(ctx).ExecContext(ctx, `INSERT INTO audit_entries (id, created_at, updated_at, tenant_id, category, action, actor, changed, request_id, outcome, address, staff_access_id, occurred_at)
		VALUES ($1, $2, $2, $3, $4, $5, $6, '[]', $7, $8, $9, $10, $2)`,
		rule.NewID(), now, v.TenantID, category, action, v.Actor(), outbox.Request(ctx), outcome, outbox.Address(ctx), staff)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}
