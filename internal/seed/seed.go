// Package seed fills a database with studios that look like real ones, for
// development and for tests of the whole program. Everything is made by the
// verbs that the API has, as the studio's owner, so that rules hold and events
// are recorded. It is no part of a production server: its passwords are known
// to everybody.
package seed

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Password is that of everybody in the seed.
const Password secret.String = "Grand-Jete-1832" // #nosec G101 -- the demo prints it

// Verbs are the parts of the program that make what the seed holds.
type Verbs struct {
	Store    *store.Store
	Identity *auth.Identity
	Door     *auth.Door
	Desk     *enrollment.Desk
	Office   *billing.Office
	Now      func() time.Time // decides in which school year the studios are; nil is time.Now
}

// Access is what opens one studio.
type Access struct {
	Tenant                               uuid.UUID
	Owner, Guardian, Secret, Publishable secret.String
}

// Studio makes the studio where there is none, fills it where it is empty, and
// returns what opens it: of before whatever still works, and new credentials
// for the rest. The first Ctrl-C may come at any moment: the next call goes on
// from there.
func (v Verbs) Studio(ctx context.Context, s Studio, before Access) (Access, error) {
	a, err := v.owner(ctx, s, before)
	if err != nil {
		return a, fmt.Errorf("seed %s: owner: %w", s.Name, err)
	}
	owner, err := v.as(ctx, a.Owner)
	if err != nil {
		return a, fmt.Errorf("seed %s: owner: %w", s.Name, err)
	}
	a.Tenant = viewer.From(owner).TenantID
	if err := v.fill(owner, s); err != nil {
		return a, fmt.Errorf("seed %s: %w", s.Name, err)
	}
	if a.Guardian, err = v.guardian(owner, s, before); err != nil {
		return a, fmt.Errorf("seed %s: guardian: %w", s.Name, err)
	}
	if a.Secret, err = v.key(owner, before.Secret, auth.NewKey{Name: "Demo server", Kind: apikey.KindSECRET, Scopes: []string{"*"}}); err != nil {
		return a, fmt.Errorf("seed %s: secret key: %w", s.Name, err)
	}
	if a.Publishable, err = v.key(owner, before.Publishable, auth.NewKey{Name: "Demo storefront", Kind: apikey.KindPUBLISHABLE}); err != nil {
		return a, fmt.Errorf("seed %s: publishable key: %w", s.Name, err)
	}
	return a, nil
}

// As returns a context in which the bearer of the token acts.
func (v Verbs) As(ctx context.Context, token secret.String) (context.Context, error) {
	return v.as(ctx, token)
}

func (v Verbs) as(ctx context.Context, token secret.String) (context.Context, error) {
	found, err := v.Door.Verify(ctx, http.Header{"Authorization": {"Bearer " + token.Reveal()}})
	if err != nil {
		return nil, err
	}
	return viewer.With(ctx, found), nil
}

// works reports whether a token kept from an earlier start still opens its
// studio; zero stands for any.
func (v Verbs) works(ctx context.Context, token secret.String, tenant uuid.UUID) (bool, error) {
	if token == "" {
		return false, nil
	}
	found, err := v.Door.Verify(ctx, http.Header{"Authorization": {"Bearer " + token.Reveal()}})
	if f := fault.From(err); f != nil && f.Code == fault.Unavailable {
		return false, err
	}
	return err == nil && (tenant == uuid.Nil || found.TenantID == tenant), nil
}

func (v Verbs) owner(ctx context.Context, s Studio, before Access) (Access, error) {
	if ok, err := v.works(ctx, before.Owner, before.Tenant); ok || err != nil {
		return Access{Owner: before.Owner}, err
	}
	session, err := v.Identity.SignUp(ctx, auth.SignUp{
		StudioName: s.Name, Slug: s.Slug, Name: s.Owner.Name, Email: s.Owner.Email, Password: Password,
	})
	if f := fault.From(err); f != nil && f.Code == fault.Taken {
		session, err = v.Identity.SignIn(ctx, auth.SignIn{Studio: s.Slug, Email: s.Owner.Email, Password: Password})
	}
	return Access{Owner: session.Token}, err
}

// guardian signs in the parent of the studio's first family.
func (v Verbs) guardian(owner context.Context, s Studio, before Access) (secret.String, error) {
	tenant := viewer.From(owner).TenantID
	if ok, err := v.works(owner, before.Guardian, tenant); ok || err != nil {
		return before.Guardian, err
	}
	family, err := v.firstFamily(owner, s)
	if err != nil {
		return "", err
	}
	_, token, err := v.Identity.InviteMember(owner, auth.Invitation{
		Email: s.Guardian.Email, Name: s.Guardian.Name, Role: membership.RoleGUARDIAN, Household: &family,
	})
	var session auth.Session
	if err == nil {
		session, err = v.Identity.AcceptInvitation(owner, auth.Acceptance{Token: token.Reveal(), Password: Password})
	} else if f := fault.From(err); f != nil && f.Code == fault.Taken {
		session, err = v.Identity.SignIn(owner, auth.SignIn{Studio: s.Slug, Email: s.Guardian.Email, Password: Password})
	}
	return session.Token, err
}

func (v Verbs) key(owner context.Context, before secret.String, in auth.NewKey) (secret.String, error) {
	if ok, err := v.works(owner, before, viewer.From(owner).TenantID); ok || err != nil {
		return before, err
	}
	_, token, err := v.Identity.CreateAPIKey(owner, in)
	return token, err
}

func (v Verbs) now() time.Time {
	if v.Now == nil {
		return time.Now()
	}
	return v.Now()
}

// schoolYear is the calendar year in which the school year of now begins; it
// has three months to go at least.
func (v Verbs) schoolYear() int {
	now := v.now()
	if cmp.Compare(now.Month(), time.June) < 0 {
		return now.Year() - 1
	}
	return now.Year()
}
