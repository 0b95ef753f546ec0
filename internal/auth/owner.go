package auth

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// findOwner reads what a membership or a secret key may do without anybody
// showing a credential.
const findOwner = `SELECT m.id, NULL::timestamptz, t.id, t.plan, m.role, m.user_id, m.id, m.household_id, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, ` + noProof + `,
		` + customRole + `
	FROM memberships m JOIN tenants t ON t.id = m.tenant_id AND t.status <> 'SUSPENDED'
	LEFT JOIN custom_roles r ON r.tenant_id = m.tenant_id AND r.id = m.custom_role_id
	WHERE m.tenant_id = $1 AND m.id = $2 AND m.status = 'ACTIVE'
	UNION ALL
	SELECT k.id, LEAST(k.expires_at, k.networks_reviewed_until), t.id, t.plan, 'KEY', NULL, NULL, NULL, k.scopes, k.trusted_documents, k.allowed_networks, NULL, NULL, NULL, NULL
	FROM api_keys k JOIN tenants t ON t.id = k.tenant_id AND t.status <> 'SUSPENDED'
	WHERE k.tenant_id = $1 AND k.id = $2 AND k.kind = 'SECRET' AND k.revoked_at IS NULL AND k.suspended_at IS NULL`

// As returns a context in which the membership or secret key with the given id
// acts, for what it ordered before and is not there to watch. It may what it
// may now: a role that was taken away, a key that was revoked and a studio
// that was suspended end that.
func (d *Door) As(ctx context.Context, tenant, owner uuid.UUID) (context.Context, error) {
	found := &grant{}
	err := d.one(platform(ctx, "act for the owner of an order"), findOwner, []any{tenant, owner}, found.scan)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && found.expired(d.conf.Now()):
		return ctx, fault.New(fault.Forbidden, "Whoever set the query is no longer a member, or its key no longer works. Set it again.")
	case err != nil:
		return ctx, unavailable(err)
	case len(found.trusted) > 0:
		return ctx, fault.New(fault.UntrustedDocument, "The key that set the query may only run documents that were registered with it. Set it as a person or with another key.")
	}
	return viewer.With(ctx, found.viewer), nil
}
