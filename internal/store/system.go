package store

import (
	"container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"
)

// statementsPerConn bounds the prepared statements that one connection keeps.
const statementsPerConn = 256

// platform is the pool of the role that works across tenants, which row level
// security lets see them all.
type platform struct {
	db    *sql.DB
	count func(text string)
}

func openPlatform(cfg Config) (*platform, error) {
	base, err := pq.NewConnector(cfg.SystemURL)
	if err != nil {
		return nil, fmt.Errorf("store: the database address is not valid: %w", err)
	}
	db, size := sql.OpenDB(connector{base}), max(4, cfg.MaxConns/4)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return &platform{db, counting(cfg)}, nil
}

// aside is the same pool for what is no part of any request's work.
func (p *platform) aside() Execer { return &platform{p.db, func(string) {}} }

func (p *platform) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	p.count(text)
	return p.db.ExecContext(ctx, text, args...)
}

func (p *platform) QueryContext(ctx context.Context, text string, args ...any) (Rows, error) {
	p.count(text)
	return p.db.QueryContext(ctx, text, args...)
}

func (p *platform) begin(ctx context.Context) (transaction, error) {
	raw, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("store: begin: %w", err)
	}
	return platformTx{raw, p.count}, nil
}

type platformTx struct {
	raw   *sql.Tx
	count func(text string)
}

func (t platformTx) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	t.count(text)
	return t.raw.ExecContext(ctx, text, args...)
}

func (t platformTx) QueryContext(ctx context.Context, text string, args ...any) (Rows, error) {
	t.count(text)
	return t.raw.QueryContext(ctx, text, args...)
}

func (t platformTx) hold(ctx context.Context, text string, args []any) error {
	_, err := t.ExecContext(ctx, text, args...)
	return err
}

func (t platformTx) commit(ctx context.Context, record *Statement) error {
	if record != nil {
		if _, err := t.ExecContext(ctx, record.text, record.args...); err != nil {
			return err
		}
	}
	return t.raw.Commit()
}

func (t platformTx) end() { _ = t.raw.Rollback() } // no effect after the commit

// connector opens connections that prepare each statement once.
type connector struct{ driver.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	raw, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: raw, statements: map[string]*list.Element{}, recent: list.New()}, nil
}

// conn is one connection. database/sql never uses it from two goroutines at once.
type conn struct {
	driver.Conn
	statements map[string]*list.Element
	recent     *list.List // of *prepared, latest first
}

type prepared struct {
	text      string
	statement driver.Stmt
}

// QueryContext runs a query, which is prepared at its first use.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	statement, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := statement.(driver.StmtQueryContext).QueryContext(ctx, args)
	return rows, c.forget(text, err)
}

// ExecContext runs a statement; several in one text where there are no arguments.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
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

// BeginTx opens a transaction.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
}

// PrepareContext is asked by nothing of ours.
func (c *conn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, text)
}

// CheckNamedValue lets lib/pq take slices as arrays.
func (c *conn) CheckNamedValue(value *driver.NamedValue) error {
	return c.Conn.(driver.NamedValueChecker).CheckNamedValue(value)
}

// ResetSession is asked at each checkout from the pool.
func (c *conn) ResetSession(ctx context.Context) error {
	return c.Conn.(driver.SessionResetter).ResetSession(ctx)
}

// IsValid is asked at each return to the pool.
func (c *conn) IsValid() bool { return c.Conn.(driver.Validator).IsValid() }

// Ping reports whether the server answers.
func (c *conn) Ping(ctx context.Context) error { return c.Conn.(driver.Pinger).Ping(ctx) }
