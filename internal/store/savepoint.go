package store

import (
	"context"
	"errors"
	"fmt"
)

// Part runs fn as a part of the transaction of ctx: where fn fails, what it did
// is undone and the transaction can go on without it.
func (s *Store) Part(ctx context.Context, fn func() error) error {
	t, inside := ctx.Value(txKey{}).(*tx)
	if !inside {
		return errors.New("store: a part of no transaction")
	}
	if _, err := t.ExecContext(ctx, "SAVEPOINT part"); err != nil {
		return fmt.Errorf("store: begin a part: %w", err)
	}
	changes, after := len(t.changes), len(t.after)
	end, failed := "RELEASE SAVEPOINT part", fn()
	if failed != nil {
		end, t.changes, t.after = "ROLLBACK TO SAVEPOINT part", t.changes[:changes], t.after[:after]
	}
	if _, err := t.ExecContext(ctx, end); err != nil {
		return fmt.Errorf("store: end a part: %w", errors.Join(err, failed))
	}
	return failed
}
