package rule

import (
	"context"

	"entgo.io/ent"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

type binKey struct{}

// WithDeleted returns a context in which queries also see the recycle bin.
func WithDeleted(ctx context.Context) context.Context {
	return context.WithValue(ctx, binKey{}, true)
}

// seesDeleted reports whether ctx was made by WithDeleted.
func seesDeleted(ctx context.Context) bool { seen, _ := ctx.Value(binKey{}).(bool); return seen }

// scope narrows each query to the viewer's tenant and to live rows. Unlike the
// policy it asks for no role: it is the wall, not the door.
func scope(e Entity, column string) ent.Interceptor {
	return ent.TraverseFunc(func(ctx context.Context, q ent.Query) error {
		if e.Features&RecycleBin != 0 && !seesDeleted(ctx) {
			q.(whereable).WhereP(isNull(DeletedColumn))
		}
		return narrow(ctx, q.(whereable), column, stands(Scoping, e))
	})
}

// narrow adds the tenant of ctx as a predicate; a context without a tenant
// reaches no row.
func narrow(ctx context.Context, w whereable, column string, stands bool) error {
	v := viewer.From(ctx)
	switch {
	case !stands || v.IsAcrossTenants():
		return nil
	case v == nil:
		return fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	w.WhereP(equals(column, SlotTenant, v))
	return nil
}
