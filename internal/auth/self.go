package auth

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/factor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// self is the signed-in person who calls, with what they can prove themselves by.
type self struct {
	member  member
	session uuid.UUID
	email   string
	name    string
	hash    string // of the password; empty for none
	method  string // by which the session was opened
	studio  string // name
	slug    string
}

func (s self) person() person { return person{s.member.user, s.hash} }

const findSelf = `SELECT u.email, u.name, COALESCE(u.password_hash, ''), s.method, t.name, t.slug
	FROM auth_sessions s
	JOIN users u ON u.id = s.user_id
	JOIN memberships m ON m.id = s.membership_id
	JOIN tenants t ON t.id = m.tenant_id
	WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL`

// caller reads who calls; ctx is the request's.
func (i *Identity) caller(ctx context.Context) (self, error) {
	v := viewer.From(ctx)
	switch {
	case v == nil:
		return self{}, fault.New(fault.Unauthenticated, "Send a session as Authorization: Bearer.")
	case v.UserID == uuid.Nil:
		return self{}, fault.New(fault.Forbidden, "Only people sign in; an API key is a program's.")
	}
	who := self{member: member{v.TenantID, v.UserID, v.MembershipID}, session: v.CredentialID}
	err := i.door.one(platform(ctx, "read who is signed in"), findSelf, []any{v.CredentialID, v.UserID}, func(rows store.Rows) error {
		return rows.Scan(&who.email, &who.name, &who.hash, &who.method, &who.studio, &who.slug)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = credential.Refused()
	}
	return who, err
}

// owner is caller for what belongs to the person at every studio: the password
// and the factors. An identity provider speaks for one studio alone, so that a
// session which it opened cannot touch them.
func (i *Identity) owner(ctx context.Context) (self, error) {
	who, err := i.caller(ctx)
	if err == nil && who.method == "SINGLE_SIGN_ON" {
		err = fault.New(fault.Forbidden, "You signed in through the studio's identity provider. Change there how you sign in.")
	}
	return who, err
}

// strictest is what every new password of a person must be like: the
// strictest that one of their studios has chosen.
const strictest = `SELECT COALESCE(bool_or(t.password_policy = 'PASSPHRASE'), false)
	FROM memberships m JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id = $1 AND m.status = 'ACTIVE'`

// accepts judges a person's new password.
func (i *Identity) accepts(ctx context.Context, user uuid.UUID, password secret.String, hints ...string) error {
	policy := credential.Standard
	err := each(ctx, i.store.Run(ctx), query{strictest, []any{user}}, func(rows store.Rows) error {
		var strict bool
		err := rows.Scan(&strict)
		if strict {
			policy = credential.Passphrase
		}
		return err
	})
	if err != nil {
		return err
	}
	return policy.Check(password, hints...)
}

// page is where the caller of ctx holds out a passkey: the page from which the
// request comes, if it is the studio's own or Barre's.
func (i *Identity) page(ctx context.Context, tenant uuid.UUID, studio string) (factor.Site, bool) {
	at, _ := ctx.Value(siteKey{}).(site)
	if len(at.origins) != 1 || !i.door.AllowedOrigin(ctx, at.origins[0]) {
		return factor.Site{}, false
	}
	found := factor.Site{Name: studio, Origin: at.origins[0]}
	return found, i.door.hostMatches(ctx, &viewer.Viewer{TenantID: tenant}, found.Host())
}

func noPage() error {
	return fault.User(fault.WrongState, nil, "A passkey is held out on a page of the studio. Ask from one of its custom domains.")
}
