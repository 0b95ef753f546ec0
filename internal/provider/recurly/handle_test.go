package recurly_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/secret"
)

func sign(at time.Time, body, key string) string {
	timestamp := strconv.FormatInt(at.UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(timestamp + "." + body))
	return timestamp + "," + hex.EncodeToString(mac.Sum(nil))
}

func TestVerify(t *testing.T) {
	b := newBench(t, plain)
	b.connection.Secrets = []secret.String{"new", "old"}
	now := b.now
	body := `{"id":"n1","object_type":"charge_invoice","event_type":"paid","event_time":"2026-09-01T08:00:00Z","invoice_number":"1001"}`
	both := sign(now, body, "stranger") + "," + sign(now, body, "old")[14:]
	for name, c := range map[string]struct {
		header, body string
		ok           bool
	}{
		"new secret":             {sign(now, body, "new"), body, true},
		"old secret":             {sign(now, body, "old"), body, true},
		"two signatures":         {both, body, true},
		"five minutes ago":       {sign(now.Add(-300*time.Second), body, "new"), body, true},
		"in five minutes":        {sign(now.Add(300*time.Second), body, "new"), body, true},
		"too old":                {sign(now.Add(-301*time.Second), body, "new"), body, false},
		"too new":                {sign(now.Add(301*time.Second), body, "new"), body, false},
		"stranger":               {sign(now, body, "stranger"), body, false},
		"changed body":           {sign(now, body, "new"), body + " ", false},
		"time in seconds":        {strconv.FormatInt(now.Unix(), 10) + sign(now, body, "new")[13:], body, false},
		"nothing":                {"", body, false},
		"no signature":           {strconv.FormatInt(now.UnixMilli(), 10), body, false},
		"XML":                    {sign(now, "<xml/>", "new"), "<xml/>", false},
		"signed, but of nothing": {sign(now, "{}", "new"), "{}", false},
	} {
		header := http.Header{}
		header.Set("recurly-signature", c.header)
		header.Set("recurly-notification-id", "msg_1")
		got, err := b.recurly.Verify(b.connection, header, []byte(c.body), now)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && (got.ID != "msg_1" || got.Type != "charge_invoice.paid" || got.Object != "number-1001" || !got.OccurredAt.Equal(now)) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func (b *bench) handle(kind, object string) []provider.Fact {
	b.Helper()
	facts, err := b.recurly.Handle(b.Context(), b.connection, provider.Inbound{ID: "n", Type: kind, Object: object})
	if err != nil {
		b.Fatalf("Handle(%s %s): %v", kind, object, err)
	}
	return facts
}

func TestHandle(t *testing.T) {
	b := newBench(t, plain)
	remote := b.mustDo(b.plan("invoice.issued", 1)).RemoteID
	about := provider.Subject{Ref: provider.Ref{Type: "invoice", ID: id(202)}, RemoteID: remote}
	number := b.fake.Decline(po(), 12_545)
	want := []provider.Fact{provider.PaymentFailed{Subject: about, Code: "insufficient_funds", At: b.now}}
	if got := b.handle("charge_invoice.past_due", "number-"+number); !reflect.DeepEqual(got, want) {
		t.Errorf("declined: %+v; want %+v", got, want)
	}
	b.turn(time.Hour)
	b.fake.Pay(po(), 12_545)
	facts := b.handle("charge_invoice.paid", "number-"+number)
	if len(facts) != 1 {
		t.Fatalf("paid: %+v; want one fact", facts)
	}
	paid := facts[0].(provider.PaymentSucceeded)
	if paid.Subject != about || paid.Amount != 12_545 || paid.Currency != "USD" || paid.Method != provider.ByCard || !paid.At.Equal(b.now) || paid.Reference == "" {
		t.Errorf("paid: %+v", paid)
	}
	credit := b.fake.Refund(po(), 2_000)
	facts = b.handle("credit_invoice.closed", "number-"+credit)
	refunded := facts[len(facts)-1].(provider.Refunded)
	if refunded.Subject != about || refunded.Amount != 2_000 || refunded.Payment != paid.Reference || refunded.Reference == "" {
		t.Errorf("refunded: %+v", refunded)
	}
	polled, err := b.recurly.Poll(t.Context(), b.connection, b.now.Add(-time.Minute), nil)
	if err != nil || fmt.Sprint(polled) != fmt.Sprint(append([]provider.Fact{paid}, facts...)) {
		t.Errorf("Poll = %+v, %v", polled, err)
	}
	if polled, err = b.recurly.Poll(t.Context(), b.connection, b.now.Add(time.Minute), nil); len(polled) != 0 || err != nil {
		t.Errorf("Poll of the future = %+v, %v", polled, err)
	}
}

// What we reported ourselves is no news.
func TestEcho(t *testing.T) {
	b := newBench(t, plain)
	remote := b.mustDo(b.plan("invoice.issued", 1)).RemoteID
	b.mustDo(b.plan("invoice.paid", 2))
	b.expect("paid")
	if facts := b.handle("charge_invoice.paid", "number-"+fmt.Sprint(b.state().Invoices[0]["number"])); len(facts) != 0 {
		t.Errorf("facts of our own settlement of %s: %+v", remote, facts)
	}
}

func TestHandleWhatMeansNothing(t *testing.T) {
	b := newBench(t, plain)
	for kind, object := range map[string]string{
		"account.updated": "code-x", "charge_invoice.paid": "number-9999", "payment.succeeded": "uuid-none", "subscription.expired": "uuid-none",
		"dunning_event.created": "", "unheard.of": "uuid-1",
	} {
		if facts := b.handle(kind, object); len(facts) != 0 {
			t.Errorf("%s: %+v", kind, facts)
		}
	}
}

func TestSubscription(t *testing.T) {
	b := newBench(t, plain)
	code := provider.Ref{Type: "household", ID: id(201)}.String()
	uuid := b.fake.Subscribe(code, "active")
	about := provider.Subject{Ref: provider.Ref{Type: "household", ID: id(201)}, RemoteID: code}
	got := b.handle("subscription.created", "uuid-"+uuid)[0].(provider.SubscriptionChanged)
	if got.Subject != about || got.Status != provider.SubscriptionActive || !got.At.Equal(b.now) {
		t.Errorf("active: %+v", got)
	}
	b.turn(time.Hour)
	b.fake.Subscribe(code, "canceled")
	later := b.handle("subscription.canceled", "uuid-"+uuid)[0].(provider.SubscriptionChanged)
	if later.Reference != got.Reference || later.Status != provider.SubscriptionCanceled || !later.At.Equal(b.now) {
		t.Errorf("canceled: %+v", later)
	}
	polled, err := b.recurly.Poll(t.Context(), b.connection, b.now, nil)
	if err != nil || !reflect.DeepEqual(polled, []provider.Fact{later}) {
		t.Errorf("Poll = %+v, %v", polled, err)
	}
}
