package fusionauth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/barrehq/barre/internal/provider"
)

// ErrUnverified is returned for a message that FusionAuth did not sign.
var ErrUnverified = errors.New("fusionauth: message is not signed by a key of the connection")

const (
	// refetch is how soon the keys are asked for again because of a message
	// with an unknown one.
	refetch = time.Minute
	// patience is for the page of keys: FusionAuth waits for our answer.
	patience = 2 * time.Second
)

// keySet is what FusionAuth's page of keys said last.
type keySet struct {
	set     jose.JSONWebKeySet
	fetched time.Time
}

// Verify implements provider.Provider. The signature is a JWT whose one claim
// is the digest of the body. It holds no time, so that replays are known by
// the event's id alone. Only the algorithm of the connection counts: a token
// that names another is not looked at.
func (f *FusionAuth) Verify(c provider.Connection, header http.Header, body []byte, now time.Time) (provider.Inbound, error) {
	algorithm, known := algorithmOf(c)
	if !known {
		return provider.Inbound{}, ErrUnverified
	}
	token, err := jose.ParseSignedCompact(header.Get("X-Fusionauth-Signature-Jwt"), []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		return provider.Inbound{}, ErrUnverified
	}
	payload, ok := f.payload(c, token, now)
	if !ok {
		return provider.Inbound{}, ErrUnverified
	}
	var claims struct {
		Digest string `json:"request_body_sha256"`
	}
	sum := sha256.Sum256(body)
	want := base64.StdEncoding.EncodeToString(sum[:])
	if json.Unmarshal(payload, &claims) != nil || subtle.ConstantTimeCompare([]byte(claims.Digest), []byte(want)) != 1 {
		return provider.Inbound{}, ErrUnverified
	}
	return inbound(c, body)
}

// algorithmOf reads the option; nothing but these is ever accepted.
func algorithmOf(c provider.Connection) (jose.SignatureAlgorithm, bool) {
	switch a := jose.SignatureAlgorithm(c.Options[OptionAlgorithm]); a {
	case "":
		return jose.HS256, true
	case jose.HS256, jose.HS384, jose.HS512, jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA:
		return a, true
	}
	return "", false
}

// payload returns what was signed by a secret of the connection or, where keys
// are public, by the key that the token names.
func (f *FusionAuth) payload(c provider.Connection, token *jose.JSONWebSignature, now time.Time) ([]byte, bool) {
	if algorithm, _ := algorithmOf(c); strings.HasPrefix(string(algorithm), "HS") {
		for _, key := range c.Secrets {
			if payload, err := token.Verify([]byte(key.Reveal())); err == nil && key != "" {
				return payload, true
			}
		}
		return nil, false
	}
	for _, key := range f.publicKeys(c, token.Signatures[0].Header.KeyID, now) {
		if payload, err := token.Verify(key.Key); err == nil && key.IsPublic() {
			return payload, true
		}
	}
	return nil, false
}

// publicKeys returns the keys of an id. They are asked for when one is unknown,
// once in a while: whoever sends nonsense must not make us ask for each. Others
// wait for the answer, which is theirs as well.
func (f *FusionAuth) publicKeys(c provider.Connection, id string, now time.Time) []jose.JSONWebKey {
	base := c.Endpoint(f.config.URL)
	f.mu.Lock()
	defer f.mu.Unlock()
	known := f.keys[base]
	if found := known.set.Key(id); len(found) > 0 || now.Sub(known.fetched) < refetch {
		return found
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var set jose.JSONWebKeySet
	if f.call(ctx, c, provider.Request{Method: http.MethodGet, URL: "/.well-known/jwks.json", Into: &set}) == nil {
		known.set = set
	}
	known.fetched = now
	f.keys[base] = known
	return known.set.Key(id)
}

func inbound(c provider.Connection, body []byte) (provider.Inbound, error) {
	var message struct {
		Event struct {
			ID      string `json:"id"`
			Type    string `json:"type"`
			Tenant  string `json:"tenantId"`
			Created int64  `json:"createInstant"` // Unix milliseconds
			User    struct {
				ID string `json:"id"`
			} `json:"user"`
		} `json:"event"`
	}
	if err := json.Unmarshal(body, &message); err != nil || message.Event.ID == "" {
		return provider.Inbound{}, errors.New("fusionauth: signed message is no event")
	}
	e := message.Event
	if want := c.Options[OptionTenant]; want != "" && e.Tenant != want {
		return provider.Inbound{}, ErrUnverified
	}
	return provider.Inbound{
		ID: e.ID, Type: e.Type, Account: e.Tenant, Object: e.User.ID, OccurredAt: time.UnixMilli(e.Created).UTC(),
		// The whole user stands in the message; of it, only the id is kept.
		Body: json.RawMessage(`{}`),
	}, nil
}
