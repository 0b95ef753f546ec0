package auth

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Opened is a session as its person sees it.
type Opened struct {
	ID             uuid.UUID
	Method         string
	Device         string // as the browser calls itself
	Address        string // from which it was opened
	CreatedAt      time.Time
	LastSeenAt     time.Time // to the minute
	ExpiresAt      time.Time
	SecondFactorAt *time.Time
	Current        bool // the caller's own
}

// seenEvery is how often it is written down that a session is in use.
const seenEvery = time.Minute

const findSessions = `SELECT s.id, s.method, s.device, s.address, s.created_at, COALESCE(s.last_seen_at, s.created_at), s.expires_at, s.second_factor_at
	FROM auth_sessions s
	JOIN memberships m ON m.id = s.membership_id AND m.tenant_id = $1
	JOIN tenants t ON t.id = m.tenant_id
	WHERE s.membership_id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3
		AND COALESCE(s.last_seen_at, s.created_at) > $3::timestamptz - make_interval(mins => t.session_idle_minutes::int)
	ORDER BY COALESCE(s.last_seen_at, s.created_at) DESC, s.id LIMIT 100`

// Sessions lists the sessions of a member at the caller's studio: the caller's
// own where none is named. OWNER and ADMIN may see those of every member.
func (i *Identity) Sessions(ctx context.Context, of *uuid.UUID) ([]Opened, error) {
	v := viewer.From(ctx)
	if v == nil {
		return nil, fault.New(fault.Unauthenticated, "Send a session as Authorization: Bearer.")
	}
	whose := v.MembershipID
	if of != nil && *of != whose {
		if _, err := keeper(ctx, "see the sessions of others"); err != nil {
			return nil, err
		}
		whose = *of
	}
	if whose == uuid.Nil {
		return nil, fault.New(fault.Forbidden, "Only people have sessions; an API key has none.")
	}
	var list []Opened
	across := platform(ctx, "list a member's sessions")
	err := each(across, i.store.Run(across), query{findSessions, []any{v.TenantID, whose, i.now()}}, func(rows store.Rows) error {
		var s Opened
		err := rows.Scan(&s.ID, &s.Method, &s.Device, &s.Address, &s.CreatedAt, &s.LastSeenAt, &s.ExpiresAt, &s.SecondFactorAt)
		s.Current = s.ID == v.CredentialID
		list = append(list, s)
		return err
	})
	return list, err
}

const revokeSessions = `UPDATE auth_sessions s SET revoked_at = $3, updated_at = $3, version = s.version + 1
	FROM memberships m WHERE m.id = s.membership_id AND m.tenant_id = $1 AND s.revoked_at IS NULL AND `

// RevokeSession ends a session of the caller or, for OWNER and ADMIN, of any
// member of the studio: here at once, elsewhere within a second.
func (i *Identity) RevokeSession(ctx context.Context, id uuid.UUID) error {
	v, err := i.endsSessions(ctx)
	if err != nil {
		return err
	}
	condition, args := `s.id = $2 AND s.membership_id = $4`, []any{v.TenantID, id, i.now(), v.MembershipID}
	if v.Role == viewer.Owner || v.Role == viewer.Admin {
		condition, args = `s.id = $2`, args[:3]
	}
	n, err := i.endSessions(ctx, v, condition, args...)
	if err == nil && n == 0 {
		err = fault.User(fault.NotFound, []string{"input", "id"}, "There is no such session.")
	}
	if err == nil {
		i.door.Forget(id)
	}
	return err
}

// RevokeOtherSessions ends every session of the caller at the studio but the
// one that calls, and returns how many those were.
func (i *Identity) RevokeOtherSessions(ctx context.Context) (int, error) {
	v, err := i.endsSessions(ctx)
	if err != nil {
		return 0, err
	}
	n, err := i.endSessions(ctx, v, `s.membership_id = $2 AND s.id <> $4`, v.TenantID, v.MembershipID, i.now(), v.CredentialID)
	if err == nil {
		i.door.Forget(v.UserID)
	}
	return n, err
}

func (i *Identity) endsSessions(ctx context.Context) (*viewer.Viewer, error) {
	v := viewer.From(ctx)
	switch {
	case v == nil:
		return nil, fault.New(fault.Unauthenticated, "Send a session as Authorization: Bearer.")
	case v.UserID == uuid.Nil:
		return nil, fault.New(fault.Forbidden, "Only people end sessions; an API key is revoked.")
	}
	return v, nil
}

func (i *Identity) endSessions(ctx context.Context, v *viewer.Viewer, condition string, args ...any) (int, error) {
	ended := int64(0)
	err := i.store.InTx(platform(ctx, "end sessions"), func(ctx context.Context) error {
		result, err := i.store.Run(ctx).ExecContext(ctx, revokeSessions+condition, args...)
		if err != nil {
			return err
		}
		if ended, err = result.RowsAffected(); err != nil || ended == 0 {
			return err
		}
		return i.note(ctx, member{v.TenantID, v.UserID, v.MembershipID}, "session.revoked")
	})
	return int(ended), err
}
