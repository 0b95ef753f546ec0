package retention

import (
	"context"
	"time"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/tenant"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// The days of the export window of a studio that leaves.
const (
	defaultWindow = 30
	leastWindow   = 7
	longestWindow = 90
)

// Close begins a studio's leaving: until the window is over it can be read and
// exported, and then everything of it is removed. The caller repeats the slug,
// so that nobody closes a studio by mistake. Only an OWNER may.
func (d *Desk) Close(ctx context.Context, slug string, window *int) (*ent.Tenant, error) {
	days := defaultWindow
	if window != nil {
		days = *window
	}
	if days < leastWindow || days > longestWindow {
		return nil, fault.User(fault.Invalid, []string{"input", "windowDays"}, "The export window is %d to %d days.", leastWindow, longestWindow)
	}
	return d.turn(ctx, func(ctx context.Context, studio *ent.Tenant) (*ent.TenantUpdateOne, error) {
		switch {
		case studio.Slug != slug:
			return nil, fault.User(fault.Invalid, []string{"input", "slug"}, "This is not the slug of the studio. Repeat it to confirm that the studio is to be closed.")
		case studio.Status != tenant.StatusACTIVE:
			return nil, fault.User(fault.WrongState, nil, "The studio is closing already.")
		}
		until := d.now().UTC().AddDate(0, 0, days).Truncate(time.Microsecond)
		return d.store.Client(ctx).Tenant.UpdateOne(studio).SetStatus(tenant.StatusCLOSING).SetPurgeAt(until), nil
	})
}

// Reopen ends a studio's leaving while it is still there. Only an OWNER may.
func (d *Desk) Reopen(ctx context.Context) (*ent.Tenant, error) {
	return d.turn(ctx, func(ctx context.Context, studio *ent.Tenant) (*ent.TenantUpdateOne, error) {
		if studio.Status != tenant.StatusCLOSING {
			return nil, fault.User(fault.WrongState, nil, "The studio is not closing.")
		}
		return d.store.Client(ctx).Tenant.UpdateOne(studio).SetStatus(tenant.StatusACTIVE).ClearPurgeAt(), nil
	})
}

// turn changes the state of the viewer's own studio.
func (d *Desk) turn(ctx context.Context, change func(context.Context, *ent.Tenant) (*ent.TenantUpdateOne, error)) (studio *ent.Tenant, err error) {
	v := viewer.From(ctx)
	if v == nil || v.Role != viewer.Owner {
		return nil, fault.New(fault.Forbidden, "Only an OWNER may close or reopen the studio.")
	}
	err = d.store.InTx(ctx, func(ctx context.Context) error {
		found, err := d.store.Client(ctx).Tenant.Query().Where(tenant.ID(v.TenantID)).ForUpdate().Only(ctx)
		if err != nil {
			return err
		}
		update, err := change(ctx, found)
		if err == nil {
			studio, err = update.Save(ctx)
		}
		return err
	})
	return studio, err
}
