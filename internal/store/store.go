// Package store opens Postgres: one pool for requests, which sees one tenant
// at a time, and one for the platform's own work across tenants. It is the only
// way to a connection.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"

	entgo "entgo.io/ent"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

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
	// Record gives the statement that writes down what a transaction changed;
	// it is part of the transaction. Nil refuses every change that must be
	// recorded.
	Record func(context.Context, []rule.Change) Statement
	// Committed is told of each commit that recorded a change; may be nil.
	Committed func()
	// Count is told of each statement but BEGIN, COMMIT and the tenant's name,
	// and Trip of each time that the request pool waits for the database, for
	// tests that bound them; both may be nil.
	Count func(text string)
	Trip  func()
	// Seal returns what keeps sensitive texts unreadable at rest, which has
	// connections of the platform to find its keys with. Nil seals nothing.
	Seal func(Execer) Sealer
}

// Sealer keeps sensitive texts unreadable at rest.
type Sealer interface {
	// Hook and Intercept seal what ent writes and open what it reads.
	Hook(next entgo.Mutator) entgo.Mutator
	Intercept(next entgo.Querier) entgo.Querier
	// OpenText opens the text of a row that was read without ent.
	OpenText(ctx context.Context, tenant uuid.UUID, entity, column string, id uuid.UUID, text []byte) ([]byte, error)
	// Digests are what a text is found by in the column beside its own.
	Digests(ctx context.Context, tenant uuid.UUID, entity, column, text string) ([][]byte, error)
}

// Statement is a text with its arguments.
type Statement struct {
	text string
	args []any
}

// NewStatement returns a statement that the store is to run.
func NewStatement(text string, args ...any) Statement { return Statement{text, args} }

// Rows are what a query answers. Err and Close tell what went wrong on the way.
type Rows = entsql.ColumnScanner

// Execer runs statements: outside of a transaction each on its own.
type Execer interface {
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, text string, args ...any) (Rows, error)
}

// transaction is one of either pool. Whoever began it ends it.
type transaction interface {
	Execer
	// hold runs a statement now or, where it can, with the next one.
	hold(ctx context.Context, text string, args []any) error
	// commit runs record, where there is one, as the last statement.
	commit(ctx context.Context, record *Statement) error
	// end undoes what was not committed.
	end()
}

// Store is an open database.
type Store struct {
	requests *requests
	platform *platform
	client   *ent.Client
	sealer   Sealer // nil where nothing is sealed
	cfg      Config
}

// Open connects both pools and refuses a role that could step around a wall.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	cfg.MaxConns = cmp.Or(cfg.MaxConns, 20)
	requests, err := openRequests(ctx, cfg)
	if err != nil {
		return nil, err
	}
	platform, err := openPlatform(cfg)
	if err != nil {
		requests.pool.Close()
		return nil, err
	}
	s := &Store{requests: requests, platform: platform, cfg: cfg}
	s.client = ent.NewClient(ent.Driver(runner{s}))
	if cfg.Seal != nil {
		s.sealer = cfg.Seal(platform.aside())
		s.client.Use(s.sealer.Hook)
		s.client.Intercept(entgo.InterceptFunc(s.sealer.Intercept))
	}
	if err := checkWalls(ctx, requests); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Sealer returns what keeps sensitive texts sealed; nil where nothing does.
func (s *Store) Sealer() Sealer { return s.sealer }

// OpenText opens the sensitive text of a row that was read without ent.
func (s *Store) OpenText(ctx context.Context, tenant uuid.UUID, entity, column string, id uuid.UUID, text []byte) ([]byte, error) {
	if s.sealer == nil {
		return text, nil
	}
	return s.sealer.OpenText(ctx, tenant, entity, column, id, text)
}

// Digests returns what a text is found by in a sealed column: one digest for
// each key that is in use. There are none where nothing is sealed.
func (s *Store) Digests(ctx context.Context, tenant uuid.UUID, entity, column, text string) ([][]byte, error) {
	if s.sealer == nil {
		return nil, nil
	}
	return s.sealer.Digests(ctx, tenant, entity, column, text)
}

// Close closes both pools. That a connection could not say goodbye, because
// the database went first, is no error.
func (s *Store) Close() {
	s.requests.pool.Close()
	_ = s.platform.db.Close()
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.requests.pool.Ping(ctx) }

type txKey struct{}

