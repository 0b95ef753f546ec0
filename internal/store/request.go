package store

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/internal/viewer"
)

// bind tells row level security the tenant, to the end of the transaction: the
// one that BEGIN opened, or else the one around the statements of one trip.
const bind = "SELECT set_config('barre.tenant', $1, true)"

// bindStaff is bind for the operator's staff: the database then refuses by
// itself what they may never do.
const bindStaff = "SELECT set_config('barre.tenant', $1, true), set_config('barre.staff', $2, true)"

// binding queues what tells the database who asks: the tenant and, of the
// operator's staff, under which access.
func binding(batch *pgx.Batch, tenant, staff string) {
	if staff == "" {
		batch.Queue(bind, tenant)
	} else {
		batch.Queue(bindStaff, tenant, staff)
	}
}

// staffOf is the access of the operator's staff under which ctx acts; empty for
// everybody else.
func staffOf(ctx context.Context) string {
	if v := viewer.From(ctx); v.IsStaff() {
		return v.StaffAccessID.String()
	}
	return ""
}

// requests is the pool of the role that serves requests. What it sends begins
// with the tenant of the call's context, in the same trip as the statement, so
// that no code can reach SQL as somebody else and no connection remembers whose
// it was.
type requests struct {
	pool  *pgxpool.Pool
	count func(text string)
	trip  func()
}

func openRequests(ctx context.Context, cfg Config) (*requests, error) {
	c, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, errors.New("store: the database address is not valid") // pgx repeats it, with the password
	}
	c.MaxConns, c.MaxConnIdleTime = int32(cfg.MaxConns), 5*time.Minute
	c.ConnConfig.StatementCacheCapacity = statementsPerConn
	c.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 3 * time.Second}
	}
	c.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		conn.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	trip := cfg.Trip
	if trip == nil {
		trip = func() {}
	}
	return &requests{pool, counting(cfg), trip}, nil
}

// tenantOf is what bind takes: nothing where nobody asks, who then sees nothing.
func tenantOf(ctx context.Context) string {
	if v := viewer.From(ctx); v != nil && v.TenantID != uuid.Nil {
		return v.TenantID.String()
	}
	return ""
}

// ExecContext runs a statement as the tenant of ctx.
func (r *requests) ExecContext(ctx context.Context, text string, args ...any) (stdsql.Result, error) {
	return drain(r.QueryContext(ctx, text, args...))
}

// QueryContext runs a query as the tenant of ctx.
func (r *requests) QueryContext(ctx context.Context, text string, args ...any) (Rows, error) {
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	batch := &pgx.Batch{}
	binding(batch, tenantOf(ctx), staffOf(ctx))
	r.queue(batch, text, args)
	return r.send(ctx, conn.Conn(), batch, conn.Release)
}

// queue adds a statement to a trip. As arrays of bytes, pgx sends ids without
// spelling them.
func (r *requests) queue(batch *pgx.Batch, text string, args []any) {
	r.count(text)
	sent := make([]any, len(args))
	for i, arg := range args {
		if id, ok := arg.(uuid.UUID); ok {
			arg = [16]byte(id)
		}
		sent[i] = arg
	}
	batch.Queue(text, sent...)
}

// begin returns a transaction of the tenant of ctx.
func (r *requests) begin(ctx context.Context) (*requestTx, error) {
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: begin: %w", err)
	}
	return &requestTx{requests: r, conn: conn, how: "BEGIN", tenant: tenantOf(ctx), staff: staffOf(ctx), next: &pgx.Batch{}, busy: make(chan struct{}, 1)}, nil
}

// send makes one trip and returns the rows of its last statement. Whoever
// closes them is done with the connection.
func (r *requests) send(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch, done func()) (Rows, error) {
	r.trip()
	a := &answer{results: conn.SendBatch(ctx, batch), done: done}
	for range batch.Len() - 1 {
		if _, err := a.results.Exec(); err != nil {
			return nil, a.fail(err)
		}
	}
	var err error
	if a.rows, err = a.results.Query(); err != nil {
		return nil, a.fail(err)
	}
	// The first row is asked for here, because only then it is known whether
	// the statement ran at all.
	if a.ahead = a.rows.Next(); !a.ahead {
		if err := a.rows.Err(); err != nil {
			return nil, a.fail(err)
		}
	}
	return a, nil
}

// requestTx is a transaction of the request pool. Its BEGIN travels with its
// first statement and its COMMIT with its last.
type requestTx struct {
	*requests
	conn   *pgxpool.Conn
	how    string // it begins
	tenant string
	staff  string
	begun  bool
	over   bool
	next   *pgx.Batch    // what the next trip begins with
	busy   chan struct{} // full while rows are open: a connection answers one at a time
}

// errTenantChanged is returned where a transaction of one tenant, or of staff, is used for another.
var errTenantChanged = errors.New("store: tenant changed inside a transaction")

func (t *requestTx) ExecContext(ctx context.Context, text string, args ...any) (stdsql.Result, error) {
	return drain(t.QueryContext(ctx, text, args...))
}

