package sso_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/sso"
	"github.com/barrehq/barre/internal/testkit/issuer"
)

const back = "https://api.example.com/sso/callback"

type bench struct {
	*testing.T
	issuer   *issuer.Issuer
	client   *sso.Client
	provider sso.Provider
}

func newBench(t *testing.T) *bench {
	i := issuer.New(t)
	i.Redirect = back
	return &bench{t, i, sso.New(sso.Config{RedirectURL: back}), sso.Provider{Issuer: i.URL, ClientID: i.ClientID, Secret: secret.String(i.Secret)}}
}

var anna = issuer.Person{Subject: "fa-1", Email: "anna@example.com", Verified: true, Methods: []string{"pwd", "mfa"}}

// visit is a way there and back.
func (b *bench) visit() (sso.Visit, url.Values) {
	b.Helper()
	visit, err := b.client.Begin(b.Context(), b.provider, "anna@example.com")
	if err != nil {
		b.Fatal(err)
	}
	if to, _ := url.Parse(visit.URL); to.Query().Get("login_hint") != "anna@example.com" {
		b.Errorf("no hint in %s", visit.URL)
	}
	return visit, b.issuer.SignIn(b, visit.URL, anna).Query()
}

func TestVisit(t *testing.T) {
	b := newBench(t)
	visit, answer := b.visit()
	if answer.Get("state") != visit.State {
		t.Error("the state is another one")
	}
	who, err := b.client.Finish(t.Context(), b.provider, visit, answer.Get("code"))
	if want := (sso.Identity{Subject: "fa-1", Email: "anna@example.com", Verified: true, SecondFactor: true}); err != nil || who != want {
		t.Errorf("%+v, %v; want %+v", who, err, want)
	}
	if _, err := b.client.Finish(t.Context(), b.provider, visit, answer.Get("code")); !errors.Is(err, sso.ErrRefused) {
		t.Errorf("the code serves twice: %v", err)
	}
}

// TestForgedVisit holds what an attacker would try (attacks A14 and A15).
func TestForgedVisit(t *testing.T) {
	claim := func(name string, value any) func(map[string]any, *rsa.PrivateKey) string {
		return func(claims map[string]any, key *rsa.PrivateKey) string {
			claims[name] = value
			if value == nil {
				delete(claims, name)
			}
			return issuer.Sign(claims, jose.RS256, key)
		}
	}
	unsigned := func(claims map[string]any, _ *rsa.PrivateKey) string {
		body, _ := json.Marshal(claims)
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(body) + "."
	}
	for name, forge := range map[string]func(map[string]any, *rsa.PrivateKey) string{
		"no algorithm": unsigned,
		"the public key as a shared secret": func(claims map[string]any, key *rsa.PrivateKey) string {
			return issuer.Sign(claims, jose.HS256, x509.MarshalPKCS1PublicKey(&key.PublicKey))
		},
		"another key": func(claims map[string]any, _ *rsa.PrivateKey) string {
			other, _ := rsa.GenerateKey(rand.Reader, 2048)
			return issuer.Sign(claims, jose.RS256, other)
		},
		"another issuer":           claim("iss", "https://evil.example"),
		"another client":           claim("aud", "somebody"),
		"several clients":          claim("aud", []string{"barre", "somebody"}),
		"another authorized party": claim("azp", "somebody"),
		"out of date":              claim("exp", time.Now().Add(-time.Hour).Unix()),
		"without an end":           claim("exp", nil),
		"not yet":                  claim("nbf", time.Now().Add(time.Hour).Unix()),
		"another nonce":            claim("nonce", "0123456789012345678901234567890"),
		"without a nonce":          claim("nonce", nil),
		"without a subject":        claim("sub", nil),
		"another access token":     claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
		"no token":                 func(map[string]any, *rsa.PrivateKey) string { return "" },
		"a megabyte":               claim("name", strings.Repeat("x", 1<<20)),
	} {
		b := newBench(t)
		b.issuer.Forge = forge
		visit, answer := b.visit()
		who, err := b.client.Finish(t.Context(), b.provider, visit, answer.Get("code"))
		if !errors.Is(err, sso.ErrRefused) && !(name == "a megabyte" && errors.Is(err, sso.ErrUnreachable)) {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
}

func TestVisitOfSomebodyElse(t *testing.T) {
	b := newBench(t)
	mine, _ := b.visit()
	_, theirs := b.visit()
	if who, err := b.client.Finish(t.Context(), b.provider, mine, theirs.Get("code")); !errors.Is(err, sso.ErrRefused) {
		t.Errorf("the code of another visit: %+v, %v", who, err)
	}
	visit, answer := b.visit()
	b.provider.Secret = "wrong"
	if who, err := b.client.Finish(t.Context(), b.provider, visit, answer.Get("code")); !errors.Is(err, sso.ErrRefused) {
		t.Errorf("without the secret: %+v, %v", who, err)
	}
}

func TestUnreachable(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	}))
	t.Cleanup(other.Close)
	b := newBench(t)
	for _, address := range []string{other.URL, b.issuer.URL + "/other"} {
		if _, err := b.client.Begin(context.Background(), sso.Provider{Issuer: address, ClientID: "barre"}, ""); !errors.Is(err, sso.ErrUnreachable) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
