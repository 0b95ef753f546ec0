package retention

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// verbs removes records by the verbs that studios have.
type verbs struct {
	store      *store.Store
	operations *operation.Operations
}

// ByVerbs returns a Remover that acts as the platform inside the studio.
func ByVerbs(s *store.Store, o *operation.Operations) Remover { return verbs{s, o} }

func (v verbs) Remove(ctx context.Context, tenant uuid.UUID, entity string, id uuid.UUID, release string) error {
	ctx = viewer.ForTenant(ctx, tenant, "kept long enough")
	return v.store.InTx(ctx, func(ctx context.Context) error {
		if release != "" {
			if _, err := v.store.Run(ctx).ExecContext(ctx, release, tenant, id); err != nil {
				return err
			}
		}
		_, refused, err := v.operations.Delete(ctx, entity, map[string]any{"id": typeid.Format(catalog.Entities[entity].Prefix, id)})
		if err == nil && len(refused) > 0 {
			err = errors.New(refused[0].Message)
		}
		return err
	})
}
