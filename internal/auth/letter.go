package auth

import (
	"context"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/ent/signintoken"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// retake is how often the postman looks for wishes that nobody woke him for.
const retake = 5 * time.Second

// wake tells the postman that somebody wants a new password.
func (i *Identity) wake() {
	select {
	case i.wishes <- struct{}{}:
	default: // told already
	}
}

// Run has links made for those who want a new password, until ctx ends.
func (i *Identity) Run(ctx context.Context) {
	again := time.NewTicker(retake)
	defer again.Stop()
	for {
		for {
			done, err := i.Post(ctx)
			if err != nil && ctx.Err() == nil {
				i.door.conf.Log.WarnContext(ctx, "a link for a new password could not be made", "error", err)
			}
			if err != nil || !done {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-i.wishes:
		case <-again.C:
		}
	}
}

const (
	nextWish = `SELECT digest FROM sign_in_tokens WHERE kind = 'PASSWORD_RESET' AND user_id IS NULL AND used_at IS NULL AND expires_at > $1
		ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`
	findWisher = `SELECT m.id, m.tenant_id, m.user_id, t.slug = $2 FROM users u
		JOIN memberships m ON m.user_id = u.id AND m.status = 'ACTIVE'
		JOIN tenants t ON t.id = m.tenant_id AND t.status <> 'SUSPENDED'
		WHERE u.email = $1 AND u.password_hash <> '' AND ($2 = '' OR EXISTS (
			SELECT FROM memberships h JOIN tenants s ON s.id = h.tenant_id AND s.slug = $2 WHERE h.user_id = u.id AND h.status = 'ACTIVE'))
		ORDER BY m.id LIMIT 20`
)

// Post makes the links of one wish, of every studio to which the person
// belongs; false where there is none. Each is sent by its studio's messaging
// provider, by the event that its membership has. Run calls it; tests do.
func (i *Identity) Post(ctx context.Context) (done bool, err error) {
	err = i.store.InTx(platform(ctx, "have links for a new password sent"), func(ctx context.Context) error {
		var digest []byte
		err := each(ctx, i.store.Run(ctx), query{nextWish, []any{i.now()}}, func(rows store.Rows) error { return rows.Scan(&digest) })
		if err != nil || digest == nil {
			return err
		}
		done = true
		var w wish
		s, found, err := i.find(ctx, signintoken.KindPASSWORD_RESET, digest, &w)
		if err != nil {
			return err
		}
		if _, err := i.take(ctx, s); err != nil || !found {
			return err
		}
		return i.grant(ctx, w)
	})
	return done, err
}

// grant makes the links of a wish, in place of earlier ones.
func (i *Identity) grant(ctx context.Context, w wish) error {
	var members []member
	named := w.Studio == ""
	err := each(ctx, i.store.Run(ctx), query{findWisher, []any{w.Email, w.Studio}}, func(rows store.Rows) error {
		var m member
		var here bool
		err := rows.Scan(&m.membership, &m.tenant, &m.user, &here)
		members, named = append(members, m), named || here
		return err
	})
	if err != nil || !named {
		return err
	}
	for _, m := range members {
		if _, err := i.store.Run(ctx).ExecContext(ctx, `UPDATE sign_in_tokens SET used_at = $2, updated_at = $2, data = NULL
			WHERE membership_id = $1 AND kind = 'PASSWORD_RESET' AND used_at IS NULL`, m.membership, i.now()); err != nil {
			return err
		}
		s := step{kind: signintoken.KindPASSWORD_RESET, user: m.user, membership: m.membership, expires: i.now().Add(resetLife)}
		if err := i.mail(ctx, credential.Reset, s); err != nil {
			return err
		}
		inside := viewer.ForTenant(ctx, m.tenant, "have a link for a new password sent")
		if err := i.store.Client(ctx).Membership.UpdateOneID(m.membership).SetPasswordResetRequestedAt(i.now()).Exec(inside); err != nil {
			return err
		}
	}
	return nil
}

// letters are the events that mail a link: the kind of step behind it, and how
// the studio's page finds the token in the address.
var letters = map[string]struct {
	kind signintoken.Kind
	name string
}{
	"membership.invited":                  {signintoken.KindINVITATION, "invitation"},
	"membership.password_reset_requested": {signintoken.KindPASSWORD_RESET, "reset"},
	"membership.verification_requested":   {signintoken.KindVERIFICATION, "verification"},
}

// An invitation is found by the membership's own digest, as it was written
// before there was a membership.
const findLetter = `SELECT t.account_url, s.digest FROM memberships m
	JOIN tenants t ON t.id = m.tenant_id
	JOIN sign_in_tokens s ON s.kind = $3 AND s.used_at IS NULL AND s.expires_at > $4 AND (s.membership_id = m.id OR s.digest = m.invite_hash)
	WHERE m.tenant_id = $1 AND m.id = $2 ORDER BY s.id DESC LIMIT 1`

// Letter returns the address that an event mails to a member, with the token in
// it, and until when it works; empty where there is nothing to mail, because the
// link is used, out of date, or the studio has no page to lead to. It is for
// the messaging provider's adapter alone.
func (i *Identity) Letter(ctx context.Context, tenant, membership uuid.UUID, event string) (secret.String, time.Time, error) {
	of, ok := letters[event]
	if !ok {
		return "", time.Time{}, nil
	}
	across := platform(ctx, "mail a link")
	var page string
	var digest []byte
	err := each(across, i.store.Run(across), query{findLetter, []any{tenant, membership, string(of.kind), i.now()}},
		func(rows store.Rows) error { return rows.Scan(&page, &digest) })
	if err != nil || page == "" {
		return "", time.Time{}, err
	}
	var token string
	s, found, err := i.find(across, of.kind, digest, &token)
	if err != nil || !found {
		return "", time.Time{}, err
	}
	to, err := url.Parse(page)
	if err != nil {
		return "", time.Time{}, err
	}
	asked := to.Query()
	asked.Set(of.name, token)
	to.RawQuery = asked.Encode()
	return secret.String(to.String()), s.expires, nil
}

// uuidArray is a set of ids as Postgres takes it.
func uuidArray(set map[uuid.UUID]bool) any {
	var list []string
	for id := range set {
		list = append(list, id.String())
	}
	return pq.Array(list)
}
