// Package enrollment gives seats in classes and takes them back: the verbs of
// the enrollment desk. Each locks the row of the class before any other, so
// that none can wait for another in a circle, and each seat goes through one
// guarded update, so that none is given twice.
package enrollment

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
)

// Desk enrolls students. An error leaves the transaction that a verb was
// called in fit for nothing but a rollback.
type Desk struct {
	store *store.Store
	now   func() time.Time
	zones sync.Map // *time.Location by name: a zone is a file
}

// New returns a desk on the given database; now tells the time.
func New(s *store.Store, now func() time.Time) *Desk { return &Desk{store: s, now: now} }

// moment is the time of a record, in the precision that Postgres keeps.
func (d *Desk) moment() time.Time { return d.now().UTC().Truncate(time.Microsecond) }

// client is the one of ctx, transaction and viewer included.
func (d *Desk) client(ctx context.Context) *ent.Client { return d.store.Client(ctx) }

// path leads to a field of a verb's input.
func path(field string) []string { return []string{"input", field} }

// missing is what whoever may not know of a record reads, too.
func missing(field, noun string) error {
	return fault.User(fault.NotFound, path(field), "There is no such %s.", noun)
}

// conflict refuses to write over a change that the caller has not seen.
func conflict(ifVersion *int, version int) error {
	if ifVersion == nil || *ifVersion == version {
		return nil
	}
	return fault.User(fault.VersionConflict, path("ifVersion"), "The record has changed meanwhile; it now has version %d.", version)
}

// locked is the row of a class in hand.
type locked struct {
	version, capacity, openSeats int
}

// lock waits for the row of a class and keeps it until the transaction ends.
// Inserts that refer to the class need not wait.
func (d *Desk) lock(ctx context.Context, tenant, class uuid.UUID) (*locked, error) {
	const query = `SELECT version, capacity, open_seats FROM classes
		WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE`
	var row locked
	found, err := d.one(ctx, query, []any{tenant, class}, &row.version, &row.capacity, &row.openSeats)
	if err != nil || !found {
		return nil, err
	}
	return &row, nil
}

// one scans the first row of a query and reports whether there was one.
func (d *Desk) one(ctx context.Context, query string, args []any, into ...any) (bool, error) {
	rows, err := d.store.Run(ctx).QueryContext(ctx, query, args...)
	if err != nil {
		return false, fmt.Errorf("enrollment: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return false, rows.Err()
	}
	if err := rows.Scan(into...); err != nil {
		return false, fmt.Errorf("enrollment: %w", err)
	}
	return true, rows.Close()
}
