package rule

import (
	"context"
	"fmt"

	"entgo.io/ent"
	"github.com/google/uuid"
)

// Row is every generated entity: its key and the value of any column.
type Row interface {
	RowID() uuid.UUID
	Column(name string) any
}

// Change is one row that a transaction made or changed.
type Change struct {
	Entity  Entity
	Type    string // GraphQL name of the entity
	Action  Action
	Columns []string // that were written; empty for Create and Delete
	Row     Row      // as it stands after the change
}

// Recorder collects the changes of one transaction.
type Recorder interface{ Record(Change) }

type recorderKey struct{}

// WithRecorder returns a context whose changes r collects.
func WithRecorder(ctx context.Context, r Recorder) context.Context {
	return context.WithValue(ctx, recorderKey{}, r)
}

// record hands each change to the transaction's recorder. A change that could
// not be recorded is refused: an event is committed with its data or not at all.
func record(e Entity) ent.Hook {
	return func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
			if e.Features&(Events|Versions) == 0 {
				return next.Mutate(ctx, m)
			}
			r, ok := ctx.Value(recorderKey{}).(Recorder)
			if m.Op().Is(ent.OpDelete | ent.OpDeleteOne) {
				return next.Mutate(ctx, m) // Removing records it, which has the row
			}
			if !ok || m.Op().Is(ent.OpUpdate) {
				return nil, fmt.Errorf("rule: %s of %s outside a recorded transaction", m.Op(), m.Type())
			}
			act, columns := action(m), append(m.Fields(), m.ClearedFields()...)
			value, err := next.Mutate(ctx, m)
			if err != nil {
				return nil, err
			}
			if row, ok := value.(Row); ok {
				r.Record(Change{Entity: e, Type: m.Type(), Action: act, Columns: columns, Row: row})
			}
			return value, nil
		})
	}
}

// Removing runs a deletion for good and records it, with the row as it stood.
func Removing(ctx context.Context, name string, row Row, remove func() error) error {
	if err := remove(); err != nil {
		return err
	}
	if r, ok := ctx.Value(recorderKey{}).(Recorder); ok {
		r.Record(Change{Type: name, Action: Delete, Row: row})
	}
	return nil
}
