package key

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Database is where the keys are: connections of the platform, so that no
// transaction of a request waits for a second connection of its own pool.
type Database interface {
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, text string, args ...any) (store.Rows, error)
}

// How a key stands.
const (
	active    = "ACTIVE"
	retiring  = "RETIRING"
	destroyed = "DESTROYED"
)

// stored is a row of data_keys.
type stored struct {
	id      uuid.UUID
	class   Class
	number  int
	status  string
	address string // of the studio's own key service; empty for the platform's
	wrapped []byte
	rotates time.Time
	changed time.Time
}

type table struct{ db Database }

// of returns the keys of a studio that still open something, the oldest first.
func (t table) of(ctx context.Context, tenant uuid.UUID) ([]stored, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT id, class, number, status, COALESCE(key_url, ''), wrapped, updated_at FROM data_keys
		WHERE tenant_id = $1 AND status <> 'DESTROYED' ORDER BY number, created_at`, tenant)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	defer rows.Close()
	var all []stored
	for rows.Next() {
		var s stored
		if err := rows.Scan(&s.id, &s.class, &s.number, &s.status, &s.address, &s.wrapped, &s.changed); err != nil {
			return nil, fmt.Errorf("key: %w", err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// insert adds a key, unless there is one of its number or another active one.
// That it takes the place of another is written into the studio's audit log.
func (t table) insert(ctx context.Context, tenant uuid.UUID, s stored, now time.Time) error {
	_, err := t.db.ExecContext(ctx, `WITH made AS (
			INSERT INTO data_keys (id, created_at, updated_at, version, tenant_id, class, number, status, key_url, wrapped, progress, rotates_at)
			VALUES ($1, $2, $2, 1, $3, $4, $5, $6, NULLIF($7, ''), $8, '', $9) ON CONFLICT DO NOTHING RETURNING id)
		INSERT INTO audit_entries (id, created_at, updated_at, tenant_id, category, action, actor, entity_type, entity_id, changed, request_id, outcome, address, occurred_at)
		SELECT $10, $2, $2, $3, 'SECURITY', 'data_key.rotated', $11, 'DataKey', id, '[]', $12, 'DONE', $13, $2 FROM made WHERE $5 > 1`,
		rule.NewID(), now.UTC(), tenant, string(s.class), s.number, s.status, s.address, s.wrapped, s.rotates.UTC(),
		rule.NewID(), viewer.From(ctx).Actor(), outbox.Request(ctx), outbox.Address(ctx))
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	return nil
}

// change rewrites how one key stands, unless somebody else has changed it.
func (t table) change(ctx context.Context, tenant uuid.UUID, s stored, from string, now time.Time) (bool, error) {
	result, err := t.db.ExecContext(ctx, `UPDATE data_keys SET status = $3::text, key_url = NULLIF($4, ''), wrapped = $5, updated_at = $6::timestamptz, version = version + 1,
		rotates_at = CASE WHEN $3::text = 'ACTIVE' THEN rotates_at END, destroyed_at = CASE WHEN $3::text = 'DESTROYED' THEN $6::timestamptz END
		WHERE tenant_id = $1 AND id = $2 AND status = $7`, tenant, s.id, s.status, s.address, s.wrapped, now.UTC(), from)
	if err != nil {
		return false, fmt.Errorf("key: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// over are the classes whose active key has to make room for the next.
func (t table) over(ctx context.Context, tenant uuid.UUID, now time.Time) (classes []Class, err error) {
	rows, err := t.db.QueryContext(ctx, `SELECT class FROM data_keys WHERE tenant_id = $1 AND status = 'ACTIVE' AND rotates_at <= $2 ORDER BY class`, tenant, now.UTC())
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var class Class
		if err := rows.Scan(&class); err != nil {
			return nil, fmt.Errorf("key: %w", err)
		}
		classes = append(classes, class)
	}
	return classes, rows.Err()
}

// date gives the keys of a class that have none the time of their rotation.
func (t table) date(ctx context.Context, class Class, every time.Duration) error {
	_, err := t.db.ExecContext(ctx, `UPDATE data_keys SET rotates_at = created_at + make_interval(secs => $2) WHERE class = $1 AND status = 'ACTIVE' AND rotates_at IS NULL`,
		string(class), every.Seconds())
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	return nil
}
