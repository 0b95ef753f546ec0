package recurly_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/recurly"
)

func id(n byte) uuid.UUID {
	return uuid.UUID{1, 0x9a, 0x2b, 0x3c, 0x4d, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

// bench is the adapter before a fake, with a clock that tests turn.
type bench struct {
	*testing.T
	recurly    *recurly.Recurly
	fake       *fake.Recurly
	links      *fake.Links
	connection provider.Connection
	mu         sync.Mutex // the fake reads the clock too
	now        time.Time
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) turn(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func newBench(t *testing.T, wrap func(http.Handler) http.Handler) *bench {
	b := &bench{T: t, links: fake.NewLinks(), now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}
	b.fake = fake.NewRecurly(fake.RecurlyConfig{Key: "key", Now: b.clock})
	server := httptest.NewServer(wrap(b.fake))
	t.Cleanup(server.Close)
	transport := provider.Transport()
	transport.DisableKeepAlives = true // net/http repeats a request with a key on a kept connection by itself
	b.recurly = recurly.New(recurly.Config{Transport: transport, Now: b.clock, Timeout: 5 * time.Second})
	b.connection = provider.Connection{BaseURL: server.URL, Credential: "key", Mode: provider.Development}
	return b
}

func plain(h http.Handler) http.Handler { return h }

func (b *bench) change(kind string, event byte) provider.Change {
	return provider.Change{
		Event:  provider.Event{ID: id(event), TenantID: id(200), Type: kind, OccurredAt: b.now},
		Biller: recurly.ID,
		Household: &provider.Household{ID: id(201), Name: "Family Sample & Co", Email: "sample@example.com", Phone: "+1 555 0100",
			Address: provider.Address{Line1: "1 Main St", Line2: "Apt 2", City: "Springfield", Region: "IL", PostalCode: "62701", Country: "US"}},
		Invoice: &provider.Invoice{ID: id(202), Biller: recurly.ID, Number: "2026-0001", Currency: "USD", Total: 12_545, DueOn: b.now.AddDate(0, 0, 14), Lines: []provider.Line{
			{ID: id(203), Kind: provider.Tuition, Item: "Ballet II", Season: "Fall 2026", Amount: 12_000},
			{ID: id(204), Kind: provider.Fee, Item: "Costume", Amount: 545},
		}},
	}
}

func (b *bench) plan(kind string, event byte) provider.Operation {
	b.Helper()
	operations, err := b.recurly.Plan(b.change(kind, event))
	if err != nil || len(operations) != 1 {
		b.Fatalf("Plan(%s) = %v, %v", kind, operations, err)
	}
	return operations[0]
}

func (b *bench) do(o provider.Operation) (provider.Outcome, error) {
	return b.recurly.Do(b.Context(), b.connection, o, b.links)
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
	Accounts []map[string]any
	Invoices []map[string]any
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

// expect holds that there is one account and one invoice in the given state.
func (b *bench) expect(want string) {
	b.Helper()
	s := b.state()
	if len(s.Accounts) != 1 || len(s.Invoices) != 1 || s.Invoices[0]["state"] != want {
		b.Fatalf("%d accounts, invoices %v; want one of each, %s", len(s.Accounts), s.Invoices, want)
	}
}

func po() string { return provider.Ref{Type: "invoice", ID: id(202)}.String() }

func TestLifecycle(t *testing.T) {
	b := newBench(t, plain)
	b.mustDo(b.plan("household.created", 1))
	b.mustDo(b.plan("household.updated", 2))
	issued := b.mustDo(b.plan("invoice.issued", 3))
	b.expect("pending")
	if total := b.state().Invoices[0]["total"]; total != 125.45 {
		t.Errorf("total %v; want 125.45", total)
	}
	if again := b.mustDo(b.plan("invoice.issued", 3)); again.RemoteID != issued.RemoteID {
		t.Errorf("issued again as %q; want %q", again.RemoteID, issued.RemoteID)
	}
	b.mustDo(b.plan("invoice.paid", 4))
	b.mustDo(b.plan("invoice.paid", 4))
	b.expect("paid")
	if _, err := b.do(b.plan("invoice.voided", 5)); provider.ClassOf(err) != provider.Permanent {
		t.Errorf("voiding a paid invoice: %v", err)
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
	b.expect("failed")
}

// A discount makes one charge of the whole, because Recurly would make a second
// invoice of a credit.
func TestCredit(t *testing.T) {
	b := newBench(t, plain)
	c := b.change("invoice.issued", 1)
	c.Invoice.Lines = append(c.Invoice.Lines, provider.Line{ID: id(205), Kind: provider.Discount, Item: "Sibling", Amount: -2_000})
	c.Invoice.Total -= 2_000
	operations, err := b.recurly.Plan(c)
	if err != nil {
		t.Fatal(err)
	}
	b.mustDo(operations[0])
	b.expect("pending")
	if invoice := b.state().Invoices[0]; invoice["total"] != 105.45 || len(invoice["line_items"].([]any)) != 1 {
		t.Errorf("invoice %v; want one line of 105.45", invoice)
	}
	c.Invoice.Total++
	if _, err := b.recurly.Plan(c); err == nil {
		t.Error("lines that do not add up are planned")
	}
}

// Whatever breaks off, and however long the repetition waits, there is one
// account and one invoice in the end.
func TestInterruptions(t *testing.T) {
	for name, c := range map[string]struct {
		failure fake.Failure
		save    bool // whether the link is lost
		later   time.Duration
	}{
		"cut before the purchase":   {failure: fake.Failure{Path: "/purchases"}},
		"cut after the purchase":    {failure: fake.Failure{Path: "/purchases", After: true}},
		"after an hour":             {failure: fake.Failure{Path: "/purchases", After: true}, later: 2 * time.Hour},
		"500 after the purchase":    {failure: fake.Failure{Path: "/purchases", After: true, Status: 500}, later: 90 * time.Minute},
		"link lost":                 {save: true, later: 2 * time.Hour},
		"503 before, an hour later": {failure: fake.Failure{Path: "/purchases", Status: 503}, later: 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, plain)
			o := b.plan("invoice.issued", 1)
			if c.save {
				b.links.FailNextSave(errors.New("the database is away"))
			} else {
				b.fake.Fail(c.failure)
			}
			if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
				t.Fatalf("Do: %v; want class UNKNOWN", err)
			}
			b.turn(c.later)
			outcome, err := b.recurly.Reconcile(t.Context(), b.connection, o, b.links)
			if err != nil {
				t.Fatal(err)
			}
			if outcome.State == provider.Missing {
				o.Round++
				outcome = b.mustDo(o)
			}
			b.expect("pending")
			if outcome.RemoteID == "" {
				t.Errorf("outcome %+v", outcome)
			}
		})
	}
}

// Within the hour, the key alone is enough.
func TestKey(t *testing.T) {
	b := newBench(t, plain)
	b.fake.Fail(fake.Failure{Path: "/purchases", After: true})
	o := b.plan("invoice.issued", 1)
	b.do(o)
	b.turn(b.recurly.Card().SafeRetry)
	b.mustDo(o)
	b.expect("pending")
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		failure fake.Failure
		class   provider.Class
		retry   bool
	}{
		{fake.Failure{Status: 429, RetryAfter: "30"}, provider.RateLimited, true},
		{fake.Failure{Status: 409}, provider.Transient, false},
		{fake.Failure{Status: 500}, provider.Unknown, false},
		{fake.Failure{Status: 422}, provider.Permanent, false},
		{fake.Failure{Status: 401}, provider.Auth, false},
	} {
		b := newBench(t, plain)
		b.fake.Fail(c.failure)
		_, err := b.do(b.plan("invoice.issued", 1))
		var e *provider.Error
		if !errors.As(err, &e) || e.Class != c.class || e.RetryAt.IsZero() == c.retry {
			t.Errorf("status %d: %v", c.failure.Status, err)
		}
		if strings.Contains(err.Error(), "says no") || strings.Contains(err.Error(), "sample@") {
			t.Errorf("status %d: the error repeats the vendor's message: %v", c.failure.Status, err)
		}
	}
}

func TestCheck(t *testing.T) {
	b := newBench(t, plain)
	if err := b.recurly.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	b.connection.Credential = "wrong"
	if err := b.recurly.Check(t.Context(), b.connection); provider.ClassOf(err) != provider.Auth {
		t.Errorf("a wrong key: %v", err)
	}
}
