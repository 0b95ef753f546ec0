// Package store opens Postgres: one pool for requests, which sees one tenant
// at a time, and one for the platform's own work across tenants. It is the only
// way to a connection.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	entsql "entgo.io/ent/dialect/sql"
	"github.com/lib/pq"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	_ "github.com/barrehq/barre/ent/runtime" // ties the rules of ent/schema to the client
	"github.com/barrehq/barre/internal/viewer"
)

// Config says where the database is and how much of it to use.
type Config struct {
	URL       string // of the role that serves requests
	SystemURL string // of the role that works across tenants
	MaxConns  int    // of the request pool; 0 means 20
	// Flush writes what a transaction changed just before its commit. Nil
	// refuses every change that must be recorded.
	Flush func(context.Context, Execer, []rule.Change) error
	// Committed is told of each commit that recorded a change; may be nil.
	Committed func()
	// Count is told of each statement, for tests that bound them; may be nil.
	Count func(text string)
}

// Execer runs one statement inside a transaction.
type Execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Store is an open database.
type Store struct {
	app, system             *sql.DB
	appClient, systemClient *ent.Client
	cfg                     Config
}

// Open connects both pools and refuses a role that could step around a wall.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.MaxConns == 0 {
		cfg.MaxConns = 20
	}
	app, err := pool(cfg.URL, cfg.MaxConns, true)
	if err != nil {
		return nil, err
	}
	system, err := pool(cfg.SystemURL, max(4, cfg.MaxConns/4), false)
	if err != nil {
		return nil, err
	}
	s := &Store{app: app, system: system, cfg: cfg}
	s.appClient, s.systemClient = client(s.counted(app)), client(s.counted(system))
	if err := checkWalls(ctx, app); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func pool(url string, size int, bound bool) (*sql.DB, error) {
	base, err := pq.NewConnector(url)
	if err != nil {
		return nil, fmt.Errorf("store: the database address is not valid: %w", err)
	}
	db := sql.OpenDB(connector{base, bound})
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

func client(run Execer) *ent.Client {
	return ent.NewClient(ent.Driver(runner{entsql.Conn{ExecQuerier: run}}))
}

// Close closes both pools.
func (s *Store) Close() error { return errors.Join(s.app.Close(), s.system.Close()) }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.app.PingContext(ctx) }

type txKey struct{}

// tx is the transaction that ctx is in.
type tx struct {
	run     Execer
	client  *ent.Client
	changes []rule.Change
	after   []func()
}

// Record collects a change; see rule.Recorder.
func (t *tx) Record(c rule.Change) { t.changes = append(t.changes, c) }

// Client returns the client of ctx: the transaction's where there is one, else
// the pool of the viewer.
func (s *Store) Client(ctx context.Context) *ent.Client {
	if t, ok := ctx.Value(txKey{}).(*tx); ok {
		return t.client
	}
	if viewer.From(ctx).IsAcrossTenants() {
		return s.systemClient
	}
	return s.appClient
}

// Run returns what runs hand-written SQL in ctx, under the same walls.
func (s *Store) Run(ctx context.Context) Execer {
	if t, ok := ctx.Value(txKey{}).(*tx); ok {
		return t.run
	}
	if viewer.From(ctx).IsAcrossTenants() {
		return s.counted(s.system)
	}
	return s.counted(s.app)
}

// InTx runs fn in a transaction: what it changed is committed together with
// its record, or not at all. Inside a transaction it joins that one.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	if _, inside := ctx.Value(txKey{}).(*tx); inside {
		return fn(ctx)
	}
	db := s.app
	if viewer.From(ctx).IsAcrossTenants() {
		db = s.system
	}
	raw, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer raw.Rollback() // no effect after the commit
	run := s.counted(raw)
	t := &tx{run: run, client: client(run)}
	inside := rule.WithRecorder(context.WithValue(ctx, txKey{}, t), t)
	if err := fn(inside); err != nil {
		return err
	}
	if len(t.changes) > 0 {
		if s.cfg.Flush == nil {
			return errors.New("store: there is no way to record changes")
		}
		if err := s.cfg.Flush(inside, run, t.changes); err != nil {
			return fmt.Errorf("store: record changes: %w", err)
		}
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	if len(t.changes) > 0 && s.cfg.Committed != nil {
		s.cfg.Committed()
	}
	for _, after := range t.after {
		after()
	}
	return nil
}

// AfterCommit runs fn once the transaction of ctx is committed; at once where
// there is none.
func (s *Store) AfterCommit(ctx context.Context, fn func()) {
	if t, ok := ctx.Value(txKey{}).(*tx); ok {
		t.after = append(t.after, fn)
		return
	}
	fn()
}

// InTransaction reports whether ctx is inside a transaction.
func InTransaction(ctx context.Context) bool { _, ok := ctx.Value(txKey{}).(*tx); return ok }

// counted tells cfg.Count of each statement.
func (s *Store) counted(run Execer) Execer {
	if s.cfg.Count == nil {
		return run
	}
	return counter{run, s.cfg.Count}
}

type counter struct {
	Execer
	count func(string)
}

func (c counter) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	c.count(text)
	return c.Execer.ExecContext(ctx, text, args...)
}

func (c counter) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	c.count(text)
	return c.Execer.QueryContext(ctx, text, args...)
}
