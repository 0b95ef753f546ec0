package rule

import (
	"context"
	"fmt"

	"entgo.io/ent"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// stamp gives each new row the viewer's tenant, narrows each change to it and
// counts versions. Because every update counts, none is empty: ent reads the
// row of an empty update back by its id alone, whoever's it is.
func stamp(e Entity, column string) ent.Hook {
	return func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
			var err error
			if m.Op().Is(ent.OpCreate) {
				err = stampCreate(ctx, m, e, column)
			} else {
				err = stampChange(ctx, m, e, column)
			}
			if err != nil {
				return nil, err
			}
			return next.Mutate(ctx, m)
		})
	}
}

func stampCreate(ctx context.Context, m ent.Mutation, e Entity, column string) error {
	v := viewer.From(ctx)
	if v.IsAcrossTenants() || (!stands(Stamping, e) && v == nil) {
		return nil // the platform names the tenant itself
	}
	if v == nil {
		return fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	if given, set := m.Field(column); set && column == TenantColumn && given != v.TenantID {
		return fault.New(fault.Forbidden, "A record can only be made in the viewer's own tenant.")
	}
	if column != TenantColumn {
		return fault.New(fault.Forbidden, "Tenants are made by the platform.")
	}
	return m.SetField(column, v.TenantID)
}

func stampChange(ctx context.Context, m ent.Mutation, e Entity, column string) error {
	if err := narrow(ctx, m.(whereable), column, stands(Stamping, e)); err != nil {
		return err
	}
	if m.Op().Is(ent.OpDelete | ent.OpDeleteOne) {
		if e.Features&RecycleBin != 0 && viewer.From(ctx).Role != viewer.Platform {
			return fmt.Errorf("rule: %s is deleted into the recycle bin", e.Prefix)
		}
		return nil
	}
	if e.Features&RecycleBin != 0 && !m.FieldCleared(DeletedColumn) {
		m.(whereable).WhereP(isNull(DeletedColumn))
	}
	return m.AddField(VersionColumn, 1)
}
