package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/barrehq/barre/internal/secret"
)

// ErrToken is returned when the authorization server gave no token, whatever
// kept it from that. It does not say what that server wrote, which may hold
// what it was sent.
var ErrToken = errors.New("webhook: the authorization server gave no token")

// Grant is how an endpoint that asks for OAuth 2.0 gives out tokens: by the
// client credentials of RFC 6749, section 4.4.
type Grant struct {
	TokenURL     string
	ClientID     string
	ClientSecret secret.String
	Scopes       []string
}

// Token asks for a fresh token. The token's URL is as hostile as any other: it
// is reached through the same guard, and no redirect is followed.
func (s *Sender) Token(ctx context.Context, g Grant) (*oauth2.Token, error) {
	if err := s.policy.url(g.TokenURL); err != nil {
		return nil, fmt.Errorf("%w: %w: %w", ErrToken, ErrAddress, err)
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, s.client), s.timeout)
	defer cancel()
	config := clientcredentials.Config{ClientID: g.ClientID, ClientSecret: g.ClientSecret.Reveal(), TokenURL: g.TokenURL, Scopes: g.Scopes}
	token, err := config.Token(ctx)
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) {
		return nil, fmt.Errorf("%w: status %d", ErrToken, refused.Response.StatusCode)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrToken, withoutURL(err))
	}
	return token, nil
}

// Basic returns the value of Authorization for a user name and a password.
func Basic(user string, password secret.String) secret.String {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password.Reveal())
	return secret.String(r.Header.Get("Authorization"))
}
