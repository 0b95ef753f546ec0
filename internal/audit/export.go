package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/viewer"
)

// page is how many entries are read at once.
const page = 1000

const (
	readAnchors = `SELECT to_char(day, 'YYYY-MM-DD'), first_sequence, last_sequence, previous_hash, hash, key_id, signature
		FROM audit_anchors ORDER BY last_sequence`
	readEntries = `SELECT sequence, previous_hash, hash, id, category, outcome, action, actor, address, staff_access_id, entity_type, entity_id, changed, request_id, occurred_at
		FROM audit_entries WHERE sequence > $1 ORDER BY sequence LIMIT $2`
)

// WriteTo writes the studio's whole log as a file that Verify reads, and returns
// how many entries it has. The walls let the transaction of ctx see the log of
// the viewer's studio alone. What is not sealed yet is not in it.
func (l *Log) WriteTo(ctx context.Context, to io.Writer, signer *Signer, now time.Time) (entries int64, err error) {
	w, err := NewWriter(to, viewer.From(ctx).TenantID, signer, now)
	if err != nil {
		return 0, err
	}
	var a Anchor
	_, err = l.each(ctx, func() error { return w.Anchor(a) }, []any{&a.Day, &a.First, &a.Last, &a.PreviousHash, &a.Hash, &a.KeyID, &a.Signature}, readAnchors)
	if err != nil {
		return 0, err
	}
	for last, more := int64(0), true; more; {
		var s Sealed
		var changed []byte
		var staff, of uuid.NullUUID
		into := []any{&s.Sequence, &s.PreviousHash, &s.Hash, &s.ID, &s.Category, &s.Outcome, &s.Action, &s.Actor, &s.Address, &staff, &s.EntityType, &of, &changed, &s.RequestID, &s.OccurredAt}
		n, err := l.each(ctx, func() error {
			s.StaffAccess, s.EntityID, s.Changed = given(staff), given(of), nil
			if err := json.Unmarshal(changed, &s.Changed); err != nil {
				return err
			}
			last = s.Sequence
			return w.Entry(&s)
		}, into, readEntries, last, page)
		if err != nil {
			return entries, err
		}
		entries += int64(n)
		more = n == page
	}
	return entries, w.Close()
}

func given(id uuid.NullUUID) *uuid.UUID {
	if !id.Valid {
		return nil
	}
	return &id.UUID
}

// each scans every row of a query into the same places and then calls take.
func (l *Log) each(ctx context.Context, take func() error, into []any, text string, args ...any) (n int, err error) {
	rows, err := l.db.Run(ctx).QueryContext(ctx, text, args...)
	if err != nil {
		return 0, fmt.Errorf("audit: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return n, fmt.Errorf("audit: %w", err)
		}
		if err := take(); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}
