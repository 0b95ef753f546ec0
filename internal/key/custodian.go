package key

import (
	"context"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/datakey"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Clients gives the client of a context.
type Clients interface {
	Client(context.Context) *ent.Client
}

// Custodian lets a studio's owners look after its data keys.
type Custodian struct {
	ring *Ring
	db   Clients
	// check refuses addresses that a studio may not give; nil refuses all.
	check func(address string) error
}

// NewCustodian returns the custodian of a ring's keys.
func NewCustodian(r *Ring, db Clients, check func(address string) error) *Custodian {
	return &Custodian{ring: r, db: db, check: check}
}

// tenantFor is the studio of a viewer who signed in in one of the roles. Keys of
// programs are not for programs.
func tenantFor(ctx context.Context, roles ...viewer.Role) (uuid.UUID, error) {
	v := viewer.From(ctx)
	if v == nil {
		return uuid.Nil, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	for _, role := range roles {
		if v.Role == role {
			return v.TenantID, nil
		}
	}
	return uuid.Nil, fault.New(fault.Forbidden, "%s is not allowed to change the studio's keys.", v.Role)
}

// Rotate makes a new key of a class for the viewer's studio and returns it.
func (c *Custodian) Rotate(ctx context.Context, class datakey.Class) (*ent.DataKey, error) {
	tenant, err := tenantFor(ctx, viewer.Owner, viewer.Admin)
	if err != nil {
		return nil, err
	}
	if err := c.ring.Rotate(ctx, tenant, Class(class)); err != nil {
		return nil, err
	}
	return c.db.Client(ctx).DataKey.Query().Where(datakey.ClassEQ(class), datakey.StatusEQ(datakey.StatusACTIVE)).Only(ctx)
}

// SetService has the keys of the viewer's studio wrapped by the key of an
// address, or by the platform's where it is empty, and returns them.
func (c *Custodian) SetService(ctx context.Context, address string) ([]*ent.DataKey, error) {
	tenant, err := tenantFor(ctx, viewer.Owner)
	if err != nil {
		return nil, err
	}
	wrong := func(format string, args ...any) error {
		return fault.User(fault.Invalid, []string{"input", "keyUrl"}, format, args...)
	}
	if address != "" {
		if c.check == nil {
			return nil, wrong("Studios cannot have keys of their own here.")
		}
		if err := c.check(address); err != nil {
			return nil, wrong("It is no address of a key: %v.", err)
		}
		if err := c.ring.try(ctx, tenant, address); err != nil {
			return nil, wrong("Barre could not encrypt and decrypt with it. Allow Barre to use the key, and try again.")
		}
	}
	if err := c.ring.SetService(ctx, tenant, address); err != nil {
		return nil, err
	}
	return c.db.Client(ctx).DataKey.Query().Where(datakey.StatusNEQ(datakey.StatusDESTROYED)).Order(datakey.ByNumber()).All(ctx)
}

// try finds out whether a key service does what it is for.
func (r *Ring) try(ctx context.Context, tenant uuid.UUID, address string) error {
	const probe, place = "barre", "data_keys/probe"
	service, err := r.service(ctx, address)
	if err != nil {
		return err
	}
	wrapped, err := service.Wrap(ctx, []byte(probe), tenant, place)
	if err != nil {
		return err
	}
	_, err = service.Unwrap(ctx, wrapped, tenant, place)
	return err
}
