package paycove_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/paycove"
	"github.com/barrehq/barre/internal/webhook"
)

func id(n byte) uuid.UUID {
	return uuid.UUID{1, 0x9a, 0x2b, 0x3c, 0x4d, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

func ref() string { return provider.Ref{Type: "invoice", ID: id(202)}.String() }

type bench struct {
	*testing.T
	paycove    *paycove.PayCove
	fake       *fake.PayCove
	links      *fake.Links
	connection provider.Connection
	now        time.Time
}

func newBench(t *testing.T, wrap func(http.Handler) http.Handler) *bench {
	b := &bench{T: t, links: fake.NewLinks(), now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	b.fake = fake.NewPayCove(fake.PayCoveConfig{Token: "token", Now: clock})
	server := httptest.NewServer(wrap(b.fake))
	t.Cleanup(server.Close)
	b.paycove = paycove.New(paycove.Config{Config: provider.Config{Now: clock, Timeout: 5 * time.Second}, Bridge: webhook.NewSender(webhook.Config{AllowLoopback: true})})
	b.connection = provider.Connection{BaseURL: server.URL, Credential: "token", Mode: provider.Development, Options: map[string]string{paycove.OptionTemplate: "7"}}
	return b
}

func plain(h http.Handler) http.Handler { return h }

func (b *bench) plan(kind string, event byte) provider.Operation {
	b.Helper()
	return b.planFor(id(202), kind, event)
}

func (b *bench) planFor(invoice uuid.UUID, kind string, event byte) provider.Operation {
	b.Helper()
	return b.planned(b.change(invoice, kind, event))
}

func (b *bench) change(invoice uuid.UUID, kind string, event byte) provider.Change {
	return provider.Change{
		Event: provider.Event{ID: id(event), TenantID: id(200), Type: kind, OccurredAt: b.now},
		Household: &provider.Household{ID: id(201), Name: "Family Sample & Co", Email: "sample@example.com", Phone: "+1 555 0100",
			Address: provider.Address{Line1: "1 Main St", Line2: "Apt 2", City: "Springfield", Region: "IL", PostalCode: "62701", Country: "US"}},
		Invoice: &provider.Invoice{ID: invoice, Biller: paycove.ID, Number: "2026-0001", Currency: "USD", Total: 11_545, DueOn: b.now.AddDate(0, 0, 14), Lines: []provider.Line{
			{ID: id(203), Kind: provider.Tuition, Item: "Ballet II", Season: "Fall 2026", Amount: 12_045},
			{ID: id(204), Kind: provider.Discount, Item: "Sibling", Amount: -500},
		}},
	}
}

func (b *bench) planned(c provider.Change) provider.Operation {
	b.Helper()
	operations, err := b.paycove.Plan(c)
	if err != nil || len(operations) != 1 {
		b.Fatalf("Plan(%s) = %v, %v", c.Event.Type, operations, err)
	}
	return operations[0]
}

func (b *bench) do(o provider.Operation) (provider.Outcome, error) {
	return b.paycove.Do(b.Context(), b.connection, o, b.links)
}

func (b *bench) mustDo(o provider.Operation) provider.Outcome {
	b.Helper()
	outcome, err := b.do(o)
	if err != nil {
		b.Fatalf("Do(%s): %v", o.Name, err)
	}
	return outcome
}

func (b *bench) deals() []map[string]any {
	b.Helper()
	recorder := httptest.NewRecorder()
	b.fake.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/_state", nil))
	var s struct{ Deals []map[string]any }
	if err := json.Unmarshal(recorder.Body.Bytes(), &s); err != nil {
		b.Fatal(err)
	}
	return s.Deals
}

func TestLifecycle(t *testing.T) {
	b := newBench(t, plain)
	issued := b.mustDo(b.plan("invoice.issued", 1))
	b.mustDo(b.plan("invoice.issued", 1))
	if deals := b.deals(); len(deals) != 1 || deals[0]["total"] != 115.45 {
		t.Fatalf("deals %v; want one of 115.45", deals)
	}
	if paid := b.mustDo(b.plan("invoice.paid", 2)); paid.State != provider.Skipped || paid.RemoteID != issued.RemoteID {
		t.Errorf("settling elsewhere: %+v; want it skipped", paid)
	}
	b.fake.Pay(ref(), 11_545)
	if paid := b.mustDo(b.plan("invoice.paid", 3)); paid.State != provider.Done {
		t.Errorf("settling what was paid there: %+v", paid)
	}
	if _, err := b.do(b.plan("invoice.voided", 4)); provider.ClassOf(err) != provider.Permanent {
		t.Errorf("voiding a paid deal: %v", err)
	}
}

func TestVoid(t *testing.T) {
	b := newBench(t, plain)
	if outcome := b.mustDo(b.plan("invoice.voided", 1)); outcome.State != provider.Skipped {
		t.Errorf("voiding what was never sent: %+v", outcome)
	}
	b.mustDo(b.plan("invoice.issued", 2))
	b.mustDo(b.plan("invoice.voided", 3))
	b.mustDo(b.plan("invoice.voided", 3))
	if deals := b.deals(); len(deals) != 0 {
		t.Errorf("deals %v; want none", deals)
	}
}

// PayCove makes a second deal of a second request; ours is looked for first.
func TestInterruptions(t *testing.T) {
	for name, arrange := range map[string]func(*bench){
		"cut before": func(b *bench) { b.fake.Fail(fake.Failure{Path: "/api/v1/deals/with-relations"}) },
		"cut after":  func(b *bench) { b.fake.Fail(fake.Failure{Path: "/api/v1/deals/with-relations", After: true}) },
		"500 after":  func(b *bench) { b.fake.Fail(fake.Failure{Path: "/api/v1/deals", After: true, Status: 500}) },
		"link lost":  func(b *bench) { b.links.FailNextSave(errors.New("the database is away")) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, plain)
			arrange(b)
			o := b.plan("invoice.issued", 1)
			if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
				t.Fatalf("Do: %v; want class UNKNOWN", err)
			}
			for n := range byte(60) { // so that ours is not on the first page
				b.mustDo(b.planFor(id(n), "invoice.issued", n))
			}
			outcome, err := b.paycove.Reconcile(t.Context(), b.connection, o, b.links)
			if err != nil {
				t.Fatal(err)
			}
			if outcome.State == provider.Missing {
				b.mustDo(o)
			}
			if deals := b.deals(); len(deals) != 61 {
				t.Errorf("%d deals; want one of ours and 60 others", len(deals))
			}
		})
	}
}

