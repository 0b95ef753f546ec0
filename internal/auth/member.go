package auth

import (
	"context"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// RevokeMembership ends a membership or withdraws an invitation. Its sessions
// are refused from the commit on: here at once, elsewhere within a second.
// OWNER and ADMIN may call it; an ADMIN revokes no OWNER, and nobody the last
// one (WRONG_STATE). What is revoked already stays as it is.
func (i *Identity) RevokeMembership(ctx context.Context, id uuid.UUID) (*ent.Membership, error) {
	v, err := keeper(ctx, "revoke a membership")
	if err != nil {
		return nil, err
	}
	var revoked *ent.Membership
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		revoked, err = i.revoke(ctx, v, id)
		return err
	})
	if ent.IsNotFound(err) {
		err = fault.User(fault.NotFound, []string{"input", "id"}, "There is no such membership.")
	}
	if err != nil {
		return nil, err
	}
	return revoked, nil
}

func (i *Identity) revoke(ctx context.Context, v *viewer.Viewer, id uuid.UUID) (*ent.Membership, error) {
	owners, err := i.lockOwners(ctx, v.TenantID)
	if err != nil {
		return nil, err
	}
	client := i.store.Client(ctx).Membership
	found, err := client.Get(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case found.Role == membership.RoleOWNER && v.Role != viewer.Owner:
		return nil, fault.New(fault.Forbidden, "Only an OWNER may revoke an OWNER.")
	case found.Status == membership.StatusREVOKED:
		return found, nil
	case found.Role == membership.RoleOWNER && found.Status == membership.StatusACTIVE && owners <= 1:
		return nil, fault.User(fault.WrongState, []string{"input", "id"}, "A studio keeps at least one OWNER. Invite another one first.")
	}
	found, err = client.UpdateOneID(id).SetStatus(membership.StatusREVOKED).ClearInviteHash().ClearInviteExpiresAt().Save(ctx)
	if err == nil {
		i.store.AfterCommit(ctx, func() { i.door.Forget(id) })
	}
	return found, err
}

// lockOwners counts the active owners of the viewer's studio and keeps the
// number as it is to the end of the transaction, so that two owners cannot
// revoke each other.
func (i *Identity) lockOwners(ctx context.Context, tenant uuid.UUID) (int, error) {
	owners := 0
	err := each(ctx, i.store.Run(ctx), query{`SELECT id FROM memberships WHERE tenant_id = $1 AND role = 'OWNER' AND status = 'ACTIVE'
		ORDER BY id FOR UPDATE`, []any{tenant}}, func(store.Rows) error { owners++; return nil })
	return owners, err
}
