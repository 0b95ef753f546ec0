package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/ent/auditentry"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Suspend ends what v got in with, because of how it behaves: a key until
// somebody reinstates it, a session for good. Here it ends at once, elsewhere
// within a second. What has ended already stays as it is.
func (i *Identity) Suspend(ctx context.Context, v *viewer.Viewer, reason string) error {
	defer i.door.Forget(v.CredentialID)
	if v.UserID != uuid.Nil {
		return i.endSession(ctx, v)
	}
	inside := viewer.ForTenant(ctx, v.TenantID, "unusual behavior")
	err := i.store.InTx(inside, func(ctx context.Context) error {
		return i.store.Client(ctx).APIKey.UpdateOneID(v.CredentialID).Where(apikey.SuspendedAtIsNil()).
			SetSuspendedAt(i.now()).SetSuspendedReason(reason).Exec(ctx)
	})
	if ent.IsNotFound(err) {
		return nil
	}
	return err
}

// endSession revokes the session, and says so in the audit log.
func (i *Identity) endSession(ctx context.Context, v *viewer.Viewer) error {
	across := platform(ctx, "end the session of an unusual caller")
	result, err := i.store.Run(across).ExecContext(across, `UPDATE auth_sessions SET revoked_at = $2, updated_at = $2, version = version + 1
		WHERE id = $1 AND revoked_at IS NULL`, v.CredentialID, i.now())
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return i.door.record(across, refusal{[]uuid.UUID{v.TenantID}, auditentry.CategorySECURITY, "session.suspended", v.Actor(), i.conf.Now()})
}

// ReinstateAPIKey lets a suspended key work again. OWNER and ADMIN may call it,
// and no key: one that was stolen must not free another. A key that is not
// suspended stays as it is.
func (i *Identity) ReinstateAPIKey(ctx context.Context, id uuid.UUID) (*ent.APIKey, error) {
	v, err := keeper(ctx, "reinstate an API key")
	if err != nil {
		return nil, err
	}
	if v.UserID == uuid.Nil {
		return nil, fault.New(fault.Forbidden, "Only a person may reinstate an API key.")
	}
	var freed *ent.APIKey
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		client := i.store.Client(ctx).APIKey
		if freed, err = client.Get(ctx, id); err != nil || freed.SuspendedAt == nil {
			return err
		}
		if freed, err = client.UpdateOneID(id).ClearSuspendedAt().SetSuspendedReason("").Save(ctx); err == nil {
			i.store.AfterCommit(ctx, func() { i.door.Forget(id) })
		}
		return err
	})
	if ent.IsNotFound(err) {
		err = fault.User(fault.NotFound, []string{"input", "id"}, "There is no such key.")
	}
	if err != nil {
		return nil, err
	}
	return freed, nil
}
