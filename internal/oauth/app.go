package oauth

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
)

// App is the input of Register.
type App struct {
	Name, Publisher, About string
	PrivacyURL             string
	RedirectURIs           []string
	Scopes                 []string // no "*": a studio consents to what it can read
	Public                 bool     // cannot keep a secret: a program on people's devices
}

// Register makes an app that studios can install and returns its secret, which
// is shown once and empty for a public one. For the operator.
func (d *Desk) Register(ctx context.Context, in App) (made *ent.OAuthApp, token secret.String, err error) {
	if in.Name, in.Publisher = strings.TrimSpace(in.Name), strings.TrimSpace(in.Publisher); in.Name == "" || in.Publisher == "" {
		return nil, "", fault.New(fault.BadUserInput, "an app has a name and a publisher")
	}
	for _, uri := range append(slices.Clone(in.RedirectURIs), in.PrivacyURL) {
		if u, err := url.Parse(uri); err != nil || u.Host == "" || u.Fragment != "" || strings.ContainsAny(uri, " \t\n") ||
			u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost") {
			return nil, "", fault.New(fault.BadUserInput, "%q is no address that begins with https:// and has no fragment", uri)
		}
	}
	if len(in.RedirectURIs) == 0 || len(in.Scopes) == 0 {
		return nil, "", fault.New(fault.BadUserInput, "an app has a redirect URI and a scope at least")
	}
	if slices.ContainsFunc(in.Scopes, func(s string) bool { return strings.HasPrefix(s, "*") }) {
		return nil, "", fault.New(fault.BadUserInput, "name each scope; * tells a studio nothing")
	}
	if in.Scopes, err = credential.ParseScopes(in.Scopes, auth.Subjects()); err != nil {
		return nil, "", err
	}
	err = d.store.InTx(platform(ctx, "register an app"), func(ctx context.Context) (err error) {
		create := d.store.Client(ctx).OAuthApp.Create().SetName(in.Name).SetPublisher(in.Publisher).SetAbout(in.About).
			SetPrivacyURL(in.PrivacyURL).SetRedirectUris(in.RedirectURIs).SetScopes(in.Scopes)
		if !in.Public {
			var stored credential.Stored
			token, stored = credential.New(credential.AppSecret, "")
			create.SetSecretHash(stored.Hash[:])
		}
		made, err = create.Save(ctx)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return made, token, nil
}
