package store

import (
	"context"
	stdsql "database/sql"
	sqldriver "database/sql/driver"
	"fmt"
	"strings"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// runner runs ent's statements where they are told to. A transaction that ent
// asks for is the one that InTx has already opened.
type runner struct{ store *Store }

// Exec implements dialect.ExecQuerier; into is a *sql.Result or nil.
func (r runner) Exec(ctx context.Context, text string, args, into any) error {
	if t, ok := ctx.Value(txKey{}).(*tx); ok && into == nil && held(ctx) {
		return t.hold(ctx, text, args.([]any))
	}
	result, err := r.store.Run(ctx).ExecContext(ctx, text, args.([]any)...)
	if wanted, ok := into.(*stdsql.Result); ok && err == nil {
		*wanted = result
	}
	return err
}

// Query implements dialect.ExecQuerier; into is an *entsql.Rows.
func (r runner) Query(ctx context.Context, text string, args, into any) error {
	rows, err := r.store.Run(ctx).QueryContext(ctx, text, args.([]any)...)
	if err == nil {
		into.(*entsql.Rows).ColumnScanner = rows
	}
	return err
}

func (runner) Dialect() string { return dialect.Postgres }
func (runner) Close() error    { return nil }

// Tx is what ent opens for the update of one row.
func (r runner) Tx(context.Context) (dialect.Tx, error) { return &rowUpdate{runner: r}, nil }

// rowUpdate makes one statement of the two with which ent updates a row: the
// UPDATE and the SELECT that reads the row back. Between the two, another
// transaction could make the predicates true that the UPDATE found false, and
// ent would report a guarded update as done that never was.
type rowUpdate struct {
	runner
	text string // of the UPDATE that waits for its SELECT
	args []any
}

// Exec holds an UPDATE back until its SELECT comes.
func (u *rowUpdate) Exec(ctx context.Context, text string, args, into any) error {
	result, wanted := into.(*stdsql.Result)
	if !wanted || u.text != "" || !strings.HasPrefix(text, "UPDATE ") {
		return u.runner.Exec(ctx, text, args, into)
	}
	u.text, u.args = text, args.([]any)
	*result = sqldriver.RowsAffected(1) // the SELECT finds out
	return nil
}

// Query runs the UPDATE that waits and reads its row.
func (u *rowUpdate) Query(ctx context.Context, text string, args, into any) error {
	if u.text == "" {
		return u.runner.Query(ctx, text, args, into)
	}
	columns, from, found := strings.Cut(text, " FROM ")
	table, _, filtered := strings.Cut(from, " WHERE ")
	if !found || !filtered {
		return fmt.Errorf("store: cannot read the updated row by %q", text)
	}
	update := u.text
	u.text = ""
	return u.runner.Query(ctx, fmt.Sprintf("WITH %s AS (%s RETURNING *) %s FROM %[1]s", table, update, columns), u.args, into)
}

// Commit leaves the commit to InTx.
func (u *rowUpdate) Commit() error {
	if u.text != "" {
		return fmt.Errorf("store: an update was never run: %s", u.text)
	}
	return nil
}

// Rollback leaves the rollback to InTx.
func (*rowUpdate) Rollback() error { return nil }
