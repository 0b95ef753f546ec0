// Package postgres gives each test a database of its own on a real Postgres.
//
// All test processes of a checkout share one throw-away server: the first
// starts it, the others attach, and it stays for the next run until the stop
// command (the end of `make test`) removes it. BARRE_TEST_DATABASE_URL names
// another server instead, with the rights of a superuser.
package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/cluster"
)

// dropLimit bounds the removal of a database after its test.
const dropLimit = 30 * time.Second

// New returns the URL of an empty database with a superuser's rights, dropped
// when the test ends whoever is still connected. Roles belong to the whole
// server: a test that needs its own gives it a name of its own.
func New(t testing.TB) string {
	t.Helper()
	return newServer(t).create(t, "template1")
}

// server is where databases are made: the URL of its maintenance database.
type server string

func newServer(t testing.TB) server {
	t.Helper()
	if other := os.Getenv("BARRE_TEST_DATABASE_URL"); other != "" {
		return server(other)
	}
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Start(t.Context(), cluster.Config{Dir: dir, Scratch: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Detach)
	return server(c.URL("postgres", "", ""))
}

// Dir returns where the server of this checkout and user keeps its files.
func Dir() (string, error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for !exists(filepath.Join(root, "go.mod")) {
		if root == filepath.Dir(root) {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		root = filepath.Dir(root)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", os.Getuid(), root))
	return filepath.Join(os.TempDir(), fmt.Sprintf("barre-test-%x", sum[:6])), nil
}

// create makes a database for one test as a copy of template.
func (s server) create(t testing.TB, template string) string {
	t.Helper()
	name := "t_" + strings.ToLower(rand.Text())
	err := s.as(t.Context(), func(admin *pgx.Conn) error {
		_, err := admin.Exec(t.Context(), "CREATE DATABASE "+quote(name)+" TEMPLATE "+quote(template))
		return err
	})
	if err != nil {
		t.Fatalf("create a test database: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		ctx, cancel := context.WithTimeout(context.Background(), dropLimit)
		defer cancel()
		err := s.as(ctx, func(admin *pgx.Conn) error {
			_, err := admin.Exec(ctx, "DROP DATABASE "+quote(name)+" WITH (FORCE)")
			return err
		})
		if err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	address, err := s.database(name)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// as runs f with a connection to the maintenance database.
func (s server) as(ctx context.Context, f func(*pgx.Conn) error) error {
	admin, err := pgx.Connect(ctx, string(s))
	if err != nil {
		return err
	}
	defer admin.Close(context.WithoutCancel(ctx))
	return f(admin)
}

// database returns the URL of another database of the same server.
func (s server) database(name string) (string, error) {
	u, err := url.Parse(string(s))
	if err != nil {
		return "", fmt.Errorf("BARRE_TEST_DATABASE_URL is not a URL") // it may hold a password
	}
	u.Path = "/" + name
	return u.String(), nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
