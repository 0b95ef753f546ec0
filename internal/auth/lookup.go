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
	findSession = `SELECT s.id, s.expires_at, t.id, t.plan,
			CASE WHEN t.requires_second_factor AND s.second_factor_at IS NULL THEN 'PENDING' ELSE m.role END,
			m.user_id, m.id, m.household_id, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, s.proven_at, s.second_factor_at, COALESCE(s.last_seen_at, s.created_at),
			` + customRole + `
		FROM auth_sessions s
		JOIN memberships m ON m.id = s.membership_id AND m.user_id = s.user_id AND m.status = 'ACTIVE'
		JOIN tenants t ON t.id = m.tenant_id AND t.status <> 'SUSPENDED'
		LEFT JOIN custom_roles r ON r.tenant_id = m.tenant_id AND r.id = m.custom_role_id
		WHERE s.token_hash = $1 AND s.revoked_at IS NULL
			AND COALESCE(s.last_seen_at, s.created_at) > $2::timestamptz - make_interval(mins => t.session_idle_minutes::int)`
	// seeSession takes down that a session is in use, but not each time.
	seeSession = `UPDATE auth_sessions SET last_seen_at = $2 WHERE id = $1 AND COALESCE(last_seen_at, created_at) < $3`
	findKey    = `SELECT k.id, LEAST(k.expires_at, k.networks_reviewed_until), t.id, t.plan, CASE k.kind WHEN 'SECRET' THEN 'KEY' ELSE 'PUBLIC' END,
			NULL::uuid, NULL::uuid, NULL::uuid, k.scopes, k.trusted_documents, k.allowed_networks, ` + noProof + `, NULL::jsonb
		FROM api_keys k
		JOIN tenants t ON t.id = k.tenant_id AND t.status <> 'SUSPENDED'
		WHERE k.token_hash = $1 AND k.kind = $2 AND k.revoked_at IS NULL AND k.suspended_at IS NULL`
	// noProof stands where a session has when its person last proved who they are.
	noProof = `NULL::timestamptz, NULL::timestamptz, NULL::timestamptz`
	// customRole is the custom role of the membership m, if it has one.
	customRole = `CASE WHEN r.id IS NOT NULL THEN
		jsonb_build_object('permissions', r.permissions, 'masks', r.masks, 'staff', m.staff_id, 'locations', m.location_ids) END`
	// findStaffKey finds a person of the operator's staff, who is at no studio.
	findStaffKey = `SELECT id, NULL::timestamptz, NULL::uuid, 'starter', 'STAFF', NULL::uuid, NULL::uuid, NULL::uuid, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, ` + noProof + `, NULL::jsonb
		FROM staff_accounts WHERE token_hash = $1 AND revoked_at IS NULL`
	// findStaffAccess finds an access that is active; its end is its expiry.
	findStaffAccess = `SELECT a.id, a.ends_at, t.id, t.plan, 'ADMIN', NULL::uuid, NULL::uuid, NULL::uuid, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, ` + noProof + `, NULL::jsonb
		FROM staff_accesses a
		JOIN staff_accounts s ON s.id = a.staff_account_id AND s.revoked_at IS NULL
		JOIN tenants t ON t.id = a.tenant_id AND t.status <> 'SUSPENDED'
		WHERE a.token_hash = $1 AND a.status = 'ACTIVE' AND a.ends_at IS NOT NULL`
	// findApp finds an app's token; what ends the installation or the app ends it.
	findApp = `SELECT i.id, k.expires_at, t.id, t.plan, 'KEY', NULL::uuid, NULL::uuid, NULL::uuid, to_jsonb(string_to_array(k.scope, ' ')), '[]'::jsonb, '[]'::jsonb, ` + noProof + `, NULL::jsonb
		FROM oauth_tokens k
		JOIN app_installations i ON i.id = k.installation_id AND i.app_id = k.app_id AND i.status = 'ACTIVE'
		JOIN oauth_apps a ON a.id = k.app_id AND a.disabled_at IS NULL
		JOIN tenants t ON t.id = i.tenant_id AND t.status <> 'SUSPENDED'
		WHERE k.token_hash = $1 AND k.kind = 'ACCESS' AND k.revoked_at IS NULL`
)

