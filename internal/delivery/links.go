package delivery

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/provider"
)

// links is the provider.Links of one integration. Each Save is committed by
// itself: what a provider made must be remembered whatever comes after.
type links struct {
	pool                *pgxpool.Pool
	tenant, integration uuid.UUID
}

// Lookup implements provider.Links.
func (l *links) Lookup(ctx context.Context, ref provider.Ref) (string, error) {
	name, err := entityOf(ref)
	if err != nil {
		return "", err
	}
	var remote string
	err = l.pool.QueryRow(ctx, `SELECT remote_id FROM provider_links WHERE tenant_id = $1 AND integration_id = $2 AND entity_type = $3 AND entity_id = $4`,
		l.tenant, l.integration, name, ref.ID).Scan(&remote)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return remote, err
}

// Save implements provider.Links.
func (l *links) Save(ctx context.Context, ref provider.Ref, remote string) error {
	name, err := entityOf(ref)
	if err != nil {
		return err
	}
	_, err = l.pool.Exec(ctx, `INSERT INTO provider_links AS p (id, created_at, updated_at, tenant_id, integration_id, entity_type, entity_id, remote_id)
		VALUES ($1, now(), now(), $2, $3, $4, $5, $6)
		ON CONFLICT (tenant_id, integration_id, entity_type, entity_id) DO UPDATE SET remote_id = excluded.remote_id, updated_at = now(), version = p.version + 1`,
		rule.NewID(), l.tenant, l.integration, name, ref.ID, remote)
	return err
}

// entityOf returns the type of a record by the prefix of its public id.
func entityOf(ref provider.Ref) (string, error) {
	for name, entity := range catalog.Entities {
		if entity.Prefix == ref.Type {
			return name, nil
		}
	}
	return "", fmt.Errorf("delivery: no record has ids of the form %s_…", ref.Type)
}
