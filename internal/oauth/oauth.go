// Package oauth lets third parties' apps in at studios: each studio consents by
// itself, to named scopes, and can shut an app out again at once. The protocol
// is that of go-oauth2; what it stores is here.
package oauth

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	protocol "github.com/go-oauth2/oauth2/v4"
	"github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/manage"
	"github.com/go-oauth2/oauth2/v4/server"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/typeid"
)

const (
	codeLife    = time.Minute
	accessLife  = 15 * time.Minute
	refreshLife = 60 * 24 * time.Hour // without use
)

// Door forgets what it believes of a credential.
type Door interface{ Forget(id uuid.UUID) }

// Config of a Desk.
type Config struct {
	// ConsentURL is the page of the studio's frontend that asks for consent;
	// empty lets nobody install an app.
	ConsentURL string
	Now        func() time.Time // time.Now when nil
}

// Desk registers apps, asks studios for their consent and gives out tokens.
type Desk struct {
	store   *store.Store
	door    Door
	conf    Config
	manager *manage.Manager
	server  *server.Server
}

// New returns a desk on s. Whom a studio shuts out, door forgets at once.
func New(s *store.Store, door Door, c Config) *Desk {
	if c.Now == nil {
		c.Now = time.Now
	}
	d := &Desk{store: s, door: door, conf: c, manager: manage.NewManager()}
	d.manager.MapClientStorage(clients{d})
	d.manager.MapTokenStorage(tokens{d})
	d.manager.MapAuthorizeGenerate(codes{})
	d.manager.MapAccessGenerate(pairs{})
	d.manager.SetExtractExtensionHandler(found)
	d.manager.SetAuthorizeCodeExp(codeLife)
	d.manager.SetAuthorizeCodeTokenCfg(&manage.Config{AccessTokenExp: accessLife, RefreshTokenExp: refreshLife, IsGenerateRefresh: true})
	d.manager.SetRefreshTokenCfg(&manage.RefreshingConfig{
		AccessTokenExp: accessLife, RefreshTokenExp: refreshLife, IsGenerateRefresh: true, IsResetRefreshTime: true,
	})
	d.manager.SetValidateURIHandler(registered)
	d.server = server.NewServer(&server.Config{
		TokenType:                   "Bearer",
		AllowedResponseTypes:        []protocol.ResponseType{protocol.Code},
		AllowedGrantTypes:           []protocol.GrantType{protocol.AuthorizationCode, protocol.Refreshing},
		AllowedCodeChallengeMethods: []protocol.CodeChallengeMethod{protocol.CodeChallengeS256}, ForcePKCE: true,
	}, d.manager)
	d.server.InternalErrorHandler = func(err error) *errors.Response {
		switch err {
		case errors.ErrInvalidRedirectURI, errors.ErrMissingCodeVerifier:
			return &errors.Response{Error: errors.ErrInvalidGrant, Description: errors.Descriptions[errors.ErrInvalidGrant], StatusCode: http.StatusBadRequest}
		}
		return nil
	}
	d.server.ClientInfoHandler = func(r *http.Request) (string, string, error) {
		id, secret := given(r)
		return id, secret, nil
	}
	return d
}

// moment is the time as Postgres keeps it.
func (d *Desk) moment() time.Time { return d.conf.Now().UTC().Truncate(time.Microsecond) }

// covers reports whether every scope asked for is among those that are had.
func covers(had, asked []string) bool {
	for _, scope := range asked {
		if !slices.Contains(had, scope) {
			return false
		}
	}
	return true
}

// registered refuses an address that is not, letter by letter, one of the app's.
func registered(known, uri string) error {
	if !slices.Contains(strings.Fields(known), uri) {
		return errors.ErrInvalidRedirectURI
	}
	return nil
}

// codes makes codes of our own form, which scanners of leaked secrets know.
type codes struct{}

// Token makes a code.
func (codes) Token(_ context.Context, _ *protocol.GenerateBasic) (string, error) {
	token, _ := credential.New(credential.AppCode, "")
	return token.Reveal(), nil
}

// pairs makes an access token and the refresh token beside it.
type pairs struct{}

// Token makes a pair.
func (pairs) Token(context.Context, *protocol.GenerateBasic, bool) (access, refresh string, err error) {
	a, _ := credential.New(credential.AppAccess, "")
	r, _ := credential.New(credential.AppRefresh, "")
	return a.Reveal(), r.Reveal(), nil
}

// found begins a family where a token has none: with a code.
func found(_ *protocol.TokenGenerateRequest, info protocol.ExtendableTokenInfo) {
	if info.GetExtension().Get(family) == "" {
		info.GetExtension().Set(family, uuid.NewString())
	}
}

// given returns the id and the secret with which an app says who it is.
func given(r *http.Request) (id, secret string) {
	if id, secret, ok := r.BasicAuth(); ok {
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
		return id, secret
	}
	return r.PostFormValue("client_id"), r.PostFormValue("client_secret")
}

// clients are the registered apps, as the protocol asks for them.
type clients struct{ *Desk }

// GetByID returns an app that is not disabled.
func (c clients) GetByID(ctx context.Context, id string) (protocol.ClientInfo, error) {
	app, err := c.app(ctx, id)
	if err != nil {
		return nil, err
	}
	return client{app}, nil
}

// app finds an app by its public id.
func (d *Desk) app(ctx context.Context, id string) (*ent.OAuthApp, error) {
	prefix, key, err := typeid.Parse(id)
	if err != nil || prefix != "oauthapp" {
		return nil, errors.ErrInvalidClient
	}
	ctx = platform(ctx, "find an app")
	app, err := d.store.Client(ctx).OAuthApp.Get(ctx, key)
	switch {
	case ent.IsNotFound(err), err == nil && app.DisabledAt != nil:
		return nil, errors.ErrInvalidClient
	case err != nil:
		return nil, err
	}
	return app, nil
}

// client is an app as the protocol sees it.
type client struct{ *ent.OAuthApp }

func (c client) GetID() string     { return c.TypeID() }
func (c client) GetSecret() string { return "" }
func (c client) GetDomain() string { return strings.Join(c.RedirectUris, " ") }
func (c client) IsPublic() bool    { return len(c.SecretHash) == 0 }
func (c client) GetUserID() string { return "" }

// VerifyPassword reports whether the app has proved that it is the app.
func (c client) VerifyPassword(given string) bool {
	if c.IsPublic() {
		return given == ""
	}
	hash := credential.Hash(sha256.Sum256([]byte(given)))
	return hash.Equal(credential.Hash(c.SecretHash))
}