// TestRequest holds what is sent against the file, field by field.
func TestRequest(t *testing.T) {
	var got []byte
	b := newBench(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, _ = io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(got))
			if r.Header.Get("Accept") != "application/json" || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("headers %v", r.Header)
			}
			h.ServeHTTP(w, r)
		})
	})
	b.mustDo(b.plan("invoice.issued", 1))
	want, err := os.ReadFile("testdata/create-deal.json")
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil || pretty.String()+"\n" != string(want) {
		t.Errorf("sent\n%s\nwant\n%s", pretty.String(), want)
	}
}

// sources says where each name that is sent, or withheld, was found: in the
// reference of POST deals/with-relations, or in how PayCove's own plugin for
// shops calls the checkout.
var sources = map[string]string{
	"name": "reference", "type": "reference and plugin", "crm_deal_id": "reference", "template_id": "plugin", "currency": "reference, in the answer",
	"contact.id": "reference", "contact.name": "reference and plugin", "contact.email": "reference and plugin", "contact.first_name": "plugin",
	"contact.last_name": "plugin", "contact.phone": "plugin", "contact.line1": "plugin", "contact.line2": "plugin", "contact.city": "plugin",
	"contact.state": "plugin", "contact.postal_code": "plugin", "contact.country": "plugin",
	"org.id": "reference", "org.name": "reference", "org.email": "reference of PATCH organizations", "org.phone": "reference of PATCH organizations",
	"org.line1": "reference of PATCH organizations", "org.city": "reference of PATCH organizations", "org.state": "reference of PATCH organizations",
	"org.country": "reference of PATCH organizations", "org.postal_code": "reference of PATCH organizations",
	"line_items[].name": "plugin", "line_items[].price": "plugin", "line_items[].quantity": "plugin", "line_items[].description": "plugin",
	"order_id": "plugin", "fees": "plugin", "subtotal": "plugin", "total": "plugin", "success_url": "plugin", "cancel_url": "plugin",
	"failure_url": "plugin", "webhook_url": "plugin", "key": "plugin",
}

func TestCardHasSources(t *testing.T) {
	named := map[string]bool{}
	for _, call := range paycove.New(paycove.Config{}).Card().Calls[:2] {
		for _, path := range call.Withheld {
			named[path] = true
		}
		for _, field := range call.Body {
			named[field.Path] = true
		}
	}
	for path := range named {
		if sources[path] == "" {
			t.Errorf("where does %s come from?", path)
		}
	}
	if len(named) != len(sources) {
		t.Errorf("%d fields in the card, %d with a source", len(named), len(sources))
	}
}

