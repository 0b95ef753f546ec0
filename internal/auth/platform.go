package auth

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// outside is a context that ends with another one and holds none of its
// values: above all not its transaction, which belongs to one studio.
type outside struct{ context.Context }

func (outside) Value(any) any { return nil }

// platform returns a context for what has to be known before the studio is:
// whose a credential is, and who has an address. It is outside of any
// transaction of ctx, and keeps the request's id and trace, and where it comes from.
func platform(ctx context.Context, reason string) context.Context {
	clean := outbox.WithRequest(outside{ctx}, outbox.Request(ctx))
	clean = withCaller(clean, ctx)
	clean = trace.ContextWithSpan(clean, trace.SpanFromContext(ctx))
	return viewer.AcrossTenants(clean, reason)
}

// query is a statement with its arguments.
type query struct {
	text string
	args []any
}

// each hands every row of q to scan.
func each(ctx context.Context, run store.Execer, q query, scan func(store.Rows) error) error {
	rows, err := run.QueryContext(ctx, q.text, q.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
