package customerio_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/secret"
)

func id(n byte) uuid.UUID {
	return uuid.UUID{1, 0x9a, 0x2b, 0x3c, 0x4d, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

type bench struct {
	*testing.T
	provider   *customerio.CustomerIO
	fake       *fake.CustomerIO
	connection provider.Connection
	now        time.Time
}

func newBench(t *testing.T, wrap func(http.Handler) http.Handler) *bench {
	b := &bench{T: t, now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}
	b.fake = fake.NewCustomerIO(fake.CustomerIOConfig{SiteID: "site", TrackKey: "track", AppKey: "app"})
	server := httptest.NewServer(wrap(b.fake))
	t.Cleanup(server.Close)
	transport := provider.Transport()
	transport.DisableKeepAlives = true
	b.provider = customerio.New(customerio.Config{Transport: transport, Now: func() time.Time { return b.now }})
	b.connection = provider.Connection{
		BaseURL: server.URL, Credential: "site:track:app", Mode: provider.Development,
		Options: map[string]string{customerio.OptionAppURL: server.URL, customerio.OptionInvitationMessage: "invitation",
			customerio.OptionResetMessage: "reset", customerio.OptionVerificationMessage: "4"},
	}
	return b
}

func plain(h http.Handler) http.Handler { return h }

func (b *bench) change(kind string, event byte) provider.Change {
	return provider.Change{
		Event:  provider.Event{ID: id(event), TenantID: id(200), Type: kind, OccurredAt: b.now},
		Studio: provider.Studio{Name: "Studio One"},
		Person: &provider.Person{ID: id(201), Kind: "guardian", FirstName: "Ann", LastName: "Sample", Email: "ann@example.com",
			Phone: "+1 555 0100", Locale: "en-US", CreatedAt: b.now},
		Enrollment: &provider.Enrollment{ID: id(202), Class: "Ballet II", Season: "Fall 2026", StartsOn: b.now},
		Invoice:    &provider.Invoice{ID: id(203), Number: "2026-0001", Currency: "USD", Total: 424_242, DueOn: b.now, URL: "https://studio.example/i/1"},
		Invitation: &provider.Invitation{URL: "https://studio.example/join?token=t0k3n", ExpiresAt: b.now.Add(48 * time.Hour)},
	}
}

func (b *bench) plan(kind string, event byte) provider.Operation {
	b.Helper()
	operations, err := b.provider.Plan(b.change(kind, event))
	if err != nil || len(operations) != 1 {
		b.Fatalf("Plan(%s) = %v, %v", kind, operations, err)
	}
	return operations[0]
}

func (b *bench) do(o provider.Operation) (provider.Outcome, error) {
	return b.provider.Do(b.Context(), b.connection, o, fake.NewLinks())
}

func (b *bench) mustDo(o provider.Operation) provider.Outcome {
	b.Helper()
	outcome, err := b.do(o)
	if err != nil {
		b.Fatalf("Do(%s): %v", o.Name, err)
	}
	return outcome
}

type state struct {
	People   []map[string]any
	Events   []map[string]any
	Mails    []map[string]any
	Received []fake.Received
}

func (b *bench) state() state {
	b.Helper()
	recorder := httptest.NewRecorder()
	b.fake.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/_state", nil))
	var s state
	if err := json.Unmarshal(recorder.Body.Bytes(), &s); err != nil {
		b.Fatal(err)
	}
	return s
}

func kinds() []string {
	return []string{"guardian.created", "guardian.updated", "enrollment.created", "enrollment.dropped", "invoice.issued", "invoice.paid", "membership.invited",
		"membership.password_reset_requested", "membership.verification_requested"}
}

func TestLifecycle(t *testing.T) {
	b := newBench(t, plain)
	for n, kind := range kinds() {
		if outcome := b.mustDo(b.plan(kind, byte(n))); outcome.State != provider.Done || !strings.HasPrefix(outcome.RemoteID, "guardian_") {
			t.Errorf("%s: %+v", kind, outcome)
		}
	}
	s := b.state()
	if len(s.People) != 1 || len(s.Events) != 4 || len(s.Mails) != 3 {
		t.Fatalf("%d people, %d events, %d mails; want 1, 4, 3", len(s.People), len(s.Events), len(s.Mails))
	}
	if p := s.People[0]; p["email"] != "ann@example.com" || p["first_name"] != "Ann" || p["unsubscribed"] != false || p["phone"] != nil {
		t.Errorf("person %v", p)
	}
	event := s.Events[0]["event"].(map[string]any)
	if data := event["data"].(map[string]any); event["name"] != "enrollment_created" || data["class_name"] != "Ballet II" || data["studio_name"] != "Studio One" {
		t.Errorf("event %v", event)
	}
	mail := s.Mails[0]
	if mail["to"] != "ann@example.com" || mail["tracked"] != false || mail["disable_message_retention"] != true || mail["transactional_message_id"] != "invitation" {
		t.Errorf("mail %v", mail)
	}
	if text := fmt.Sprint(s); strings.Contains(text, "424242") || strings.Contains(text, "4242.42") {
		t.Error("an amount was sent")
	}
}

// The connection breaks after the effect: an event repeated under its id is one
// event, a person saved again is one person.
func TestUnknownOutcome(t *testing.T) {
	for _, kind := range []string{"guardian.created", "enrollment.created", "invoice.issued"} {
		b := newBench(t, plain)
		b.fake.Fail(fake.Failure{Path: "/", After: true})
		o := b.plan(kind, 1)
		if _, err := b.do(o); err == nil || provider.ClassOf(err) != provider.Unknown {
			t.Fatalf("%s: %v; want an unknown outcome", kind, err)
		}
		outcome, err := b.provider.Reconcile(t.Context(), b.connection, o, nil)
		if err != nil || outcome.State != provider.Missing {
			t.Fatalf("%s: Reconcile = %+v, %v", kind, outcome, err)
		}
		o.Round++
		b.mustDo(o)
		b.mustDo(o)
		if s := b.state(); len(s.People) != 1 || len(s.Events) > 1 {
			t.Errorf("%s: %d people, %d events", kind, len(s.People), len(s.Events))
		}
	}
}

// A mail is tried once more, and then a person decides.
func TestUnknownMail(t *testing.T) {
	b := newBench(t, plain)
	o := b.plan("membership.invited", 1)
	outcome, err := b.provider.Reconcile(t.Context(), b.connection, o, nil)
	if err != nil || outcome.State != provider.Missing {
		t.Errorf("first Reconcile = %+v, %v", outcome, err)
	}
	o.Round++
	outcome, err = b.provider.Reconcile(t.Context(), b.connection, o, nil)
	if err != nil || outcome.State != provider.Unresolved {
		t.Errorf("second Reconcile = %+v, %v", outcome, err)
	}
	b.now = b.now.Add(49 * time.Hour)
	if outcome := b.mustDo(o); outcome.State != provider.Skipped {
		t.Errorf("expired link: %+v", outcome)
	}
}

func TestOldEventsAreSkipped(t *testing.T) {
	b := newBench(t, plain)
	o := b.plan("invoice.issued", 1)
	b.now = b.now.Add(73 * time.Hour)
	if outcome := b.mustDo(o); outcome.State != provider.Skipped || len(b.state().Received) != 0 {
		t.Errorf("Do = %+v", outcome)
	}
}

func TestErrors(t *testing.T) {
	b := newBench(t, plain)
	o := b.plan("guardian.created", 1)
	for status, want := range map[int]provider.Class{400: provider.Permanent, 401: provider.Auth, 429: provider.RateLimited, 503: provider.Unknown} {
		b.fake.Fail(fake.Failure{Path: "/", Status: status})
		if _, err := b.do(o); err == nil || provider.ClassOf(err) != want {
			t.Errorf("%d: %v; want %s", status, err, want)
		}
	}
	for _, credential := range []secret.String{"", "site", "site:wrong:app", ":track:app"} {
		b.connection.Credential = credential
		if _, err := b.do(o); provider.ClassOf(err) != provider.Auth || err == nil {
			t.Errorf("credential %q: %v", credential.Reveal(), err)
		}
	}
	b.connection.Credential, b.connection.Mode = "site:track:app", provider.Live
	if _, err := b.do(o); !errors.Is(err, provider.ErrEgressBlocked) {
		t.Errorf("loopback in live mode: %v", err)
	}
	b.connection.Options = nil
	if _, err := b.do(b.plan("membership.invited", 2)); provider.ClassOf(err) != provider.Permanent {
		t.Errorf("no message configured: %v", err)
	}
}

func TestPlan(t *testing.T) {
	b := &bench{T: t, provider: customerio.New(customerio.Config{}), now: time.Unix(1_700_000_000, 0)}
	ids := map[string]bool{}
	for n := range 50 {
		first, again := b.plan("invoice.issued", byte(n)), b.plan("invoice.issued", byte(n))
		if string(first.Payload) != string(again.Payload) || first.Key != again.Key {
			t.Fatalf("planning twice gives %s and %s", first.Payload, again.Payload)
		}
		var payload struct{ Body struct{ ID string } }
		if err := json.Unmarshal(first.Payload, &payload); err != nil {
			t.Fatal(err)
		}
		parsed, err := ulid.ParseStrict(payload.Body.ID)
		if err != nil || !parsed.Timestamp().Equal(b.now) || ids[payload.Body.ID] {
			t.Errorf("event id %q: %v, %v", payload.Body.ID, err, parsed.Timestamp())
		}
		ids[payload.Body.ID] = true
	}
	for _, kind := range []string{"student.created", "household.created", "invoice.voided"} {
		if operations, err := b.provider.Plan(b.change(kind, 1)); err != nil || operations != nil {
			t.Errorf("Plan(%q) = %v, %v", kind, operations, err)
		}
	}
	nobody := b.change("invoice.issued", 1)
	nobody.Person = nil
	if operations, err := b.provider.Plan(nobody); err != nil || operations != nil {
		t.Errorf("without a guardian: %v, %v", operations, err)
	}
	for _, kind := range kinds() {
		if _, err := b.provider.Plan(provider.Change{Event: provider.Event{Type: kind}}); err == nil {
			t.Errorf("%s without its entity is planned", kind)
		}
	}
}

// The owner is not known there before, and is told why.
func TestNotice(t *testing.T) {
	b := newBench(t, plain)
	c := b.change("webhookendpoint.disabled", 1)
	c.Person = &provider.Person{ID: id(204), Kind: "membership", FirstName: "Olga", Email: "olga@example.com", CreatedAt: b.now}
	c.Endpoint = &provider.Endpoint{ID: id(205), Reason: "It failed for five days."}
	operations, err := b.provider.Plan(c)
	if err != nil || len(operations) != 2 {
		t.Fatalf("Plan = %v, %v", operations, err)
	}
	for _, o := range operations {
		if outcome := b.mustDo(o); outcome.State != provider.Done || !strings.HasPrefix(outcome.RemoteID, "membership_") {
			t.Errorf("%s: %+v", o.Name, outcome)
		}
	}
	if !strings.Contains(string(operations[1].Payload), "It failed for five days.") || !strings.Contains(string(operations[1].Payload), "webhookendpoint_disabled") {
		t.Errorf("told %s", operations[1].Payload)
	}
	c.Person = nil
	if operations, err := b.provider.Plan(c); err != nil || operations != nil {
		t.Errorf("without an owner: %v, %v", operations, err)
	}
}

func TestVerify(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	body := `{"metric":"bounced","event_id":"01HF","object_type":"email","timestamp":1700000000,"data":{"identifiers":{"id":"guardian_1"}}}`
	sign := func(at time.Time, body, key string) http.Header {
		mac := hmac.New(sha256.New, []byte(key))
		fmt.Fprintf(mac, "v0:%d:%s", at.Unix(), body)
		h := http.Header{}
		h.Set("X-CIO-Timestamp", fmt.Sprint(at.Unix()))
		h.Set("X-CIO-Signature", hex.EncodeToString(mac.Sum(nil)))
		return h
	}
	connection := provider.Connection{Secrets: []secret.String{"new", "old"}}
	for name, c := range map[string]struct {
		header http.Header
		body   string
		ok     bool
	}{
		"new key":      {sign(now, body, "new"), body, true},
		"old key":      {sign(now, body, "old"), body, true},
		"five minutes": {sign(now.Add(-300*time.Second), body, "new"), body, true},
		"too old":      {sign(now.Add(-301*time.Second), body, "new"), body, false},
		"too new":      {sign(now.Add(301*time.Second), body, "new"), body, false},
		"stranger":     {sign(now, body, "other"), body, false},
		"changed body": {sign(now, body, "new"), body + " ", false},
		"no header":    {http.Header{}, body, false},
		"no report":    {sign(now, `{}`, "new"), `{}`, false},
	} {
		got, err := customerio.New(customerio.Config{}).Verify(connection, c.header, []byte(c.body), now)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && (got.ID != "01HF" || got.Type != "email.bounced" || got.Object != "guardian_1") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Somebody to whom nothing may be sent is known and not written to.
func TestSuppressed(t *testing.T) {
	b := newBench(t, plain)
	for n, kind := range kinds() {
		c := b.change(kind, byte(n))
		c.Person.Suppressed = true
		operations, err := b.provider.Plan(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range operations {
			b.mustDo(o)
		}
	}
	s := b.state()
	if len(s.People) != 1 || s.People[0]["unsubscribed"] != true || len(s.Events) != 0 || len(s.Mails) != 0 {
		t.Errorf("%d people, %d events, %d mails", len(s.People), len(s.Events), len(s.Mails))
	}
}
