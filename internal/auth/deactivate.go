package auth

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/authsession"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Deactivate ends a membership because the provider where its person signs in
// says so. It is for the platform, inside one studio, and for no OWNER. What is
// revoked already stays as it is.
func (i *Identity) Deactivate(ctx context.Context, id uuid.UUID) error {
	if v := viewer.From(ctx); v == nil || v.Role != viewer.Platform {
		return fault.New(fault.Forbidden, "Only a provider of the studio has anybody deactivated.")
	}
	return i.store.InTx(ctx, func(ctx context.Context) error {
		err := i.store.Client(ctx).Membership.UpdateOneID(id).Where(membership.RoleNEQ(membership.RoleOWNER), membership.StatusNEQ(membership.StatusREVOKED)).
			SetStatus(membership.StatusREVOKED).ClearInviteHash().ClearInviteExpiresAt().Exec(ctx)
		if ent.IsNotFound(err) {
			return nil
		}
		if err == nil {
			i.store.AfterCommit(ctx, func() { i.door.Forget(id) })
		}
		return err
	})
}

// EndSessions ends the sessions of a membership of the viewer's studio that were
// opened up to a time. It is for the platform.
func (i *Identity) EndSessions(ctx context.Context, id uuid.UUID, until time.Time) error {
	v := viewer.From(ctx)
	if v == nil || v.Role != viewer.Platform {
		return fault.New(fault.Forbidden, "Only a provider of the studio has sessions ended.")
	}
	err := i.store.InTx(platform(ctx, "end the sessions of a member"), func(ctx context.Context) error {
		return i.store.Client(ctx).AuthSession.Update().Where(authsession.MembershipID(id), authsession.HasMembershipWith(membership.TenantID(v.TenantID)),
			authsession.CreatedAtLTE(until), authsession.RevokedAtIsNil()).SetRevokedAt(i.now()).Exec(ctx)
	})
	if err == nil {
		i.door.Forget(id)
	}
	return err
}
