package auth

import (
	"context"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// SignUp is the input of the verb.
type SignUp struct {
	StudioName, Slug string
	Name, Email      string // of the owner
	Password         secret.String
	Once             Once
}

// SignUp founds a studio with its owner and signs the owner in. Everybody may.
// Whoever has an account already has to prove its password, else the answer is
// SIGN_IN_FAILED. The rules for passwords and short names come first and are
// the same for everybody, so that a refusal does not tell who has an account.
func (i *Identity) SignUp(ctx context.Context, in SignUp) (Session, error) {
	in, err := in.normal()
	if err != nil {
		return Session{}, err
	}
	in.Once = in.Once.in("signUp", in.Email)
	of := proof{account: in.Email}
	return i.once(ctx, of, in.Once, func() (session Session, err error) {
		err = i.attempt(ctx, of, func() (err error) {
			session, err = i.signUp(platform(ctx, "found a studio"), in)
			return err
		})
		return session, err
	})
}

// normal returns the input as it is stored, or what is wrong with it.
func (in SignUp) normal() (SignUp, error) {
	var err error
	if in.StudioName, err = label(in.StudioName, "studioName", 200); err != nil {
		return in, err
	}
	if err = slug(in.Slug); err != nil {
		return in, err
	}
	if in.Name, err = label(in.Name, "name", 200); err != nil {
		return in, err
	}
	if in.Email, err = address(in.Email); err != nil {
		return in, err
	}
	return in, inInput(credential.CheckPassword(in.Password, in.Email, in.StudioName, in.Slug))
}

func (i *Identity) signUp(ctx context.Context, in SignUp) (Session, error) {
	taken, owner := false, person{}
	err := each(ctx, i.store.Run(ctx), query{`SELECT EXISTS (SELECT FROM tenants WHERE slug = $2), u.id, COALESCE(u.password_hash, '')
		FROM (SELECT $1::varchar AS email) asked LEFT JOIN users u ON u.email = asked.email`, []any{in.Email, in.Slug}},
		func(rows store.Rows) error {
			var id uuid.NullUUID
			err := rows.Scan(&taken, &id, &owner.hash)
			owner.id = id.UUID
			return err
		})
	switch {
	case err != nil:
		return Session{}, err
	case taken:
		return Session{}, slugTaken()
	}
	if owner, err = i.account(ctx, owner, in.Password); err != nil {
		return Session{}, err
	}
	var session Session
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		session, err = i.found(ctx, in, owner)
		return err
	})
	return session, conflict(err)
}

// account proves the password of a person who exists, and hashes that of one
// who does not yet. A person without a password is refused: whoever knows the
// address could choose it.
func (i *Identity) account(ctx context.Context, p person, password secret.String) (person, error) {
	if p.id != uuid.Nil {
		_, err := i.prove(ctx, p, password)
		return p, err
	}
	hash, err := i.hasher.Hash(ctx, password)
	p.hash = hash
	return p, inInput(err)
}

// found writes the studio, its owner and the session.
func (i *Identity) found(ctx context.Context, in SignUp, owner person) (Session, error) {
	client := i.store.Client(ctx)
	studio, err := client.Tenant.Create().SetName(in.StudioName).SetSlug(in.Slug).Save(ctx)
	if err != nil {
		return Session{}, err
	}
	if owner.id, err = i.user(ctx, owner, in.Email, in.Name); err != nil {
		return Session{}, err
	}
	inside := viewer.ForTenant(ctx, studio.ID, "found a studio")
	first, err := client.Membership.Create().SetUserID(owner.id).SetEmail(in.Email).SetName(in.Name).
		SetRole(membership.RoleOWNER).SetStatus(membership.StatusACTIVE).Save(inside)
	if err != nil {
		return Session{}, err
	}
	return i.enter(ctx, member{studio.ID, owner.id, first.ID}, in.Once)
}

// user returns the id of p, who is made where there is none.
func (i *Identity) user(ctx context.Context, p person, email, name string) (uuid.UUID, error) {
	if p.id != uuid.Nil {
		return p.id, nil
	}
	create := i.store.Client(ctx).User.Create().SetEmail(email).SetName(name)
	if p.hash != "" {
		create.SetPasswordHash(p.hash)
	}
	made, err := create.Save(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	return made.ID, nil
}

// conflict says what another caller was faster with.
func conflict(err error) error {
	switch {
	case store.Breaks(err, "tenants_slug_key"):
		return slugTaken()
	case store.Breaks(err, "users_email_key"):
		return signInFailed()
	}
	return err
}
