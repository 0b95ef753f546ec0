package oauth

import (
	"context"
	stderrors "errors"
	"net/url"
	"slices"
	"strings"

	protocol "github.com/go-oauth2/oauth2/v4"
	"github.com/go-oauth2/oauth2/v4/errors"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/appinstallation"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Request is what an app asks a studio for, as it stands in the address to
// which the app has sent somebody.
type Request struct {
	Client    string
	Redirect  string
	Scope     string // separated by spaces; all of the app's where empty
	State     string
	Challenge string // of PKCE, by S256
}

// Consent is what a person has to know before consenting.
type Consent struct {
	App       *ent.OAuthApp
	Scopes    []Scope
	Installed bool // whether the studio has let the app in already
}

// Scope is one scope in the words of the catalog.
type Scope struct {
	Name    string
	Type    string // of record
	Writes  bool
	Classes []string // of the data that it reaches
}

// check returns the app that asks, and refuses what an app cannot ask for.
func (d *Desk) check(ctx context.Context, r Request) (*ent.OAuthApp, error) {
	app, err := d.app(ctx, r.Client)
	switch {
	case err != nil:
		return nil, err
	case !slices.Contains(app.RedirectUris, r.Redirect):
		return nil, errors.ErrInvalidRequest
	case !covers(app.Scopes, strings.Fields(r.Scope)):
		return nil, errors.ErrInvalidScope
	case len(r.Challenge) < 43 || len(r.Challenge) > 128:
		return nil, errors.ErrInvalidRequest
	}
	return app, nil
}

// judged turns the protocol's refusals into what a person can correct.
func judged(err error) error {
	switch {
	case stderrors.Is(err, errors.ErrInvalidClient):
		return fault.User(fault.NotFound, []string{"input", "clientId"}, "There is no such app.")
	case stderrors.Is(err, errors.ErrInvalidScope):
		return fault.User(fault.Invalid, []string{"input", "scope"}, "The app may not ask for that.")
	case stderrors.Is(err, errors.ErrInvalidRequest):
		return fault.User(fault.Invalid, []string{"input"}, "The app's address or its code challenge is not one that it may send.")
	}
	return err
}

// scopes are those of a request, or all of the app's.
func (r Request) scopes(app *ent.OAuthApp) []string {
	asked := strings.Fields(r.Scope)
	if len(asked) == 0 {
		asked = slices.Clone(app.Scopes)
	}
	slices.Sort(asked)
	return slices.Compact(asked)
}

// Ask returns what the consent screen shows. For OWNER and ADMIN.
func (d *Desk) Ask(ctx context.Context, r Request) (*Consent, error) {
	if _, err := auth.Keeper(ctx, "let apps in"); err != nil {
		return nil, err
	}
	app, err := d.check(ctx, r)
	if err != nil {
		return nil, judged(err)
	}
	consent := &Consent{App: app}
	for _, name := range r.scopes(app) {
		consent.Scopes = append(consent.Scopes, scopeOf(name))
	}
	consent.Installed, err = d.store.Client(ctx).AppInstallation.Query().
		Where(appinstallation.AppID(app.ID), appinstallation.StatusEQ(appinstallation.StatusACTIVE)).Exist(ctx)
	return consent, err
}

func scopeOf(name string) Scope {
	subject, action, _ := strings.Cut(name, ":")
	s := Scope{Name: name, Writes: action == "write"}
	for _, e := range catalog.Entities {
		if e.Prefix != subject {
			continue
		}
		s.Type = e.Name
		for i := range e.Fields {
			if f := &e.Fields[i]; !f.Hidden && f.Class != "" && catalog.Shows(f.Class, viewer.Key) && !slices.Contains(s.Classes, f.Class) {
				s.Classes = append(s.Classes, f.Class)
			}
		}
	}
	slices.Sort(s.Classes)
	return s
}

// Install lets an app in at the viewer's studio and returns the address to send
// the person back to, with a code that works once and for a minute. What the
// studio consented to before is replaced. For OWNER and ADMIN.
func (d *Desk) Install(ctx context.Context, r Request) (made *ent.AppInstallation, redirect string, err error) {
	v, err := auth.Keeper(ctx, "let apps in")
	if err != nil {
		return nil, "", err
	}
	app, err := d.check(ctx, r)
	if err != nil {
		return nil, "", judged(err)
	}
	back, err := url.Parse(r.Redirect)
	if err != nil {
		return nil, "", judged(errors.ErrInvalidRequest)
	}
	scopes := r.scopes(app)
	err = d.store.InTx(ctx, func(ctx context.Context) error {
		client := d.store.Client(ctx).AppInstallation
		had, err := client.Query().Where(appinstallation.AppID(app.ID), appinstallation.StatusEQ(appinstallation.StatusACTIVE)).ForUpdate().First(ctx)
		switch {
		case ent.IsNotFound(err):
			made, err = client.Create().SetAppID(app.ID).SetAppName(app.Name).SetPublisher(app.Publisher).SetScopes(scopes).SetInstalledBy(v.Actor()).Save(ctx)
		case err == nil && !slices.Equal(had.Scopes, scopes):
			if made, err = had.Update().SetScopes(scopes).Save(ctx); err == nil {
				err = d.endTokens(ctx, had.ID)
			}
		case err == nil:
			made = had
		}
		return err
	})
	if err != nil {
		return nil, "", err
	}
	code, err := d.manager.GenerateAuthToken(ctx, protocol.Code, &protocol.TokenGenerateRequest{
		ClientID: r.Client, UserID: made.ID.String(), RedirectURI: r.Redirect, Scope: strings.Join(scopes, " "),
		CodeChallenge: r.Challenge, CodeChallengeMethod: protocol.CodeChallengeS256,
	})
	if err != nil {
		return nil, "", err
	}
	query := back.Query()
	query.Set("code", code.GetCode())
	if r.State != "" {
		query.Set("state", r.State)
	}
	back.RawQuery = query.Encode()
	return made, back.String(), nil
}

// Remove shuts an app out of the viewer's studio: here at once, elsewhere
// within a second. For OWNER and ADMIN.
func (d *Desk) Remove(ctx context.Context, id uuid.UUID) (gone *ent.AppInstallation, err error) {
	if _, err := auth.Keeper(ctx, "shut apps out"); err != nil {
		return nil, err
	}
	err = d.store.InTx(ctx, func(ctx context.Context) error {
		found, err := d.store.Client(ctx).AppInstallation.Query().Where(appinstallation.ID(id)).ForUpdate().Only(ctx)
		if ent.IsNotFound(err) {
			return fault.User(fault.NotFound, []string{"input", "id"}, "There is no such app.")
		}
		if err != nil || found.Status == appinstallation.StatusREVOKED {
			gone = found
			return err
		}
		gone, err = found.Update().SetStatus(appinstallation.StatusREVOKED).SetRevokedAt(d.moment()).Save(ctx)
		d.store.AfterCommit(ctx, func() { d.door.Forget(id) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return gone, nil
}