func (t *requestTx) QueryContext(ctx context.Context, text string, args ...any) (Rows, error) {
	if tenantOf(ctx) != t.tenant || staffOf(ctx) != t.staff {
		return nil, errTenantChanged
	}
	return t.run(ctx, func(batch *pgx.Batch) { t.queue(batch, text, args) })
}

// hold lets a statement wait for the next trip.
func (t *requestTx) hold(ctx context.Context, text string, args []any) error {
	if tenantOf(ctx) != t.tenant || staffOf(ctx) != t.staff {
		return errTenantChanged
	}
	if err := t.enter(ctx); err != nil {
		return err
	}
	defer t.leave()
	t.open()
	t.queue(t.next, text, args)
	return nil
}

// run makes a trip as part of the transaction, with what queue adds last.
func (t *requestTx) run(ctx context.Context, queue func(*pgx.Batch)) (Rows, error) {
	if err := t.enter(ctx); err != nil {
		return nil, err
	}
	t.open()
	batch := t.next
	t.next = &pgx.Batch{}
	queue(batch)
	return t.send(ctx, t.conn.Conn(), batch, t.leave)
}

// open begins the transaction with its first statement.
func (t *requestTx) open() {
	if !t.begun {
		t.begun = true
		t.next.Queue(t.how)
		binding(t.next, t.tenant, t.staff)
	}
}

// enter waits until no rows are open.
func (t *requestTx) enter(ctx context.Context) error {
	select {
	case t.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if t.over {
		t.leave()
		return stdsql.ErrTxDone
	}
	return nil
}

func (t *requestTx) leave() { <-t.busy }

// commit runs the record of the transaction, where there is one, and commits.
func (t *requestTx) commit(ctx context.Context, record *Statement) error {
	if !t.begun && record == nil {
		return nil
	}
	rows, err := t.run(ctx, func(batch *pgx.Batch) {
		if record != nil {
			t.queue(batch, record.text, record.args)
		}
		batch.Queue("COMMIT")
	})
	if err != nil {
		return err
	}
	if err := rows.Close(); err != nil {
		return err
	}
	// A transaction that has failed answers COMMIT by rolling back.
	if tag := rows.(*answer).rows.CommandTag().String(); tag != "COMMIT" {
		return fmt.Errorf("store: commit answered %s", tag)
	}
	t.begun = false
	return nil
}

// end gives the connection back; what was not committed is undone.
func (t *requestTx) end() {
	t.busy <- struct{}{}
	defer t.leave()
	t.over = true
	if t.begun && !t.conn.Conn().IsClosed() {
		// The context of the request may have ended, which is no reason to
		// lose the connection.
		ctx, stop := context.WithTimeout(context.Background(), 3*time.Second)
		defer stop()
		_, _ = t.conn.Exec(ctx, "ROLLBACK")
	}
	t.conn.Release() // the pool closes what is still inside a transaction
}

// answer is what came back from a trip.
type answer struct {
	results pgx.BatchResults
	rows    pgx.Rows
	ahead   bool // whether a row was read that Next has not yet told of
	told    bool
	done    func()
	closed  error
}

func (a *answer) fail(err error) error {
	if closing := a.Close(); err == nil {
		err = closing
	}
	return err
}

// Close returns the first error of the trip.
func (a *answer) Close() error {
	if a.done == nil {
		return a.closed
	}
	if a.rows != nil {
		a.rows.Close()
		a.closed = a.rows.Err()
	}
	if err := a.results.Close(); a.closed == nil {
		a.closed = err
	}
	a.done()
	a.done = nil
	return a.closed
}

// Next closes the answer behind its last row.
func (a *answer) Next() bool {
	if a.told {
		a.ahead = a.ahead && a.rows.Next()
	}
	a.told = true
	if !a.ahead {
		_ = a.Close()
	}
	return a.ahead
}

// Err is what ended the rows before their end.
func (a *answer) Err() error {
	if a.closed != nil {
		return a.closed
	}
	return a.rows.Err()
}

func (a *answer) Scan(into ...any) error { return a.rows.Scan(into...) }
func (a *answer) NextResultSet() bool    { return false }

// Raw is the row at hand as Postgres sent it, in the binary form of each
// type; it is valid until the next one.
func (a *answer) Raw() [][]byte { return a.rows.RawValues() }

func (a *answer) Columns() ([]string, error) {
	fields := a.rows.FieldDescriptions()
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].Name
	}
	return names, nil
}

// ColumnTypes is of no use to anybody who reads what ent selects.
func (a *answer) ColumnTypes() ([]*stdsql.ColumnType, error) {
	return nil, errors.New("store: the types of columns are not told")
}

// counting is what is told of each statement.
func counting(cfg Config) func(string) {
	if cfg.Count == nil {
		return func(string) {}
	}
	return cfg.Count
}

// drain runs a statement to its end.
func drain(rows Rows, err error) (stdsql.Result, error) {
	if err != nil {
		return nil, err
	}
	a := rows.(*answer)
	if err := a.Close(); err != nil {
		return nil, err
	}
	return driver.RowsAffected(a.rows.CommandTag().RowsAffected()), nil
}
