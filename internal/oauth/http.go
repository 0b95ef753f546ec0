package oauth

import (
	"context"
	"encoding/json"
	stderrors "errors"
	"net/http"
	"net/url"

	"github.com/go-oauth2/oauth2/v4/errors"

	"github.com/barrehq/barre/internal/credential"
)

// maxForm bounds what an app sends.
const maxForm = 16 << 10

// Authorize hands a person whom an app has sent over to the studio's frontend,
// which signs the person in, shows what the app asks for and calls authorizeApp.
// Only what an app could have asked for is handed over; nothing else is
// redirected anywhere.
func (d *Desk) Authorize(w http.ResponseWriter, r *http.Request) {
	asked, err := d.server.ValidationAuthorizeRequest(r)
	if err == nil {
		_, err = d.check(r.Context(), Request{
			Client: asked.ClientID, Redirect: asked.RedirectURI, Scope: asked.Scope, Challenge: asked.CodeChallenge,
		})
	}
	page, parsed := url.Parse(d.conf.ConsentURL)
	switch {
	case err != nil:
		refuse(w, err)
		return
	case d.conf.ConsentURL == "" || parsed != nil:
		refuse(w, errors.ErrTemporarilyUnavailable)
		return
	}
	query := page.Query()
	for _, name := range []string{"client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "response_type"} {
		if value := r.URL.Query().Get(name); value != "" {
			query.Set(name, value)
		}
	}
	page.RawQuery = query.Encode()
	http.Redirect(w, r, page.String(), http.StatusFound)
}

// Token exchanges a code or a refresh token.
func (d *Desk) Token(w http.ResponseWriter, r *http.Request) {
	ctx, err := d.identify(w, r)
	if err != nil {
		refuse(w, err)
		return
	}
	r.Form.Del("scope") // a refresh token is worth what the studio consented to, neither more nor less
	if err := d.server.HandleTokenRequest(w, r.WithContext(ctx)); err != nil {
		refuse(w, err)
	}
}

// Revoke ends everything that came from the same consent as a token, here at
// once. It answers the same whether there was such a token or not.
func (d *Desk) Revoke(w http.ResponseWriter, r *http.Request) {
	ctx, err := d.identify(w, r)
	if err == nil {
		err = d.revokeToken(ctx, r.PostFormValue("token"))
	}
	if err != nil {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// identify has an app prove which it is, and returns a context that knows it.
func (d *Desk) identify(w http.ResponseWriter, r *http.Request) (context.Context, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		return nil, errors.ErrInvalidRequest
	}
	id, secret := given(r)
	app, err := d.app(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if !(client{app}).VerifyPassword(secret) {
		return nil, errors.ErrInvalidClient
	}
	return context.WithValue(r.Context(), appKey{}, app.ID), nil
}

func (d *Desk) revokeToken(ctx context.Context, token string) error {
	_, hash, err := credential.Parse(token)
	if err != nil {
		return nil // no token of ours
	}
	installation, err := d.endFamily(platform(ctx, "revoke a token of an app"), hash, ctx.Value(appKey{}))
	if err == nil {
		d.door.Forget(installation)
	}
	return err
}

// refuse answers in the protocol's words.
func refuse(w http.ResponseWriter, err error) {
	code, about := errors.ErrServerError, ""
	for known, words := range errors.Descriptions {
		if stderrors.Is(err, known) {
			code, about = known, words
		}
	}
	status := errors.StatusCodes[code]
	if status == 0 {
		status = http.StatusBadRequest
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code.Error(), "error_description": about})
}