// tx is the transaction that ctx is in.
type tx struct {
	transaction
	store   *Store
	changes []rule.Change
	after   []func()
}

// Record collects a change; see rule.Recorder. The row is on its way to be
// opened for whoever changed it; what is recorded stays as it is stored.
func (t *tx) Record(c rule.Change) {
	c.Row = atRest(c.Row)
	t.changes = append(t.changes, c)
}

// atRest returns a copy of a row with sensitive texts, and any other as it is.
func atRest(row rule.Row) rule.Row {
	if _, sensitive := row.(interface {
		Turn(func(column, text string) (string, error)) error
	}); !sensitive {
		return row
	}
	whole := reflect.ValueOf(row).Elem()
	kept := reflect.New(whole.Type())
	kept.Elem().Set(whole)
	return kept.Interface().(rule.Row)
}

// Sees tells whether a row is among those that the rules let ctx see; see rule.Witness.
func (t *tx) Sees(ctx context.Context, name string, id uuid.UUID) (bool, error) {
	rows, err := ent.Kinds[name].List(ctx, t.store.client, func(s *entsql.Selector) { s.Where(entsql.EQ(s.C("id"), id)) })
	return len(rows) > 0, err
}

// Client returns the client of ctx. It runs each statement where Run of that
// statement's own context does.
func (s *Store) Client(context.Context) *ent.Client { return s.client }

// Run returns what runs hand-written SQL in ctx, under the same walls.
func (s *Store) Run(ctx context.Context) Execer {
	if t, ok := ctx.Value(txKey{}).(*tx); ok {
		return t.transaction
	}
	if viewer.From(ctx).IsAcrossTenants() {
		return s.platform
	}
	return s.requests
}

func (s *Store) begin(ctx context.Context) (transaction, error) {
	if viewer.From(ctx).IsAcrossTenants() {
		return s.platform.begin(ctx)
	}
	return s.requests.begin(ctx)
}

// InTx runs fn in a transaction: what it changed is committed together with
// its record, or not at all. Inside a transaction it joins that one.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	if _, inside := ctx.Value(txKey{}).(*tx); inside {
		return fn(ctx)
	}
	raw, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer raw.end()
	t := &tx{transaction: raw, store: s}
	inside := rule.WithRecorder(context.WithValue(ctx, txKey{}, t), t)
	if err := fn(inside); err != nil {
		return err
	}
	record, err := s.record(inside, t.changes)
	if err != nil {
		return err
	}
	if err := raw.commit(ctx, record); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	if record != nil && s.cfg.Committed != nil {
		s.cfg.Committed()
	}
	for _, after := range t.after {
		after()
	}
	return nil
}

// InSnapshot runs fn in a transaction that sees what was committed before it
// and nothing of what comes meanwhile. It can change nothing.
func (s *Store) InSnapshot(ctx context.Context, fn func(context.Context) error) error {
	if viewer.From(ctx).IsAcrossTenants() {
		return errors.New("store: a snapshot is one studio's")
	}
	raw, err := s.requests.begin(ctx)
	if err != nil {
		return err
	}
	defer raw.end()
	raw.how = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	// It reads page by page, each along an index. Where statistics are old,
	// Postgres would rather sort all that is left, for every page.
	if err := raw.hold(ctx, "SET LOCAL enable_sort = off", nil); err != nil {
		return err
	}
	return fn(context.WithValue(ctx, txKey{}, &tx{transaction: raw, store: s}))
}

// record is the statement that writes down the changes; nil where there are none.
func (s *Store) record(ctx context.Context, changes []rule.Change) (*Statement, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	if s.cfg.Record == nil {
		return nil, errors.New("store: there is no way to record changes")
	}
	statement := s.cfg.Record(ctx, changes)
	return &statement, nil
}

// Changed reports whether the transaction of ctx has a change to record.
func (s *Store) Changed(ctx context.Context) bool {
	t, inside := ctx.Value(txKey{}).(*tx)
	return inside && len(t.changes) > 0
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

type heldKey struct{}

// Hold returns a context in which a row that is made, but not read back, may
// wait and travel with the next statement of its transaction, which then fails
// in its stead; the commit at the latest.
func Hold(ctx context.Context) context.Context { return context.WithValue(ctx, heldKey{}, true) }

func held(ctx context.Context) bool { return ctx.Value(heldKey{}) != nil }
