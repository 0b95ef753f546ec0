package store

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/internal/viewer"
)

// statementsPerConn bounds the prepared statements that one connection keeps.
const statementsPerConn = 256

// connector opens connections that are bound to the tenant of each call's
// context, so that no code can reach SQL as somebody else, and that prepare
// each statement once.
type connector struct {
	driver.Connector
	bound bool // whether row level security needs to know the tenant
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	raw, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: raw, bound: c.bound, statements: map[string]*list.Element{}, recent: list.New()}, nil
}

// conn is one connection. database/sql never uses it from two goroutines at once.
type conn struct {
	driver.Conn
	bound      bool
	tenant     uuid.UUID
	inTx       bool
	broken     bool
	statements map[string]*list.Element
	recent     *list.List // of *prepared, latest first
}

type prepared struct {
	text      string
	statement driver.Stmt
}

// errTenantChanged is returned where a transaction of one tenant is used for another.
var errTenantChanged = errors.New("store: tenant changed inside a transaction")

// bind tells Postgres the tenant of ctx where it differs from the last one.
func (c *conn) bind(ctx context.Context) error {
	if !c.bound {
		return nil
	}
	var want uuid.UUID
	if v := viewer.From(ctx); v != nil {
		want = v.TenantID
	}
	if want == c.tenant {
		return nil
	}
	if c.inTx {
		return errTenantChanged
	}
	value := ""
	if want != uuid.Nil {
		value = want.String()
	}
	rows, err := c.query(ctx, "SELECT set_config('barre.tenant', $1, false)", []driver.NamedValue{{Ordinal: 1, Value: value}})
	if err == nil {
		err = rows.Close()
	}
	if err != nil {
		c.broken = true // nobody knows whose connection it is now
		return fmt.Errorf("store: bind tenant: %w", err)
	}
	c.tenant = want
	return nil
}

// QueryContext runs a query as the tenant of ctx.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.bind(ctx); err != nil {
		return nil, err
	}
	return c.query(ctx, text, args)
}

func (c *conn) query(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 && !c.known(text) {
		return c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args)
	}
	statement, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := statement.(driver.StmtQueryContext).QueryContext(ctx, args)
	return rows, c.forget(text, err)
}

// ExecContext runs a statement as the tenant of ctx.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.bind(ctx); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return c.Conn.(driver.ExecerContext).ExecContext(ctx, text, args)
	}
	statement, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	result, err := statement.(driver.StmtExecContext).ExecContext(ctx, args)
	return result, c.forget(text, err)
}

func (c *conn) known(text string) bool { _, ok := c.statements[text]; return ok }

// prepare returns the statement of text, preparing it at its first use.
func (c *conn) prepare(ctx context.Context, text string) (driver.Stmt, error) {
	if found, ok := c.statements[text]; ok {
		c.recent.MoveToFront(found)
		return found.Value.(*prepared).statement, nil
	}
	statement, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	c.statements[text] = c.recent.PushFront(&prepared{text, statement})
	if c.recent.Len() > statementsPerConn {
		c.drop(c.recent.Back())
	}
	return statement, nil
}

func (c *conn) drop(element *list.Element) {
	old := c.recent.Remove(element).(*prepared)
	delete(c.statements, old.text)
	_ = old.statement.Close()
}

// forget drops a statement whose plan a migration has outdated, so that the
// next use prepares it anew.
func (c *conn) forget(text string, err error) error {
	const featureNotSupported = "0A000" // "cached plan must not change result type"
	var failure *pq.Error
	if errors.As(err, &failure) && failure.Code == featureNotSupported {
		if found, ok := c.statements[text]; ok {
			c.drop(found)
		}
	}
	return err
}

// BeginTx opens a transaction that belongs to the tenant of ctx to its end.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := c.bind(ctx); err != nil {
		return nil, err
	}
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	c.inTx = true
	return &transaction{tx, c}, nil
}

type transaction struct {
	driver.Tx
	conn *conn
}

func (t *transaction) Commit() error   { t.conn.inTx = false; return t.Tx.Commit() }
func (t *transaction) Rollback() error { t.conn.inTx = false; return t.Tx.Rollback() }

// PrepareContext binds the tenant too; nothing of ours prepares by hand.
func (c *conn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if err := c.bind(ctx); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, text)
}

// CheckNamedValue lets lib/pq take slices as arrays.
func (c *conn) CheckNamedValue(value *driver.NamedValue) error {
	return c.Conn.(driver.NamedValueChecker).CheckNamedValue(value)
}

// ResetSession is asked at each checkout from the pool.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.broken {
		return driver.ErrBadConn
	}
	c.inTx = false
	return c.Conn.(driver.SessionResetter).ResetSession(ctx)
}

// IsValid is asked at each return to the pool.
func (c *conn) IsValid() bool { return !c.broken && c.Conn.(driver.Validator).IsValid() }

// Ping reports whether the server answers.
func (c *conn) Ping(ctx context.Context) error { return c.Conn.(driver.Pinger).Ping(ctx) }
