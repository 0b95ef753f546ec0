package probe

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/household"
	"github.com/barrehq/barre/ent/tenant"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// side is one of the two studios, with a record of its own. Nobody belongs to
// them.
type side struct{ tenant, household uuid.UUID }

type pair [2]side

// slugs are the names of the two studios.
var slugs = [2]string{"barre-probe-east", "barre-probe-west"}

// neighbors lets each of the two studios try to reach the other's record: in
// ent, and past it in the database. It must meet its own by the same way.
func (p *Prober) neighbors(ctx context.Context) error {
	sides, err := p.sides(ctx)
	if err != nil {
		return err
	}
	for n, own := range sides {
		other := sides[1-n]
		as := viewer.With(ctx, &viewer.Viewer{TenantID: own.tenant, Role: viewer.Owner})
		for _, attempt := range []struct {
			name string
			find func(context.Context, uuid.UUID) (bool, error)
		}{{"ent", p.inEnt}, {"the database", p.inSQL}} {
			if found, err := attempt.find(as, own.household); err != nil || !found {
				return fmt.Errorf("probe: a studio does not find its own record in %s (%v)", attempt.name, err)
			}
			if found, err := attempt.find(as, other.household); err != nil {
				return fmt.Errorf("probe: look for another studio's record in %s: %w", attempt.name, err)
			} else if found {
				return store.OpenWall{Problem: "one studio reaches another's record in " + attempt.name}
			}
		}
	}
	return nil
}

func (p *Prober) inEnt(ctx context.Context, id uuid.UUID) (bool, error) {
	return p.store.Client(ctx).Household.Query().Where(household.ID(id)).Exist(ctx)
}

func (p *Prober) inSQL(ctx context.Context, id uuid.UUID) (bool, error) {
	rows, err := p.store.Run(ctx).QueryContext(ctx, "SELECT FROM households WHERE id = $1 FOR UPDATE", id)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), rows.Err()
}

// sides are the two studios, which are made when they are first needed.
func (p *Prober) sides(ctx context.Context) (pair, error) {
	if known := p.pair.Load(); known != nil {
		return *known, nil
	}
	var found pair
	for n, slug := range slugs {
		var err error
		if found[n].tenant, err = p.studio(ctx, slug); err == nil {
			found[n].household, err = p.record(viewer.ForTenant(ctx, found[n].tenant, "make what the isolation probe looks for"))
		}
		if err != nil {
			return pair{}, fmt.Errorf("probe: make the studio %s: %w", slug, err)
		}
	}
	p.pair.Store(&found)
	return found, nil
}

// studio finds or makes one of the two.
func (p *Prober) studio(ctx context.Context, slug string) (id uuid.UUID, err error) {
	across := p.across(ctx)
	find := p.store.Client(across).Tenant.Query().Where(tenant.Slug(slug))
	if id, err = find.Clone().FirstID(across); !ent.IsNotFound(err) {
		return id, err
	}
	err = p.store.InTx(across, func(ctx context.Context) error {
		made, err := p.store.Client(ctx).Tenant.Create().SetName("Isolation probe").SetSlug(slug).Save(ctx)
		if err == nil {
			id = made.ID
		}
		return err
	})
	if ent.IsConstraintError(err) {
		return find.FirstID(across) // another server made it meanwhile
	}
	return id, err
}

// record finds or makes the record of one of the two.
func (p *Prober) record(ctx context.Context) (id uuid.UUID, err error) {
	id, err = p.store.Client(ctx).Household.Query().FirstID(ctx)
	if !ent.IsNotFound(err) {
		return id, err
	}
	err = p.store.InTx(ctx, func(ctx context.Context) error {
		made, err := p.store.Client(ctx).Household.Create().SetName("Isolation probe").Save(ctx)
		if err == nil {
			id = made.ID
		}
		return err
	})
	return id, err
}
