package postgres

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
)

// buildLock is the advisory lock under which templates are built. There is one
// for all, because migrations make roles, and those belong to the server.
const buildLock = 0x6261727265 // "barre"

// NewFromTemplate is New with a content: a copy of a template that build fills
// once per key and server, whatever the number of tests and processes that ask
// for it. key must change with everything that build does, such as the hash of
// the migrations. build gets a superuser's URL; its connections are cut when
// it returns.
func NewFromTemplate(t testing.TB, key string, build func(url string) error) string {
	t.Helper()
	s := newServer(t)
	name := fmt.Sprintf("tpl_%x", sha256.Sum256([]byte(key)))[:40]
	err := s.as(t.Context(), func(admin *pgx.Conn) error {
		return s.ensureTemplate(t.Context(), admin, name, build)
	})
	if err != nil {
		t.Fatalf("build the template database: %v", err)
	}
	return s.create(t, name)
}

func (s server) ensureTemplate(ctx context.Context, admin *pgx.Conn, name string, build func(url string) error) error {
	if built, err := isBuilt(ctx, admin, name); built || err != nil {
		return err
	}
	// The lock ends with the connection, so that a killed test leaves none.
	if _, err := admin.Exec(ctx, "SELECT pg_advisory_lock($1)", buildLock); err != nil {
		return err
	}
	if built, err := isBuilt(ctx, admin, name); built || err != nil {
		return err
	}
	return s.buildTemplate(ctx, admin, name, build)
}

// buildTemplate gives the database its name last: what has the name is whole.
func (s server) buildTemplate(ctx context.Context, admin *pgx.Conn, name string, build func(url string) error) error {
	draft := name + "_draft"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + quote(draft) + " WITH (FORCE)",
		"CREATE DATABASE " + quote(draft),
	} {
		if _, err := admin.Exec(ctx, statement); err != nil {
			return err
		}
	}
	address, err := s.database(draft)
	if err != nil {
		return err
	}
	if err := build(address); err != nil {
		return err
	}
	// A database can be copied only while nobody is connected to it.
	if _, err := admin.Exec(ctx, "ALTER DATABASE "+quote(draft)+" WITH ALLOW_CONNECTIONS false"); err != nil {
		return err
	}
	if _, err := admin.Exec(ctx, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", draft); err != nil {
		return err
	}
	_, err = admin.Exec(ctx, "ALTER DATABASE "+quote(draft)+" RENAME TO "+quote(name))
	return err
}

func isBuilt(ctx context.Context, admin *pgx.Conn, name string) (built bool, err error) {
	err = admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&built)
	return built, err
}
