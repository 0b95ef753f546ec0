package auth

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
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
// The password of an account with the address leads to that account; any other
// one makes an account of its own, so that nobody keeps an address from whom it
// belongs to, and no answer tells who has an account.
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
		FROM (SELECT $1::varchar AS email) asked LEFT JOIN ` + firstUser + ` u ON true`, []any{in.Email, in.Slug}},
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
	if store.Breaks(err, "tenants_slug_key") {
		err = slugTaken() // another caller was faster
	}
	return session, cmpErr(err, owner.chosen())
}

// account is p where the password proves that, and else somebody new who has
// it, after the same work whether there is anybody or not.
func (i *Identity) account(ctx context.Context, p person, password secret.String) (person, error) {
	_, err := i.prove(ctx, p, password)
	if fault.CodeOf(err) != fault.SignInFailed {
		return p, err
	}
	hash, err := i.hasher.Hash(ctx, password)
	return person{hash: hash}, inInput(err)
}

// errChosen says to attempt that a password was chosen: nothing was proven.
var errChosen = errors.New("auth: the password was chosen")

// chosen is errChosen for somebody new.
func (p person) chosen() error {
	if p.id == uuid.Nil {
		return errChosen
	}
	return nil
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
