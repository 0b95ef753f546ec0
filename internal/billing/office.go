// Package billing asks for money and writes down what came in: invoices whose
// numbers have no gaps and whose lines add up, payments that never exceed them.
// Amounts are whole minor units of the invoice's currency.
package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Office bills households. An error leaves the transaction that a verb was
// called in fit for nothing but a rollback.
type Office struct {
	store *store.Store
	now   func() time.Time
}

// New returns an office on the given database; now tells the time.
func New(s *store.Store, now func() time.Time) *Office { return &Office{s, now} }

// moment is the time of a record, in the precision that Postgres keeps.
func (o *Office) moment() time.Time { return o.now().UTC().Truncate(time.Microsecond) }

func (o *Office) client(ctx context.Context) *ent.Client { return o.store.Client(ctx) }

// path leads to a field of a verb's input.
func path(field string) []string { return []string{"input", field} }

// missing is what whoever may not know of a record reads, too.
func missing(field, noun string) error {
	return fault.User(fault.NotFound, path(field), "There is no such %s.", noun)
}

func invalid(field, format string, args ...any) error {
	return fault.User(fault.Invalid, path(field), format, args...)
}

// account is an invoice in hand, locked until the transaction ends.
type account struct {
	household             uuid.UUID
	version               int
	status                string
	currency              string
	total, paid, refunded int64
}

// lock waits for the row of an invoice and reads it; nil where there is none.
func (o *Office) lock(ctx context.Context, id uuid.UUID) (*account, error) {
	const query = `SELECT household_id, version, status, currency, total, amount_paid, amount_refunded FROM invoices
		WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`
	rows, err := o.store.Run(ctx).QueryContext(ctx, query, viewer.From(ctx).TenantID, id)
	if err != nil {
		return nil, fmt.Errorf("billing: lock the invoice: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	var a account
	if err := rows.Scan(&a.household, &a.version, &a.status, &a.currency, &a.total, &a.paid, &a.refunded); err != nil {
		return nil, fmt.Errorf("billing: lock the invoice: %w", err)
	}
	return &a, rows.Close()
}
