package helpscout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/secret"
)

// token lets calls in until it expires.
type token struct {
	value   secret.String
	expires time.Time
}

// margin is how long before its end a token is no longer used.
const margin = time.Minute

// token returns the connection's token; fresh does not take a remembered one.
func (h *HelpScout) token(ctx context.Context, c provider.Connection, fresh bool) (string, error) {
	sum := sha256.Sum256([]byte(c.BaseURL + "\n" + c.Credential.Reveal()))
	name := hex.EncodeToString(sum[:])
	h.mu.Lock()
	known := h.tokens[name]
	h.mu.Unlock()
	if !fresh && h.config.Now().Before(known.expires) {
		return known.value.Reveal(), nil
	}
	got, err := h.grant(ctx, c)
	if err != nil {
		return "", err
	}
	h.mu.Lock()
	h.tokens[name] = got
	h.mu.Unlock()
	return got.value.Reveal(), nil
}

func (h *HelpScout) grant(ctx context.Context, c provider.Connection) (token, error) {
	app, key, ok := strings.Cut(c.Credential.Reveal(), ":")
	if !ok || app == "" || key == "" {
		return token{}, &provider.Error{Provider: ID, Class: provider.Auth, Code: "credential is not app_id:app_secret"}
	}
	var answer struct {
		AccessToken secret.String `json:"access_token"`
		ExpiresIn   int64         `json:"expires_in"` // seconds
	}
	_, err := h.client(c).Do(ctx, provider.Request{
		Method: http.MethodPost, URL: c.Endpoint(vendorURL) + "/v2/oauth2/token", Into: &answer,
		Body: url.Values{"grant_type": {"client_credentials"}, "client_id": {app}, "client_secret": {key}},
	})
	if e := (*provider.Error)(nil); errors.As(err, &e) {
		switch {
		case e.Status == http.StatusBadRequest:
			e.Class = provider.Auth // OAuth's way of refusing an app
		case e.Class == provider.Unknown:
			e.Class = provider.Transient // a token more does no harm
		}
	}
	if err == nil && answer.AccessToken == "" {
		err = &provider.Error{Provider: ID, Class: provider.Transient, Code: "answer without a token"}
	}
	return token{answer.AccessToken, h.config.Now().Add(time.Duration(answer.ExpiresIn)*time.Second - margin)}, err
}

func status(err error) int {
	if e := (*provider.Error)(nil); errors.As(err, &e) {
		return e.Status
	}
	return 0
}
