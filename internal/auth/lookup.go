package auth

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// The questions behind a credential. A revoked membership or a suspended
// studio ends every credential under it, whatever else is stored of it.
const (
	findSession = `SELECT s.id, s.expires_at, t.id, t.plan, m.role, m.user_id, m.id, m.household_id, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb
		FROM auth_sessions s
		JOIN memberships m ON m.id = s.membership_id AND m.user_id = s.user_id AND m.status = 'ACTIVE'
		JOIN tenants t ON t.id = m.tenant_id AND t.status = 'ACTIVE'
		WHERE s.token_hash = $1 AND s.revoked_at IS NULL`
	findKey = `SELECT k.id, k.expires_at, t.id, t.plan, CASE k.kind WHEN 'SECRET' THEN 'KEY' ELSE 'PUBLIC' END,
			NULL::uuid, NULL::uuid, NULL::uuid, k.scopes, k.trusted_documents, k.allowed_networks
		FROM api_keys k
		JOIN tenants t ON t.id = k.tenant_id AND t.status = 'ACTIVE'
		WHERE k.token_hash = $1 AND k.kind = $2 AND k.revoked_at IS NULL AND k.suspended_at IS NULL`
)

// find reads a credential from the database, in one statement.
func (d *Door) find(ctx context.Context, kind credential.Kind, hash credential.Hash) (*grant, error) {
	text, args := findSession, []any{hash[:]}
	switch kind {
	case credential.SecretKey:
		text, args = findKey, append(args, "SECRET")
	case credential.PublishableKey:
		text, args = findKey, append(args, "PUBLISHABLE")
	}
	found := &grant{kind: kind, hash: hash}
	switch err := d.one(platform(ctx, "verify a credential"), text, args, found.scan); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, credential.Refused()
	case err != nil:
		return nil, unavailable(err)
	}
	return found, nil
}

// scan fills g from one row.
func (g *grant) scan(rows store.Rows) error {
	v := &viewer.Viewer{}
	var expires *time.Time
	var user, member, household uuid.NullUUID
	var scopes, trusted, networks []byte
	if err := rows.Scan(&v.CredentialID, &expires, &v.TenantID, &v.Plan, &v.Role, &user, &member, &household, &scopes, &trusted, &networks); err != nil {
		return err
	}
	if expires != nil {
		g.expires = *expires
	}
	v.UserID, v.MembershipID = user.UUID, member.UUID
	if v.Role == viewer.Guardian {
		v.HouseholdID = household.UUID
	}
	g.viewer = v
	return errors.Join(json.Unmarshal(scopes, &v.Scopes), json.Unmarshal(trusted, &g.trusted), json.Unmarshal(networks, &g.networks))
}

// one runs a query and hands its first row to scan; sql.ErrNoRows without any.
func (d *Door) one(ctx context.Context, text string, args []any, scan func(store.Rows) error) error {
	found := false
	err := each(ctx, d.store.Run(ctx), query{text, args}, func(rows store.Rows) error {
		if found {
			return fmt.Errorf("auth: two rows where there is one at most")
		}
		found = true
		return scan(rows)
	})
	if err == nil && !found {
		return sql.ErrNoRows
	}
	return err
}

// unavailable is the fault of a question that the database did not answer.
func unavailable(cause error) error {
	f := fault.New(fault.Unavailable, "Credentials cannot be checked at this moment. Try again in a few seconds.")
	f.Cause = cause
	return f
}
