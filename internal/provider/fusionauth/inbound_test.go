package fusionauth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/fusionauth"
	"github.com/barrehq/barre/internal/secret"
)

const (
	remote  = "8a3f1c0e-52ab-5c11-9d51-0d5a7d1f8a11"
	message = `{"event":{"id":"0b1f7b5e-1b2c-4d3e-8f90-aabbccddeeff","createInstant":1756713600000,"tenantId":"t1","type":"user.update",` +
		`"user":{"id":"` + remote + `","email":"ann@example.com","birthDate":"1980-01-01"}}}`
	hmacKey = "a shared secret of thirty-two bytes and more"
)

// sign makes the header that FusionAuth sends.
func sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, kid, digest string) http.Header {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", kid))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(`{"request_body_sha256":"` + digest + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return http.Header{"X-Fusionauth-Signature-Jwt": {text}}
}

func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func TestVerifyShared(t *testing.T) {
	sum := sha256.Sum256([]byte(message))
	good := sign(t, jose.HS256, []byte(hmacKey), "k1", digest(message))
	unsigned := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(`{"request_body_sha256":"`+digest(message)+`"}`)) + "."
	for name, c := range map[string]struct {
		header  http.Header
		body    string
		options map[string]string
		ok      bool
	}{
		"good":                 {good, message, nil, true},
		"algorithm named":      {good, message, map[string]string{fusionauth.OptionAlgorithm: "HS256"}, true},
		"tenant":               {good, message, map[string]string{fusionauth.OptionTenant: "t1"}, true},
		"other tenant":         {good, message, map[string]string{fusionauth.OptionTenant: "t2"}, false},
		"changed body":         {good, message + " ", nil, false},
		"digest in hex":        {sign(t, jose.HS256, []byte(hmacKey), "k1", hex.EncodeToString(sum[:])), message, nil, false},
		"digest in URL's form": {sign(t, jose.HS256, []byte(hmacKey), "k1", base64.RawURLEncoding.EncodeToString(sum[:])), message, nil, false},
		"stranger":             {sign(t, jose.HS256, []byte(strings.ToUpper(hmacKey)), "k1", digest(message)), message, nil, false},
		"longer algorithm":     {sign(t, jose.HS512, []byte(hmacKey+hmacKey), "k1", digest(message)), message, nil, false},
		"unsigned":             {http.Header{"X-Fusionauth-Signature-Jwt": {unsigned}}, message, nil, false},
		"unknown algorithm":    {good, message, map[string]string{fusionauth.OptionAlgorithm: "none"}, false},
		"no header":            {http.Header{}, message, nil, false},
		"no event":             {sign(t, jose.HS256, []byte(hmacKey), "k1", digest(`{}`)), `{}`, nil, false},
	} {
		connection := provider.Connection{Secrets: []secret.String{"another shared secret of thirty-two bytes", hmacKey}, Options: c.options}
		got, err := fusionauth.New(fusionauth.Config{}).Verify(connection, c.header, []byte(c.body), time.Now())
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && (got.ID != "0b1f7b5e-1b2c-4d3e-8f90-aabbccddeeff" || got.Type != "user.update" || got.Object != remote || strings.Contains(string(got.Body), "1980")) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// publicKey is a pair of which the fake shows one half.
type publicKey struct {
	algorithm jose.SignatureAlgorithm
	private   crypto.Signer
}

func publicKeys(t *testing.T) map[string]publicKey {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]publicKey{"rsa": {jose.RS256, rsaKey}, "ec": {jose.ES256, ecKey}, "ed": {jose.EdDSA, edKey}}
}

func page(t *testing.T, keys map[string]publicKey) json.RawMessage {
	t.Helper()
	var set jose.JSONWebKeySet
	for kid, key := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.private.Public(), KeyID: kid, Algorithm: string(key.algorithm), Use: "sig"})
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestVerifyPublic(t *testing.T) {
	b := newBench(t, plain)
	keys := publicKeys(t)
	b.fake.SetKeys(page(t, keys))
	for kid, key := range keys {
		b.connection.Options[fusionauth.OptionAlgorithm] = string(key.algorithm)
		if _, err := b.verify(sign(t, key.algorithm, key.private, kid, digest(message))); err != nil {
			t.Errorf("%s: %v", kid, err)
		}
		for other, wrong := range keys {
			if _, err := b.verify(sign(t, wrong.algorithm, wrong.private, kid, digest(message))); (err == nil) != (other == kid) {
				t.Errorf("a key of %s under the name of %s: %v", other, kid, err)
			}
		}
		// The classic: the public key, which everybody has, as a shared secret.
		public, err := json.Marshal(jose.JSONWebKey{Key: key.private.Public(), KeyID: kid})
		if err != nil {
			t.Fatal(err)
		}
		b.connection.Secrets = []secret.String{secret.String(public)}
		if _, err := b.verify(sign(t, jose.HS256, public, kid, digest(message))); err == nil {
			t.Errorf("%s: a public key signs", kid)
		}
	}
}

// An unknown key makes us ask for the page again, once a minute.
func TestKeysAreRemembered(t *testing.T) {
	b := newBench(t, plain)
	b.connection.Options[fusionauth.OptionAlgorithm] = "ES256"
	old, next := publicKeys(t)["ec"], publicKeys(t)["ec"]
	b.fake.SetKeys(page(t, map[string]publicKey{"old": old}))
	for range 3 {
		if _, err := b.verify(sign(t, old.algorithm, old.private, "old", digest(message))); err != nil {
			t.Fatal(err)
		}
		if _, err := b.verify(sign(t, next.algorithm, next.private, "new", digest(message))); err == nil {
			t.Fatal("a key that is not on the page is taken")
		}
	}
	if n := b.asked(); n != 1 {
		t.Errorf("the page was asked for %d times; want once", n)
	}
	b.fake.SetKeys(page(t, map[string]publicKey{"old": old, "new": next}))
	b.now = b.now.Add(time.Minute)
	if _, err := b.verify(sign(t, next.algorithm, next.private, "new", digest(message))); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	b.fake.Fail(fake.Failure{Path: "/.well-known", Status: http.StatusBadGateway})
	b.now = b.now.Add(time.Hour)
	if _, err := b.verify(sign(t, old.algorithm, old.private, "old", digest(message))); err != nil {
		t.Errorf("a known key while FusionAuth is away: %v", err)
	}
}

func (b *bench) verify(h http.Header) (provider.Inbound, error) {
	return b.provider.Verify(b.connection, h, []byte(message), b.now)
}

func (b *bench) asked() int {
	b.Helper()
	return strings.Count(b.text(), "/.well-known/jwks.json")
}

func TestHandle(t *testing.T) {
	b := newBench(t, plain)
	o := b.plan(b.change("membership.invited"))
	id := b.mustDo(o).RemoteID
	subject := provider.Subject{Ref: provider.Ref{Type: "membership"}, RemoteID: id}
	for _, c := range []struct {
		kind, object string
		want         []provider.Fact
	}{
		{"user.update", id, []provider.Fact{provider.UserChanged{Subject: subject, Email: "ann@example.com", Active: true, At: b.now}}},
		{"user.password.update", id, []provider.Fact{provider.UserChanged{Subject: subject, Email: "ann@example.com", Active: true, SignedOut: b.now, At: b.now}}},
		{"user.delete", remote, []provider.Fact{provider.UserChanged{Subject: provider.Subject{Ref: subject.Ref, RemoteID: remote}, At: b.now}}},
		{"user.login.success", id, nil}, {"user.password.breach", id, nil}, {"", id, nil}, {"user.update", "../tenant", nil}, {"user.update", "", nil},
	} {
		facts, err := b.provider.Handle(t.Context(), b.connection, provider.Inbound{Type: c.kind, Object: c.object, OccurredAt: b.now})
		if err != nil || fmt.Sprintf("%+v", facts) != fmt.Sprintf("%+v", c.want) {
			t.Errorf("%s of %s: %+v, %v; want %+v", c.kind, c.object, facts, err, c.want)
		}
	}
}
