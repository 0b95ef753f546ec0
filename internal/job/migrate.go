package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/barrehq/barre/internal/store"
)

// migrating is the number of the advisory lock under which one process at a
// time migrates.
const migrating = 0x6261727265_01

// Migrate brings River's tables up to date and opens them to the system role
// alone, as the owner of the database. Call it after store.Migrate; it may be
// run any number of times, and by several processes at once.
func Migrate(ctx context.Context, ownerURL string) error {
	pool, err := Open(ctx, ownerURL, 4)
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("job: connect: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrating); err != nil {
		return fmt.Errorf("job: wait for another migration: %w", err)
	}
	err = migrate(ctx, pool)
	_, unlock := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrating)
	return errors.Join(err, unlock)
}

func migrate(ctx context.Context, pool *pgxpool.Pool) error {
	schema := pgx.Identifier{Schema}.Sanitize()
	if _, err := pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema); err != nil {
		return fmt.Errorf("job: make the schema: %w", err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: Schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("job: read migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("job: migrate: %w", err)
	}
	for _, statement := range []string{
		// They serve searching jobs by what they hold, which nobody does, and
		// cost more than all else of a job: each of its states writes them anew.
		"DROP INDEX IF EXISTS %[1]s.river_job_args_index, %[1]s.river_job_metadata_index",
		"REVOKE ALL ON SCHEMA %[1]s FROM PUBLIC, %[3]s",
		"REVOKE ALL ON ALL TABLES IN SCHEMA %[1]s FROM PUBLIC, %[3]s",
		"GRANT USAGE ON SCHEMA %[1]s TO %[2]s",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %[1]s TO %[2]s",
		"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %[1]s TO %[2]s",
	} {
		if _, err := pool.Exec(ctx, fmt.Sprintf(statement, schema, store.SystemRole, store.AppRole)); err != nil {
			return fmt.Errorf("job: grant: %w", err)
		}
	}
	return nil
}
