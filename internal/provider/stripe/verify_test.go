package stripe_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/secret"
)

func TestVerify(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	body := `{"id":"evt_1","type":"invoice.paid","account":"acct_1","created":1700000000,"data":{"object":{"id":"in_1","name":"Zoë"}}}`
	sign := func(at time.Time, payload, key string) string {
		return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(payload), Secret: key, Timestamp: at, Scheme: "v1"}).Header
	}
	connection := provider.Connection{Secrets: []secret.String{"whsec_new", "whsec_old"}}
	for name, c := range map[string]struct {
		header, body string
		ok           bool
	}{
		"new secret":       {sign(now, body, "whsec_new"), body, true},
		"old secret":       {sign(now, body, "whsec_old"), body, true},
		"five minutes ago": {sign(now.Add(-300*time.Second), body, "whsec_new"), body, true},
		"in five minutes":  {sign(now.Add(300*time.Second), body, "whsec_new"), body, true},
		"too old":          {sign(now.Add(-301*time.Second), body, "whsec_new"), body, false},
		"too new":          {sign(now.Add(301*time.Second), body, "whsec_new"), body, false},
		"a day ahead":      {sign(now.Add(24*time.Hour), body, "whsec_new"), body, false},
		"stranger":         {sign(now, body, "whsec_other"), body, false},
		"changed body":     {sign(now, body, "whsec_new"), body + " ", false},
		"two timestamps":   {sign(now, body, "whsec_new") + ",t=1", body, false},
		"no header":        {"", body, false},
		"no time":          {"v1=00", body, false},
		"no event":         {sign(now, `[]`, "whsec_new"), `[]`, false},
		"no id":            {sign(now, `{}`, "whsec_new"), `{}`, false},
	} {
		got, err := stripe.New(stripe.Config{}).Verify(connection, http.Header{"Stripe-Signature": {c.header}}, []byte(c.body), now)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && (got.ID != "evt_1" || got.Type != "invoice.paid" || got.Account != "acct_1" || got.Object != "in_1" || got.OccurredAt.Unix() != now.Unix()) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := stripe.New(stripe.Config{}).Verify(provider.Connection{}, http.Header{"Stripe-Signature": {sign(now, body, "")}}, []byte(body), now); err == nil {
		t.Error("a connection without secrets accepts a message")
	}
}
