// Package issuer is an identity provider in software, for tests: it signs
// people in by OpenID Connect at the addresses that FusionAuth has, remembers
// what it has handed out, and refuses what a real one refuses.
package issuer

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Person is who sits at the browser.
type Person struct {
	Subject  string
	Email    string
	Verified bool
	Methods  []string // by which they have signed in, as RFC 8176 names them
}

// Issuer is the provider. Set what is exported before a visit.
type Issuer struct {
	URL      string
	ClientID string
	Secret   string
	Redirect string           // where alone it sends people back to
	Now      func() time.Time // time.Now when nil
	// Forge may change the claims of a token and how it is signed, to see what
	// becomes of a forged one. Key is the issuer's own.
	Forge func(claims map[string]any, key *rsa.PrivateKey) (token string)

	key    *rsa.PrivateKey
	mu     sync.Mutex
	visits map[string]visit // by code; each can be exchanged once
}

type visit struct {
	person    Person
	nonce     string
	challenge string
}

// New starts an issuer, which ends with the test.
func New(t testing.TB) *Issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &Issuer{ClientID: "barre", Secret: rand.Text(), key: key, visits: map[string]visit{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.describe)
	mux.HandleFunc("GET /.well-known/jwks.json", i.keys)
	mux.HandleFunc("POST /oauth2/token", i.exchange)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	i.URL = server.URL
	return i
}

func (i *Issuer) now() time.Time {
	if i.Now != nil {
		return i.Now()
	}
	return time.Now()
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (i *Issuer) describe(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/oauth2/authorize", "token_endpoint": i.URL + "/oauth2/token",
		"jwks_uri": i.URL + "/.well-known/jwks.json", "userinfo_endpoint": i.URL + "/oauth2/userinfo",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}, "code_challenge_methods_supported": []string{"S256"},
	})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &i.key.PublicKey, KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
}

// SignIn is what happens on the provider's own pages: it reads the address to
// which a browser was sent, signs the person in and returns where it sends the
// browser next. A wrong request is a failure of the test.
func (i *Issuer) SignIn(t testing.TB, address string, person Person) *url.URL {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, i.URL+"/oauth2/authorize?") {
		t.Fatalf("the browser was sent to %q: %v", address, err)
	}
	asked := to.Query()
	for name, want := range map[string]string{
		"client_id": i.ClientID, "redirect_uri": i.Redirect, "response_type": "code", "code_challenge_method": "S256",
	} {
		if got := asked.Get(name); got != want {
			t.Errorf("%s is %q; want %q", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(asked.Get(name)) < 20 {
			t.Errorf("%s is %q", name, asked.Get(name))
		}
	}
	code := rand.Text()
	i.mu.Lock()
	i.visits[code] = visit{person, asked.Get("nonce"), asked.Get("code_challenge")}
	i.mu.Unlock()
	back, err := url.Parse(i.Redirect)
	if err != nil {
		t.Fatal(err)
	}
	back.RawQuery = url.Values{"code": {code}, "state": {asked.Get("state")}, "iss": {i.URL}}.Encode()
	return back
}

// exchange gives the tokens of one visit, once, to the client that began it.
func (i *Issuer) exchange(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	i.mu.Lock()
	found, known := i.visits[r.FormValue("code")]
	delete(i.visits, r.FormValue("code"))
	i.mu.Unlock()
	proof := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch {
	case id != i.ClientID || subtle.ConstantTimeCompare([]byte(secret), []byte(i.Secret)) != 1:
		write(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	case !known, r.FormValue("redirect_uri") != i.Redirect, r.FormValue("grant_type") != "authorization_code",
		base64.RawURLEncoding.EncodeToString(proof[:]) != found.challenge:
		write(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{
		"iss": i.URL, "aud": i.ClientID, "sub": found.person.Subject, "nonce": found.nonce, "applicationId": i.ClientID,
		"iat": i.now().Unix(), "exp": i.now().Add(time.Hour).Unix(), "email": found.person.Email, "email_verified": found.person.Verified,
	}
	if found.person.Methods != nil {
		claims["amr"] = found.person.Methods
	}
	var token string
	if i.Forge != nil {
		token = i.Forge(claims, i.key)
	} else {
		token = Sign(claims, jose.RS256, i.key)
	}
	write(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 3600, "id_token": token})
}

// Sign returns claims as a token that names the issuer's key.
func Sign(claims map[string]any, algorithm jose.SignatureAlgorithm, key any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "1").WithType("JWT"))
	if err != nil {
		panic(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		panic(err)
	}
	return token
}
