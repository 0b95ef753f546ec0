package auth

import (
	"context"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/auditentry"
	"github.com/barrehq/barre/ent/authsession"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// SignIn is the input of the verb.
type SignIn struct {
	Studio   string // slug; may be empty for a person who belongs to one studio alone and with whose address nobody else has signed up
	Email    string
	Password secret.String
	Once     Once
}

// The questions of a sign-in. Each answers with at least one row, whoever asks
// for whatever. A studio may have people of some domains sign in at its identity
// provider alone; its owners can always come in.
const (
	elsewhere = `m.role <> 'OWNER' AND EXISTS (SELECT FROM identity_providers p WHERE p.tenant_id = t.id AND p.status = 'ENABLED' AND p.required
		AND jsonb_exists(p.domains, split_part(asked.email, '@', 2)))`
	// firstUser is the account of an address that is asked first of several: the
	// one whose address was verified, and else the oldest.
	firstUser = `LATERAL (SELECT u.id, u.password_hash FROM users u WHERE u.email = asked.email ORDER BY u.email_verified_at IS NULL, u.id LIMIT 1)`
	// findAtStudio prefers the account that is a member of the studio.
	findAtStudio = `SELECT t.id, u.id, COALESCE(u.password_hash, ''), m.id
		FROM (SELECT $1::varchar AS email, $2::varchar AS slug) asked
		LEFT JOIN tenants t ON t.slug = asked.slug AND t.status <> 'SUSPENDED'
		LEFT JOIN LATERAL (
			SELECT u.id, u.password_hash FROM users u WHERE u.email = asked.email
			ORDER BY NOT EXISTS (SELECT FROM memberships m WHERE m.tenant_id = t.id AND m.user_id = u.id AND m.status = 'ACTIVE'), u.email_verified_at IS NULL, u.id LIMIT 1
		) u ON true
		LEFT JOIN memberships m ON m.tenant_id = t.id AND m.user_id = u.id AND m.status = 'ACTIVE' AND NOT (` + elsewhere + `)`
	findAnywhere = `SELECT t.id, u.id, COALESCE(u.password_hash, ''), m.id
		FROM (SELECT $1::varchar AS email) asked
		LEFT JOIN ` + firstUser + ` u ON true
		LEFT JOIN (memberships m JOIN tenants t ON t.id = m.tenant_id AND t.status <> 'SUSPENDED') ON m.user_id = u.id AND m.status = 'ACTIVE' AND NOT (` + elsewhere + `)
		ORDER BY m.id LIMIT 10`
)

// candidate is what a sign-in is about.
type candidate struct {
	person  person
	members []member    // active memberships at active studios
	tenants []uuid.UUID // where a refusal is recorded
}

// SignIn signs a person in. Everybody may try; every failure is SIGN_IN_FAILED,
// in the same words and after the same work.
func (i *Identity) SignIn(ctx context.Context, in SignIn) (Session, error) {
	email, err := address(in.Email)
	if err != nil {
		return Session{}, signInFailed()
	}
	in.Email = email
	in.Once = in.Once.in("signIn", email)
	of := proof{email, in.Studio}
	return i.once(ctx, of, in.Once, func() (session Session, err error) {
		err = i.attempt(ctx, of, func() (err error) {
			session, err = i.signIn(platform(ctx, "sign a person in"), in)
			return err
		})
		return session, err
	})
}

func (i *Identity) signIn(ctx context.Context, in SignIn) (Session, error) {
	c, err := i.candidate(ctx, in)
	if err != nil {
		return Session{}, err
	}
	rehash, err := i.prove(ctx, c.person, in.Password)
	if err == nil && len(c.members) == 0 {
		err = signInFailed()
	}
	if fault.CodeOf(err) == fault.SignInFailed {
		i.refused(ctx, c)
	}
	if err != nil {
		return Session{}, err
	}
	if len(c.members) > 1 {
		return Session{}, whichStudio()
	}
	if rehash {
		i.rehash(ctx, c.person, in.Password)
	}
	var session Session
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		session, err = i.enter(ctx, c.members[0], in.Once)
		return err
	})
	return session, err
}

// candidate looks up who wants to sign in and where.
func (i *Identity) candidate(ctx context.Context, in SignIn) (candidate, error) {
	q := query{findAtStudio, []any{in.Email, in.Studio}}
	if in.Studio == "" {
		q = query{findAnywhere, []any{in.Email}}
	}
	var c candidate
	err := each(ctx, i.store.Run(ctx), q, func(rows store.Rows) error {
		var tenant, user, membership uuid.NullUUID
		if err := rows.Scan(&tenant, &user, &c.person.hash, &membership); err != nil {
			return err
		}
		c.person.id = user.UUID
		if tenant.Valid {
			c.tenants = append(c.tenants, tenant.UUID)
		}
		if tenant.Valid && membership.Valid {
			c.members = append(c.members, member{tenant.UUID, user.UUID, membership.UUID})
		}
		return nil
	})
	return c, err
}

// refused records a failed sign-in. That it cannot be recorded is no reason to
// answer differently.
func (i *Identity) refused(ctx context.Context, c candidate) {
	actor := (*viewer.Viewer)(nil).Actor()
	if c.person.id != uuid.Nil {
		actor = "user:" + c.person.id.String()
	}
	err := i.door.record(ctx, refusal{c.tenants, auditentry.CategorySIGN_IN, "session.refused", actor, i.conf.Now()})
	if err != nil {
		i.door.conf.Log.WarnContext(ctx, "a failed sign-in could not be recorded", "error", err)
	}
}

// rehash stores the password with today's parameters. It may fail: the old
// hash still serves, and the next sign-in tries again.
func (i *Identity) rehash(ctx context.Context, p person, password secret.String) {
	hash, err := i.hasher.Hash(ctx, password)
	if err == nil {
		_, err = i.store.Run(ctx).ExecContext(ctx, `UPDATE users SET password_hash = $2, updated_at = $3, version = version + 1
			WHERE id = $1 AND password_hash = $4`, p.id, hash, i.now(), p.hash)
	}
	if err != nil {
		i.door.conf.Log.WarnContext(ctx, "a password could not be hashed anew", "error", err)
	}
}

// SignOut ends the caller's session, whatever becomes of the rest of the
// request. Signed-in people may call it. It reports whether the session was
// still good; this process refuses it at once, others within a second.
func (i *Identity) SignOut(ctx context.Context) (bool, error) {
	v := viewer.From(ctx)
	switch {
	case v == nil:
		return false, fault.New(fault.Unauthenticated, "Send a session as Authorization: Bearer.")
	case v.UserID == uuid.Nil:
		return false, fault.New(fault.Forbidden, "Only people sign out; an API key is revoked.")
	}
	ended := 0
	err := i.store.InTx(platform(ctx, "end a session"), func(ctx context.Context) (err error) {
		ended, err = i.store.Client(ctx).AuthSession.Update().
			Where(authsession.ID(v.CredentialID), authsession.UserID(v.UserID), authsession.RevokedAtIsNil()).SetRevokedAt(i.now()).Save(ctx)
		if err != nil || ended == 0 {
			return err
		}
		return i.note(ctx, member{v.TenantID, v.UserID, v.MembershipID}, "session.closed")
	})
	if err != nil {
		return false, err
	}
	i.door.Forget(v.CredentialID)
	return ended > 0, nil
}
