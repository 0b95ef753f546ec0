package webhook_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/webhook"
)

func TestToken(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != "studio" || password != "hunter2" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "hooks:write" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"access_token":"abc","token_type":"bearer","expires_in":300}`)
	}))
	defer server.Close()
	s := webhook.NewSender(webhook.Config{AllowLoopback: true, Timeout: time.Second})
	defer s.Close()
	grant := webhook.Grant{TokenURL: server.URL, ClientID: "studio", ClientSecret: "hunter2", Scopes: []string{"hooks:write"}}
	token, err := s.Token(t.Context(), grant)
	if err != nil || token.AccessToken != "abc" || token.Type() != "Bearer" || time.Until(token.Expiry) < 4*time.Minute {
		t.Errorf("Token = %+v, %v", token, err)
	}
	grant.ClientSecret = "wrong"
	if _, err := s.Token(t.Context(), grant); !errors.Is(err, webhook.ErrToken) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("Token = %v; want ErrToken", err)
	}
}

// A token's URL is judged like a receiver's: before the dial, at the dial, and
// where it redirects to.
func TestTokenRefusesHostile(t *testing.T) {
	inner, hits := countingServer(t)
	s := webhook.NewSender(webhook.Config{Timeout: time.Second})
	defer s.Close()
	for _, url := range append(hostile(), inner.URL) {
		if _, err := s.Token(t.Context(), webhook.Grant{TokenURL: url}); !errors.Is(err, webhook.ErrAddress) {
			t.Errorf("Token from %.60q = %v; want ErrAddress", url, err)
		}
	}
	named := webhook.NewSender(webhook.Config{Timeout: time.Second, Resolver: resolver(t, func(int) []string { return []string{"127.0.0.1"} })})
	defer named.Close()
	url := fmt.Sprintf("http://tokens.example.com:%d/", inner.Listener.Addr().(*net.TCPAddr).Port)
	if _, err := named.Token(t.Context(), webhook.Grant{TokenURL: url}); !errors.Is(err, webhook.ErrAddress) {
		t.Errorf("Token from a name that leads inside = %v; want ErrAddress", err)
	}
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusTemporaryRedirect))
	defer outer.Close()
	loose := webhook.NewSender(webhook.Config{AllowLoopback: true, Timeout: time.Second})
	defer loose.Close()
	if _, err := loose.Token(t.Context(), webhook.Grant{TokenURL: outer.URL}); !errors.Is(err, webhook.ErrToken) {
		t.Errorf("Token behind a redirect = %v; want ErrToken", err)
	}
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)
	hurried := webhook.NewSender(webhook.Config{AllowLoopback: true, Timeout: 100 * time.Millisecond})
	defer hurried.Close()
	if _, err := hurried.Token(t.Context(), webhook.Grant{TokenURL: silent.URL}); !errors.Is(err, webhook.ErrToken) || webhook.Reason(err) != webhook.ReasonTimeout {
		t.Errorf("Token of a silent server = %v; want a timeout", err)
	}
	if hits.Load() != 0 {
		t.Errorf("the inner server was reached %d times", hits.Load())
	}
}
