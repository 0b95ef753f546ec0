package provider_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/fusionauth"
	"github.com/barrehq/barre/internal/provider/helpscout"
	"github.com/barrehq/barre/internal/provider/paycove"
	"github.com/barrehq/barre/internal/provider/pipedrive"
	"github.com/barrehq/barre/internal/provider/recurly"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/secret"
)

// held is what a fake keeps of people now, without the log of requests.
func held(t *testing.T, server *httptest.Server) string {
	t.Helper()
	answer, err := http.Get(server.URL + "/_state")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	state := map[string]json.RawMessage{}
	if err := json.NewDecoder(answer.Body).Decode(&state); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for name, value := range state {
		if name != "received" && name != "mails" {
			all.Write(value)
		}
	}
	return all.String()
}

// Every provider forgets what it was told of a family, says so of each record,
// and says the same again when asked again.
func TestErase(t *testing.T) {
	now := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		provider provider.Provider
		fake     http.Handler
		key      string
		state    provider.ErasureState
		told     []string // events that tell the vendor of the family
		word     int      // confirmations
		again    int      // of these, a second time
	}{
		{stripe.New(stripe.Config{}), fake.NewStripe(fake.StripeConfig{}), "sk_test_1", provider.Erased, []string{"household.created"}, 1, 1},
		{recurly.New(recurly.Config{}), fake.NewRecurly(fake.RecurlyConfig{}), "key", provider.Accepted, []string{"household.created"}, 1, 1},
		{paycove.New(paycove.Config{}), fake.NewPayCove(fake.PayCoveConfig{}), "key", provider.Erased, []string{"invoice.issued"}, 1, 1},
		{customerio.New(customerio.Config{}), fake.NewCustomerIO(fake.CustomerIOConfig{}), "site:track:app", provider.Erased, []string{"guardian.created", "invoice.issued"}, 2, 2},
		{helpscout.New(helpscout.Config{}), fake.NewHelpScout(fake.HelpScoutConfig{}), "app:secret", provider.Erased, []string{"ticketreply.created"}, 2, 1},
		{pipedrive.New(pipedrive.Config{}), fake.NewPipedrive(fake.PipedriveConfig{}), "key", provider.Accepted, []string{"guardian.created", "deal.created"}, 3, 3},
		{fusionauth.New(fusionauth.Config{}), fake.NewFusionAuth(fake.FusionAuthConfig{}), "key", provider.Erased, []string{"membership.accepted"}, 1, 1},
	} {
		t.Run(c.provider.Name(), func(t *testing.T) {
			server := httptest.NewServer(c.fake)
			defer server.Close()
			links := fake.NewLinks()
			connection := provider.Connection{BaseURL: server.URL, Credential: secret.String(c.key), Mode: provider.Development,
				Options: map[string]string{helpscout.OptionMailbox: "1"}}
			if c.provider.Name() != helpscout.ID {
				connection.Options = nil
			}
			for _, kind := range c.told {
				change, _ := fullChange(kind, c.provider.Name(), now)
				change.Deal.Stage = ""
				operations, err := c.provider.Plan(change)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range operations {
					if _, err := c.provider.Do(t.Context(), connection, o, links); err != nil {
						t.Fatal(err)
					}
				}
			}
			if !strings.Contains(held(t, server), "canary") {
				t.Fatal("the vendor was told nothing")
			}
			who := provider.Erasure{Emails: []string{"canaryperson@example.com"}, Refs: []provider.Ref{
				{Type: "household", ID: id(3)}, {Type: "invoice", ID: id(4)}, {Type: "guardian", ID: id(7)}, {Type: "membership", ID: id(8)},
				{Type: "deal", ID: id(9)}, {Type: "ticket", ID: id(10)},
			}}
			first, err := c.provider.Erase(t.Context(), connection, who, links)
			if err != nil || len(first) != c.word {
				t.Fatalf("%v, %v", first, err)
			}
			for _, said := range first {
				if said.State != c.state || said.RemoteID == "" {
					t.Errorf("said %+v", said)
				}
			}
			if c.provider.Name() != pipedrive.ID { // which keeps it for 30 days, marked
				left := held(t, server)
				_, markers := fullChange(c.told[0], c.provider.Name(), now)
				for path, marker := range markers {
					if of, _, _ := strings.Cut(path, "."); of != "Invoice" && of != "Enrollment" && strings.Contains(left, marker) {
						t.Errorf("%s is left: %s", path, left)
					}
				}
			}
			again, err := c.provider.Erase(t.Context(), connection, who, links)
			if err != nil || len(again) != c.again {
				t.Errorf("again: %v, %v", again, err)
			}
		})
	}
}

// Who was never told of anybody has nothing to forget, and is not asked to.
func TestEraseOfStrangers(t *testing.T) {
	refuse := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s", r.Method, r.URL) }))
	defer refuse.Close()
	connection := provider.Connection{BaseURL: refuse.URL, Credential: "sk_test_1", Mode: provider.Development}
	who := provider.Erasure{Refs: []provider.Ref{{Type: "household", ID: id(3)}, {Type: "membership", ID: id(8)}}}
	for _, p := range []provider.Provider{stripe.New(stripe.Config{}), pipedrive.New(pipedrive.Config{}), fusionauth.New(fusionauth.Config{})} {
		if said, err := p.Erase(t.Context(), connection, who, fake.NewLinks()); err != nil || len(said) != 0 {
			t.Errorf("%s: %v, %v", p.Name(), said, err)
		}
	}
}
