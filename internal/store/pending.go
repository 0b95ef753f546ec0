package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"

	"github.com/barrehq/barre/ent/migrate"
)

// Pending reports how many migrations this program has and the database has
// not. The system role and the owner may ask; it changes nothing.
func Pending(ctx context.Context, url string) (int, error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return 0, fmt.Errorf("store: the database address is not valid: %w", err)
	}
	defer db.Close()
	applied, err := appliedVersions(ctx, db)
	if err != nil {
		return 0, err
	}
	names, err := fs.Glob(migrate.Files, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	pending := 0
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("store: migration %s: %w", name, err)
		}
		if !applied[version] {
			pending++
		}
	}
	return pending, nil
}

// appliedVersions reads what goose has written down; nothing where it never ran.
func appliedVersions(ctx context.Context, db *sql.DB) (map[int64]bool, error) {
	applied := map[int64]bool{}
	rows, err := db.QueryContext(ctx, `SELECT version_id FROM goose_db_version WHERE is_applied`)
	var failure *pq.Error
	if errors.As(err, &failure) && failure.Code == "42P01" {
		return applied, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: read which migrations were applied: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, fmt.Errorf("store: read which migrations were applied: %w", err)
		}
		applied[version] = true
	}
	return applied, rows.Err()
}
