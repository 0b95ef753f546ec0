package worker_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/worker"
)

// post reaches verbs that are made after the worker.
type post struct{ identity *auth.Identity }

func (p *post) Letter(ctx context.Context, tenant, membership uuid.UUID, event string) (secret.String, time.Time, error) {
	return p.identity.Letter(ctx, tenant, membership, event)
}

// An invitation and a link for a new password reach the person by the studio's
// messaging provider, and work; nobody else's provider is told.
func TestLinksAreMailed(t *testing.T) {
	letters := &post{}
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Providers = providers()
		c.Delivery.Letters = letters
	})
	hasher, err := credential.NewHasher(credential.Config{Memory: 8, Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	identity := auth.NewIdentity(b.Store, hasher, auth.NewDoor(b.Store, auth.Config{}), auth.IdentityConfig{Box: b.box})
	letters.identity = identity
	vendor := fake.NewCustomerIO(fake.CustomerIOConfig{})
	server := httptest.NewServer(vendor)
	t.Cleanup(server.Close)
	options := []string{customerio.OptionInvitationMessage, customerio.OptionResetMessage}
	b.registry = destination.New(b.Store, b.box, destination.Config{CheckURL: b.sender.CheckURL, Connectors: map[string]destination.Connector{
		customerio.ID: {BaseURL: server.URL, Check: destination.CustomerIOKey, Options: options},
	}})
	_, err = b.registry.ConnectIntegration(b.A.As(t.Context(), viewer.Owner), destination.Account{
		Provider: customerio.ID, Mode: integration.ModeTEST, Credential: "site:track:app", Options: map[string]string{options[0]: "join", options[1]: "reset"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Super(t).Exec(`UPDATE tenants SET account_url = 'https://classes.example.com/account'`); err != nil {
		t.Fatal(err)
	}
	_, token, err := identity.InviteMember(b.A.As(t.Context(), viewer.Owner), auth.Invitation{Email: "ada@example.org", Name: "Ada", Role: "TEACHER"})
	if err != nil {
		t.Fatal(err)
	}
	b.worker.Wake()
	b.settle(t)
	v := &vendors{urls: map[string]string{customerio.ID: server.URL}}
	mails := v.state(t, customerio.ID, "mails")
	if len(mails) != 1 || !strings.Contains(fmt.Sprint(mails[0]), "https://classes.example.com/account?invitation="+token.Reveal()) {
		t.Fatalf("mailed %v", mails)
	}
	if _, err := identity.AcceptInvitation(t.Context(), auth.Acceptance{Token: token.Reveal(), Password: "Grand-jete 41"}); err != nil {
		t.Fatal(err)
	}
	if err := identity.RequestPasswordReset(t.Context(), "ada@example.org", ""); err != nil {
		t.Fatal(err)
	}
	if done, err := identity.Post(t.Context()); !done || err != nil {
		t.Fatal(done, err)
	}
	b.worker.Wake()
	b.settle(t)
	mails = v.state(t, customerio.ID, "mails")
	_, reset, found := strings.Cut(fmt.Sprint(mails[len(mails)-1]), "?reset=")
	if len(mails) != 2 || !found {
		t.Fatalf("mailed %v", mails)
	}
	reset, _, _ = strings.Cut(reset, " ")
	reset, _, _ = strings.Cut(reset, "]")
	if err := identity.ResetPassword(t.Context(), auth.PasswordReset{Tokens: []string{reset}, Password: "Fouette & 32"}); err != nil {
		t.Errorf("%q: %v", reset, err)
	}
	leaks := 0
	if err := b.Super(t).QueryRow(`SELECT (SELECT count(*) FROM events e WHERE e::text LIKE '%barre_rst_%' OR e::text LIKE '%barre_inv_%')
		+ (SELECT count(*) FROM deliveries d WHERE d::text LIKE '%barre_rst_%') + (SELECT count(*) FROM delivery_attempts a WHERE a::text LIKE '%barre_rst_%')`).Scan(&leaks); err != nil || leaks != 0 {
		t.Errorf("a link stands in %d rows, %v", leaks, err)
	}
}
