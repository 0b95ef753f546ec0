package auth

import (
	"context"
	"encoding/hex"
	"slices"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/signintoken"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// NewPassword is the input of ChangePassword.
type NewPassword struct{ Current, New secret.String }

// ChangePassword gives the caller another password and ends all their other
// sessions, at every studio.
func (i *Identity) ChangePassword(ctx context.Context, in NewPassword) error {
	who, err := i.owner(ctx)
	if err != nil {
		return err
	}
	across := platform(ctx, "change a password")
	if err := i.accepts(across, who.member.user, in.New, who.email, who.studio, who.slug); err != nil {
		return under("newPassword", err)
	}
	err = i.attempt(ctx, proof{account: who.email}, func() error {
		if _, err := i.prove(across, who.person(), in.Current); err != nil {
			return err
		}
		hash, err := i.hasher.Hash(across, in.New)
		if err != nil {
			return err
		}
		return i.store.InTx(across, func(ctx context.Context) error {
			if err := i.setPassword(ctx, who.member.user, hash, who.session); err != nil {
				return err
			}
			if err := i.proven(ctx, who.session, false); err != nil {
				return err
			}
			return i.note(ctx, who.member, "password.changed")
		})
	})
	if err == nil {
		i.door.Forget(who.member.user)
	}
	return err
}

// under puts the path of a user error of another package below a field of the input.
func under(field string, err error) error {
	f := fault.From(err)
	if f == nil || !f.User {
		return err
	}
	moved := *f
	moved.Field = []string{"input", field}
	return &moved
}

// setPassword stores a hash and ends the person's sessions but one, which may
// be none. Links to choose a password are of no use afterwards.
func (i *Identity) setPassword(ctx context.Context, user uuid.UUID, hash string, but uuid.UUID) error {
	for _, q := range []query{
		{`UPDATE users SET password_hash = $2, password_changed_at = $3, updated_at = $3, version = version + 1 WHERE id = $1`, []any{user, hash, i.now()}},
		{`UPDATE auth_sessions SET revoked_at = $3, updated_at = $3, version = version + 1 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL`, []any{user, but, i.now()}},
		{`UPDATE sign_in_tokens SET used_at = $2, updated_at = $2, data = NULL WHERE user_id = $1 AND kind IN ('PASSWORD_RESET', 'SECOND_FACTOR') AND used_at IS NULL`, []any{user, i.now()}},
	} {
		if _, err := i.store.Run(ctx).ExecContext(ctx, q.text, q.args...); err != nil {
			return err
		}
	}
	return nil
}

// wish is who asks for a new password, until the postman finds out whether
// there is such a person.
type wish struct {
	Email  string `json:"email"`
	Studio string `json:"studio"`
}

// freeWishes is how many links for one address may be asked for at once.
const freeWishes = 3

// RequestPasswordReset has a link sent to the person with an address, if there
// is one. Everybody may ask. Neither the answer nor the work for it depends on
// who there is: the postman looks that up afterwards.
func (i *Identity) RequestPasswordReset(ctx context.Context, email, studio string) error {
	email, err := address(email)
	if err != nil {
		return err
	}
	across := platform(ctx, "take down who wants a new password")
	bounds := []bound{over("wish "+email, freeWishes, maxDelay)}
	if from := addressOf(ctx); from != "" {
		bounds = append(bounds, over("wish from "+network(from), i.conf.AddressFailures, maxDelay))
	}
	allowed, err := i.attempts.try(across, bounds...)
	if err != nil {
		return unavailable(err)
	}
	if !allowed {
		return nil // in the same words
	}
	_, stored := credential.New(credential.Step, "")
	err = i.keep(across, step{digest: stored.Hash[:], kind: signintoken.KindPASSWORD_RESET, expires: i.now().Add(resetLife)}, wish{email, studio})
	if err == nil {
		i.wake()
	}
	return err
}

// PasswordReset is the input of ResetPassword.
type PasswordReset struct {
	Tokens   []string // one of each studio of the person that sent one
	Password secret.String
}

const findReset = `SELECT m.id, m.tenant_id, u.email, t.name, t.slug, m.id = ANY($2::uuid[])
	FROM users u JOIN memberships m ON m.user_id = u.id AND m.status = 'ACTIVE'
	JOIN tenants t ON t.id = m.tenant_id AND t.status <> 'SUSPENDED'
	WHERE u.id = $1 ORDER BY m.id`

// ResetPassword gives whoever holds the links a new password and ends all
// sessions of the person. Each studio of a person mails through a provider of
// its own and could read its own link there: a person who belongs to several
// and has no second factor needs the links of all, so that no studio comes
// into another one by them. Everybody who holds them may.
func (i *Identity) ResetPassword(ctx context.Context, in PasswordReset) error {
	across := platform(ctx, "reset a password")
	steps, err := i.links(across, in.Tokens)
	if err != nil {
		return err
	}
	user, shown := steps[0].user, map[uuid.UUID]bool{}
	for _, s := range steps {
		shown[s.membership] = true
	}
	var members []member
	var hints []string
	missing, email := 0, ""
	err = each(across, i.store.Run(across), query{findReset, []any{user, uuidArray(shown)}}, func(rows store.Rows) error {
		m, name, slug, has := member{user: user}, "", "", false
		if err := rows.Scan(&m.membership, &m.tenant, &email, &name, &slug, &has); err != nil {
			return err
		}
		members, hints = append(members, m), append(hints, name, slug)
		if !has {
			missing++
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(members) == 0 {
		return noLink()
	}
	list, err := i.factors(across, user)
	switch {
	case err != nil:
		return err
	case missing > 0 && len(list) == 0:
		return fault.User(fault.Required, []string{"input", "tokens"}, "You belong to several studios, and each has sent you a link. Give the tokens of all of them.")
	}
	if err := i.accepts(across, user, in.Password, append(hints, email)...); err != nil {
		return inInput(err)
	}
	hash, err := i.hasher.Hash(across, in.Password)
	if err != nil {
		return err
	}
	err = i.store.InTx(across, func(ctx context.Context) error {
		for _, s := range steps {
			if gone, err := i.take(ctx, s); err != nil || !gone {
				return cmpErr(err, noLink())
			}
		}
		if err := i.setPassword(ctx, user, hash, uuid.Nil); err != nil {
			return err
		}
		if _, err := i.store.Run(ctx).ExecContext(ctx, `UPDATE users SET email_verified_at = COALESCE(email_verified_at, $2) WHERE id = $1`, user, i.now()); err != nil {
			return err
		}
		for _, m := range members {
			if err := i.note(ctx, m, "password.reset"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	i.door.Forget(user)
	return i.unlock(across, email) // whoever tried the old password does not lock the new one
}

// cmpErr is err, or what it stands for where there is none.
func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// maxLinks bounds the links that one reset may need.
const maxLinks = 20

// links finds the steps of tokens, which have to be one person's.
func (i *Identity) links(ctx context.Context, tokens []string) ([]step, error) {
	if len(tokens) == 0 || len(tokens) > maxLinks {
		return nil, noLink()
	}
	var steps []step
	for _, token := range tokens {
		digest, ok := stepDigest(token, credential.Reset)
		if !ok {
			return nil, noLink()
		}
		s, found, err := i.find(ctx, signintoken.KindPASSWORD_RESET, digest, nil)
		if err != nil {
			return nil, err
		}
		if !found || s.user == uuid.Nil || len(steps) > 0 && steps[0].user != s.user {
			return nil, noLink()
		}
		if !slices.ContainsFunc(steps, func(other step) bool { return hex.EncodeToString(other.digest) == hex.EncodeToString(s.digest) }) {
			steps = append(steps, s)
		}
	}
	return steps, nil
}

func noLink() error {
	return fault.User(fault.NotFound, []string{"input", "tokens"}, "The link does not work any more. Ask for a new one.")
}

// unlock forgets the failed sign-ins of an account.
func (i *Identity) unlock(ctx context.Context, email string) error {
	account := over("account "+email, 0, 0).digest
	return i.attempts.undo(ctx, account, bound{digest: account})
}

// UnlockMember lets a member of the studio sign in at once again, after too
// many failed attempts. OWNER and ADMIN may. Whether the member had to wait,
// nobody is told.
func (i *Identity) UnlockMember(ctx context.Context, id uuid.UUID) error {
	v, err := keeper(ctx, "unlock members")
	if err != nil {
		return err
	}
	across := platform(ctx, "unlock a member")
	email, user := "", uuid.NullUUID{}
	err = each(across, i.store.Run(across), query{`SELECT u.email, u.id FROM memberships m JOIN users u ON u.id = m.user_id
		WHERE m.tenant_id = $1 AND m.id = $2 AND m.status = 'ACTIVE'`, []any{v.TenantID, id}}, func(rows store.Rows) error { return rows.Scan(&email, &user) })
	switch {
	case err != nil:
		return err
	case email == "":
		return fault.User(fault.NotFound, []string{"input", "id"}, "There is no such member.")
	}
	if err := i.unlock(across, email); err != nil {
		return err
	}
	return i.store.InTx(across, func(ctx context.Context) error {
		return i.note(ctx, member{v.TenantID, v.UserID, id}, "account.unlocked")
	})
}

// RequestVerification has the caller sent a link that proves their address.
func (i *Identity) RequestVerification(ctx context.Context) error {
	who, err := i.caller(ctx)
	if err != nil {
		return err
	}
	across := platform(ctx, "have an address proven")
	allowed, err := i.attempts.try(across, over("verification "+who.email, freeWishes, maxDelay))
	if err != nil || !allowed {
		return err
	}
	return i.store.InTx(across, func(ctx context.Context) error {
		s := step{kind: signintoken.KindVERIFICATION, user: who.member.user, membership: who.member.membership, expires: i.now().Add(proofLife)}
		if err := i.mail(ctx, credential.Verification, s); err != nil {
			return err
		}
		inside := viewer.ForTenant(ctx, who.member.tenant, "have an address proven")
		return i.store.Client(ctx).Membership.UpdateOneID(who.member.membership).SetVerificationRequestedAt(i.now()).Exec(inside)
	})
}

// VerifyEmail takes down that whoever holds the link reads the mail of their
// address. Everybody who holds it may.
func (i *Identity) VerifyEmail(ctx context.Context, token string) error {
	wrong := fault.User(fault.NotFound, []string{"input", "token"}, "The link does not work any more. Ask for a new one.")
	digest, ok := stepDigest(token, credential.Verification)
	if !ok {
		return wrong
	}
	return i.store.InTx(platform(ctx, "take down a proven address"), func(ctx context.Context) error {
		s, found, err := i.find(ctx, signintoken.KindVERIFICATION, digest, nil)
		if err == nil && found {
			found, err = i.take(ctx, s)
		}
		if err != nil {
			return err
		}
		if !found {
			return wrong
		}
		_, err = i.store.Run(ctx).ExecContext(ctx, `UPDATE users SET email_verified_at = COALESCE(email_verified_at, $2), updated_at = $2, version = version + 1 WHERE id = $1`, s.user, i.now())
		return err
	})
}

// mail makes a token that is sealed for the postal way alone: it is read by
// Letter, and shown to nobody else.
func (i *Identity) mail(ctx context.Context, kind credential.Kind, s step) error {
	token, stored := credential.New(kind, "")
	s.digest = stored.Hash[:]
	return i.keep(ctx, s, token.Reveal())
}
