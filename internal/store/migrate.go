package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"

	"github.com/barrehq/barre/ent/migrate"
	"github.com/barrehq/barre/internal/secret"
)

// The database roles. Owner migrates, App serves requests, System works across
// tenants; none may become another.
const (
	OwnerRole  = "barre_owner"
	AppRole    = "barre_app"
	SystemRole = "barre_system"
)

// Provision makes the roles with the given password and a database that Owner
// owns, as a superuser. It may be run any number of times.
func Provision(ctx context.Context, superuserURL, database string, password secret.String) error {
	db, err := sql.Open("postgres", superuserURL)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := makeRoles(ctx, db, password); err != nil {
		return err
	}
	return makeDatabase(ctx, db, database)
}

func makeRoles(ctx context.Context, db *sql.DB, password secret.String) error {
	for _, role := range []string{OwnerRole, AppRole, SystemRole} {
		statement := fmt.Sprintf(`DO $$ BEGIN CREATE ROLE %[1]s; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
			ALTER ROLE %[1]s LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE INHERIT PASSWORD %[2]s;`,
			role, pq.QuoteLiteral(password.Reveal()))
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("store: make role %s: %w", role, err)
		}
	}
	// What a request may take at most; a report or a migration is not bound by it.
	if _, err := db.ExecContext(ctx, `ALTER ROLE barre_app SET statement_timeout = '5s'; ALTER ROLE barre_app SET lock_timeout = '4s';
		ALTER ROLE barre_app SET idle_in_transaction_session_timeout = '10s'; ALTER ROLE barre_app SET timezone = 'UTC'; ALTER ROLE barre_system SET timezone = 'UTC';
		ALTER ROLE barre_app SET jit = off; ALTER ROLE barre_system SET jit = off`); err != nil {
		return fmt.Errorf("store: bound the request role: %w", err)
	}
	return nil
}

func makeDatabase(ctx context.Context, db *sql.DB, database string) error {
	var exists bool
	if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, database).Scan(&exists); err != nil {
		return err
	}
	if !exists {
		if _, err := db.ExecContext(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(database)); err != nil {
			return fmt.Errorf("store: make database: %w", err)
		}
	}
	name := pq.QuoteIdentifier(database)
	_, err := db.ExecContext(ctx, "ALTER DATABASE "+name+" OWNER TO barre_owner; REVOKE ALL ON DATABASE "+name+
		" FROM PUBLIC; GRANT CONNECT ON DATABASE "+name+" TO barre_app, barre_system")
	return err
}

// Migrate brings the tables up to date and raises the walls, as the owner. It
// reports how many migrations it applied.
func Migrate(ctx context.Context, ownerURL string) (int, error) {
	db, err := sql.Open("postgres", ownerURL)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	folder, err := fs.Sub(migrate.Files, "migrations")
	if err != nil {
		return 0, err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, folder)
	if err != nil {
		return 0, fmt.Errorf("store: read migrations: %w", err)
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("store: migrate: %w", err)
	}
	walls, err := migrate.Files.ReadFile("walls.sql")
	if err != nil {
		return 0, err
	}
	if _, err := db.ExecContext(ctx, "BEGIN; "+string(walls)+" GRANT SELECT ON goose_db_version TO barre_system; COMMIT;"); err != nil {
		return 0, fmt.Errorf("store: raise the walls: %w", err)
	}
	return len(applied), nil
}
