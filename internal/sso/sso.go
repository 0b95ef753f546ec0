// Package sso asks an identity provider who somebody is, by OpenID Connect:
// authorization code with PKCE, state and nonce. It knows no database.
package sso

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/barrehq/barre/internal/secret"
)

const (
	// patience bounds everything that one step asks of a provider.
	patience = 8 * time.Second
	// maxAnswer bounds one answer of a provider, which a studio has named.
	maxAnswer = 256 << 10
)

// ErrRefused says that a visit proves nothing: the code is used up or another
// visit's, or the token was not signed by the provider for us.
var ErrRefused = errors.New("sso: the visit is refused")

// ErrUnreachable says that the provider does not answer as one does.
var ErrUnreachable = errors.New("sso: the provider does not answer")

// Config of a Client.
type Config struct {
	// RedirectURL is where providers send people back to.
	RedirectURL string
	// Transport reaches providers; it must refuse addresses that no studio may
	// name. Nil is the default transport, for tests.
	Transport http.RoundTripper
	Now       func() time.Time // time.Now when nil
}

// Client visits providers. It is safe for concurrent use.
type Client struct {
	http     *http.Client
	redirect string
	now      func() time.Time
}

// New returns a Client.
func New(c Config) *Client {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	return &Client{
		http: &http.Client{
			Transport:     bounded{c.Transport},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		redirect: c.RedirectURL, now: c.Now,
	}
}

// bounded ends an answer that is too long to be one.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, maxAnswer)
	}
	return answer, err
}

// Provider is an identity provider as a studio has connected it.
type Provider struct {
	Issuer   string
	ClientID string
	Secret   secret.String // empty for a public client
}

// Visit is one way to a provider and back. What is not in the URL is kept for
// Finish and shown to nobody.
type Visit struct {
	URL      string `json:"-"`
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Identity is who a provider says that somebody is.
type Identity struct {
	Subject  string // its own name for the person, which never changes
	Email    string
	Verified bool // whether the address is known to be the person's
	Name     string
	// SecondFactor says that the provider has asked for more than a password.
	SecondFactor bool
}

// discover reads what a provider says of itself. Its issuer must be the one
// that the studio has named, word for word.
func (c *Client) discover(ctx context.Context, p Provider) (*oidc.Provider, *oauth2.Config, error) {
	found, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return found, &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.Secret.Reveal(), Endpoint: found.Endpoint(), RedirectURL: c.redirect,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, nil
}

func (c *Client) context(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(oidc.ClientContext(ctx, c.http), patience)
}

// Begin returns the way to a provider. Hint is the address that somebody has
// typed already; it may be empty.
func (c *Client) Begin(ctx context.Context, p Provider, hint string) (Visit, error) {
	ctx, cancel := c.context(ctx)
	defer cancel()
	_, config, err := c.discover(ctx, p)
	if err != nil {
		return Visit{}, err
	}
	visit := Visit{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(visit.Nonce), oauth2.S256ChallengeOption(visit.Verifier)}
	if hint != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", hint))
	}
	visit.URL = config.AuthCodeURL(visit.State, options...)
	if to, err := url.Parse(visit.URL); err != nil || to.Host == "" || to.Scheme != "https" && to.Scheme != "http" {
		return Visit{}, fmt.Errorf("%w: its authorization endpoint is no address", ErrUnreachable)
	}
	return visit, nil
}

// claims are what is read of an ID token.
type claims struct {
	Email         string   `json:"email"`
	EmailVerified bool     `json:"email_verified"`
	Name          string   `json:"name"`
	AZP           string   `json:"azp"`
	AMR           []string `json:"amr"`
}

// Finish exchanges the code with which somebody came back for who they are.
func (c *Client) Finish(ctx context.Context, p Provider, v Visit, code string) (Identity, error) {
	ctx, cancel := c.context(ctx)
	defer cancel()
	found, config, err := c.discover(ctx, p)
	if err != nil {
		return Identity{}, err
	}
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(v.Verifier))
	if err != nil {
		return Identity{}, exchangeFailed(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Identity{}, refused(errors.New("no ID token"))
	}
	verified, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms(), Now: c.now}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, refused(err)
	}
	var said claims
	if err := verified.Claims(&said); err != nil {
		return Identity{}, refused(err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(v.Nonce)) != 1:
		return Identity{}, refused(errors.New("the nonce is another visit's"))
	case said.AZP != "" && said.AZP != p.ClientID, len(verified.Audience) > 1 && said.AZP == "":
		return Identity{}, refused(errors.New("the token is for another client"))
	case verified.Subject == "" || len(verified.Subject) > 255:
		return Identity{}, refused(errors.New("no subject"))
	case verified.AccessTokenHash != "" && verified.VerifyAccessToken(token.AccessToken) != nil:
		return Identity{}, refused(errors.New("the access token is another visit's"))
	}
	return Identity{verified.Subject, said.Email, said.EmailVerified, said.Name, strong(said.AMR)}, nil
}

// algorithms are those whose keys are in two halves: nobody who can verify a
// token can sign one.
func algorithms() []string {
	return []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}
}

// strong reports whether methods of RFC 8176 name more than a password.
func strong(methods []string) bool {
	return slices.ContainsFunc(methods, func(method string) bool {
		return slices.Contains([]string{"mfa", "otp", "hwk", "swk", "fpt", "face", "sms"}, method)
	})
}

// exchangeFailed tells a code that is refused from a provider that is not there.
func exchangeFailed(err error) error {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode < http.StatusInternalServerError {
		return fmt.Errorf("%w: %s", ErrRefused, answer.ErrorCode) // the whole text may hold the code
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

func refused(err error) error { return fmt.Errorf("%w: %w", ErrRefused, err) }