// find reads a credential from the database, in one statement.
func (d *Door) find(ctx context.Context, kind credential.Kind, hash credential.Hash) (*grant, error) {
	now := d.conf.Now()
	text, args := findSession, []any{hash[:], now}
	switch kind {
	case credential.SecretKey:
		text, args = findKey, []any{hash[:], "SECRET"}
	case credential.PublishableKey:
		text, args = findKey, []any{hash[:], "PUBLISHABLE"}
	case credential.StaffKey:
		text, args = findStaffKey, args[:1]
	case credential.StaffAccess:
		text, args = findStaffAccess, args[:1]
	case credential.AppAccess:
		text, args = findApp, args[:1]
	}
	found := &grant{kind: kind, hash: hash}
	switch err := d.one(platform(ctx, "verify a credential"), text, args, found.scan); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, credential.Refused()
	case err != nil:
		return nil, unavailable(err)
	}
	if kind == credential.Session {
		d.see(ctx, found, now)
	}
	return found, nil
}

// see takes down that a session is in use. That it cannot be is no reason to
// refuse it.
func (d *Door) see(ctx context.Context, g *grant, now time.Time) {
	if now.Sub(g.seen) < seenEvery {
		return
	}
	ctx = platform(ctx, "take down that a session is in use")
	_, err := d.store.Run(ctx).ExecContext(ctx, seeSession, g.viewer.CredentialID, now, now.Add(-seenEvery))
	if err != nil {
		d.conf.Log.WarnContext(ctx, "that a session is in use could not be taken down", "error", err)
	}
}

// scan fills g from one row.
func (g *grant) scan(rows store.Rows) error {
	v := &viewer.Viewer{}
	var expires, proven, second, seen *time.Time
	var tenant, user, member, household uuid.NullUUID
	var scopes, trusted, networks, custom []byte
	if err := rows.Scan(&v.CredentialID, &expires, &tenant, &v.Plan, &v.Role, &user, &member, &household, &scopes, &trusted, &networks, &proven, &second, &seen, &custom); err != nil {
		return err
	}
	if expires != nil {
		g.expires = *expires
	}
	for at, value := range map[*time.Time]*time.Time{&v.ProvenAt: proven, &v.SecondFactorAt: second, &g.seen: seen} {
		if value != nil {
			*at = *value
		}
	}
	v.TenantID, v.UserID, v.MembershipID = tenant.UUID, user.UUID, member.UUID
	if v.Role == viewer.Guardian || custom != nil {
		v.HouseholdID = household.UUID
	}
	switch g.kind {
	case credential.StaffAccess:
		v.StaffAccessID = v.CredentialID
	case credential.AppAccess:
		v.InstallationID = v.CredentialID
	}
	g.viewer = v
	return errors.Join(json.Unmarshal(scopes, &v.Scopes), json.Unmarshal(trusted, &g.trusted), json.Unmarshal(networks, &g.networks), narrow(v, custom))
}

// narrow gives v its custom role, if it has one.
func narrow(v *viewer.Viewer, custom []byte) error {
	if custom == nil {
		return nil
	}
	var role struct {
		Permissions, Masks, Locations []string
		Staff                         uuid.NullUUID
	}
	if err := json.Unmarshal(custom, &role); err != nil {
		return err
	}
	v.Custom = &viewer.Custom{Permissions: role.Permissions, Masks: role.Masks, Staff: role.Staff.UUID}
	for _, text := range role.Locations {
		id, err := uuid.Parse(text)
		if err != nil {
			return err
		}
		v.Custom.Locations = append(v.Custom.Locations, id)
	}
	return nil
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