func (b *bench) handle(body string) []provider.Fact {
	b.Helper()
	in, err := b.paycove.Verify(b.connection, nil, []byte(body), b.now)
	if err != nil {
		b.Fatal(err)
	}
	facts, err := b.paycove.Handle(b.Context(), b.connection, in)
	if err != nil {
		b.Fatal(err)
	}
	return facts
}

func TestHandle(t *testing.T) {
	b := newBench(t, plain)
	deal := b.mustDo(b.plan("invoice.issued", 1)).RemoteID
	about := provider.Subject{Ref: provider.Ref{Type: "invoice", ID: id(202)}, RemoteID: deal}
	b.fake.Pay(ref(), 1_545)
	want := []provider.Fact{provider.PaymentSucceeded{Subject: about, Reference: "test-" + deal + "-100", Amount: 1_545, Currency: "USD", Method: provider.ByCard, At: b.now}}
	for _, body := range []string{`{"id":` + deal + `}`, `{"event":"x","data":{"deal_id":"` + deal + `"}}`, `{"deal_id":` + deal + `,"status":"Paid","amount":999999}`} {
		if got := b.handle(body); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v; want %+v", body, got, want)
		}
	}
	polled, err := b.paycove.Poll(t.Context(), b.connection, b.now, []provider.Subject{about})
	if err != nil || !reflect.DeepEqual(polled, want) {
		t.Errorf("Poll = %+v, %v", polled, err)
	}
	b.fake.Refund(ref())
	want = append(want, provider.Refunded{Subject: about, Refund: provider.Ref{Type: "refund"}, Status: provider.RefundSucceeded, Payment: "test-" + deal + "-100", Reference: "test-" + deal + "-100-refund", Amount: 1_545, Currency: "USD", At: b.now})
	if got := b.handle(`{"id":` + deal + `}`); !reflect.DeepEqual(got, want) {
		t.Errorf("refunded: %+v; want %+v", got, want)
	}
}

// Whatever a hint claims, nothing follows from it that PayCove itself does not
// say.
func TestHintsAreNotBelieved(t *testing.T) {
	b := newBench(t, plain)
	deal := b.mustDo(b.plan("invoice.issued", 1)).RemoteID
	rapid.Check(t, func(r *rapid.T) {
		hint := map[string]any{}
		for _, name := range []string{"id", "deal_id", "status", "amount", "paid", "currency", "crm_deal_id", "payments", "data"} {
			hint[name] = rapid.SampledFrom([]any{nil, deal, 1, 99, "Paid", "paid", 11_545, 115.45, "USD", ref(), true,
				[]any{map[string]any{"status": "Paid", "amount": 115.45}}, map[string]any{"id": deal, "status": "Paid"}}).Draw(r, name)
		}
		body, err := json.Marshal(hint)
		if err != nil {
			r.Fatal(err)
		}
		in, err := b.paycove.Verify(b.connection, nil, body, b.now)
		if err != nil {
			return // refused as a whole
		}
		if facts, err := b.paycove.Handle(b.Context(), b.connection, in); len(facts) != 0 || err != nil {
			r.Fatalf("%s: %+v, %v", body, facts, err)
		}
	})
}

// A hint repeated within the minute is one; later it counts again.
func TestRepeatedHints(t *testing.T) {
	b := newBench(t, plain)
	at := func(d time.Duration) string {
		in, err := b.paycove.Verify(b.connection, nil, []byte(`{"id":1}`), b.now.Add(d))
		if err != nil {
			t.Fatal(err)
		}
		return in.ID
	}
	if at(0) != at(59*time.Second) || at(0) == at(time.Minute) {
		t.Error("repetitions are not told by the minute")
	}
	if _, err := b.paycove.Verify(b.connection, nil, []byte("id=1"), b.now); err == nil {
		t.Error("a hint that is no JSON is accepted")
	}
}

func TestCheck(t *testing.T) {
	b := newBench(t, plain)
	if err := b.paycove.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	b.connection.Credential = "wrong"
	if err := b.paycove.Check(t.Context(), b.connection); provider.ClassOf(err) != provider.Auth {
		t.Errorf("a wrong token: %v", err)
	}
}

// Without a mode for development, neither the fake nor the test host is reached.
func TestModes(t *testing.T) {
	var hosts []string
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		hosts = append(hosts, r.URL.Host)
		return nil, errors.New("not today")
	})
	p := paycove.New(paycove.Config{Config: provider.Config{Transport: transport}})
	for _, mode := range []provider.Mode{"", provider.Live, provider.Development} {
		p.Check(t.Context(), provider.Connection{Credential: "token", Mode: mode})
	}
	if want := []string{"paycove.io", "paycove.io", "staging.paycove.io"}; !reflect.DeepEqual(hosts, want) {
		t.Errorf("hosts %v; want %v", hosts, want)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
