package customerio_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
)

func TestHandle(t *testing.T) {
	b := newBench(t, plain)
	person := provider.Ref{Type: "guardian", ID: id(201)}
	const data = `{"identifiers":{"id":%q,"email":"ann@example.com"},"recipient":%q}`
	for name, c := range map[string]struct {
		object, metric, data string
		want                 provider.Fact
	}{
		"bounced":      {"email", "bounced", fmt.Sprintf(data, person, "a@example.com"), provider.Suppressed{Channel: provider.ByEmail, Address: "a@example.com", Reason: provider.Bounced}},
		"spam":         {"email", "spammed", fmt.Sprintf(data, person, "a@example.com"), provider.Suppressed{Channel: provider.ByEmail, Address: "a@example.com", Reason: provider.Complained}},
		"unsubscribed": {"email", "unsubscribed", fmt.Sprintf(data, person, ""), provider.Suppressed{Channel: provider.ByEmail, Address: "ann@example.com", Reason: provider.Unsubscribed}},
		"everything":   {"customer", "unsubscribed", fmt.Sprintf(data, person, ""), provider.Suppressed{Channel: provider.ByEmail, Address: "ann@example.com", Reason: provider.Unsubscribed}},
		"sms":          {"sms", "undeliverable", fmt.Sprintf(data, person, "+15550100"), provider.Suppressed{Channel: provider.BySMS, Address: "+15550100", Reason: provider.Undeliverable}},
		"delivered":    {"email", "delivered", fmt.Sprintf(data, person, "a@example.com"), nil},
		"dropped":      {"email", "dropped", fmt.Sprintf(data, person, "a@example.com"), nil},
		"nobody":       {"email", "bounced", `{}`, nil},
		"unknown":      {"pigeon", "bounced", fmt.Sprintf(data, person, "a@example.com"), nil},
	} {
		body := fmt.Sprintf(`{"metric":%q,"object_type":%q,"event_id":"e1","timestamp":1756713600,"data":%s}`, c.metric, c.object, c.data)
		facts, err := b.provider.Handle(t.Context(), b.connection, provider.Inbound{Body: []byte(body)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if c.want == nil {
			if len(facts) != 0 {
				t.Errorf("%s: %+v; want nothing", name, facts)
			}
			continue
		}
		want := c.want.(provider.Suppressed)
		want.Subject = provider.Subject{Ref: person, RemoteID: person.String()}
		want.At = time.Unix(1756713600, 0).UTC()
		if len(facts) != 1 || facts[0] != provider.Fact(want) {
			t.Errorf("%s: %+v; want %+v", name, facts, want)
		}
	}
}

func TestCheck(t *testing.T) {
	b := newBench(t, plain)
	if err := b.provider.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	b.connection.Credential = "site:wrong:app"
	if err := b.provider.Check(t.Context(), b.connection); provider.ClassOf(err) != provider.Auth {
		t.Errorf("a wrong key: %v; want class AUTH", err)
	}
	b.connection.Credential = "site:track:app"
	b.fake.Fail(fake.Failure{Path: "/api/v1/accounts", Status: http.StatusServiceUnavailable})
	if err := b.provider.Check(t.Context(), b.connection); err == nil || provider.ClassOf(err) == provider.Auth {
		t.Errorf("while the vendor is away: %v", err)
	}
}
