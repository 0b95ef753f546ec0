package inbound

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/provider"
)

// userChanged takes from a member what the provider has taken, and never gives:
// who may sign in there again still needs an invitation of the studio. An OWNER
// stays one, so that no administrator of the provider can take a studio from
// its owner; what the owner had open ends. The address is the one at this
// studio alone.
func (b *Book) userChanged(ctx context.Context, a *Account, id uuid.UUID, f provider.UserChanged) (outcome, string, error) {
	if b.members == nil {
		return ignored, "This server asks nobody about accounts.", nil
	}
	found, err := b.db.Client(ctx).Membership.Get(ctx, id)
	switch {
	case ent.IsNotFound(err):
		return ignored, "It concerns no record of the studio.", nil
	case err != nil:
		return 0, "", err
	case found.Status == membership.StatusREVOKED:
		return known, "", nil
	case !f.Active && found.Role == membership.RoleOWNER:
		return refused, a.Provider + " has deactivated an OWNER, whose sessions have ended. Only an OWNER can revoke the membership here.", nil
	case !f.Active:
		return written, "", b.members.Deactivate(ctx, id)
	}
	address := strings.ToLower(strings.TrimSpace(f.Email))
	if !f.Verified || address == "" || len(address) > maxAddress || address == strings.ToLower(found.Email) {
		if f.SignedOut.IsZero() {
			return known, "", nil
		}
		return written, "", nil
	}
	err = b.db.Client(ctx).Membership.UpdateOne(found).SetEmail(address).Exec(ctx)
	if ent.IsConstraintError(err) {
		err = fault.User(fault.Taken, nil, "Another member has the address that %s has now.", a.Provider)
	}
	return written, "", err
}

// endSessions ends those that the provider would not have opened any more.
func (b *Book) endSessions(ctx context.Context, a *Account, f provider.UserChanged) error {
	until := f.SignedOut
	if !f.Active {
		until = f.At
	}
	if b.members == nil || until.IsZero() {
		return nil
	}
	id, err := b.find(ctx, a, f.About())
	if err != nil || id == uuid.Nil {
		return err
	}
	return b.members.EndSessions(ctx, id, until)
}
