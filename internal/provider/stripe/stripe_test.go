package stripe_test

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
	"github.com/barrehq/barre/internal/provider/stripe"
)

func id(n byte) uuid.UUID {
	return uuid.UUID{1, 0x9a, 0x2b, 0x3c, 0x4d, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

// bench is the adapter before a fake, with a clock that tests turn.
type bench struct {
	*testing.T
	stripe     *stripe.Stripe
	fake       *fake.Stripe
	links      *fake.Links
	connection provider.Connection
	now        time.Time  // written by turn alone
	mu         sync.Mutex // the fake reads the clock too
}

// turn moves the clock.
func (b *bench) turn(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, links: fake.NewLinks(), now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}
	b.fake = fake.NewStripe(fake.StripeConfig{Now: b.clock})
	server := httptest.NewServer(b.fake)
	t.Cleanup(server.Close)
	// On a kept connection that breaks off, net/http repeats a request that has
	// an idempotency key by itself; here every failure is to be seen.
	transport := provider.Transport()
	transport.DisableKeepAlives = true
	b.stripe = stripe.New(stripe.Config{Transport: transport, Now: b.clock, Timeout: 5 * time.Second})
	b.connection = provider.Connection{BaseURL: server.URL, Credential: "sk_test_1", Mode: provider.Development}
	return b
}

func (b *bench) change(kind string, event byte) provider.Change {
	return provider.Change{
		Event:     provider.Event{ID: id(event), TenantID: id(200), Type: kind, OccurredAt: b.now},
		Biller:    stripe.ID,
		Household: &provider.Household{ID: id(201), Name: "Family Sample", Email: "sample@example.com", Phone: "+1 555 0100", Address: provider.Address{Line1: "1 Main St", City: "Springfield", Country: "US"}},
		Invoice: &provider.Invoice{ID: id(202), Biller: stripe.ID, Number: "2026-0001", Currency: "USD", Total: 11_500, DueOn: b.now.AddDate(0, 0, 14), Lines: []provider.Line{
			{ID: id(203), Kind: provider.Tuition, Item: "Ballet II", Season: "Fall 2026", Amount: 12_000},
			{ID: id(204), Kind: provider.Discount, Item: "Sibling", Amount: -500},
		}},
	}
}

func (b *bench) plan(kind string, event byte) provider.Operation {
	b.Helper()
	operations, err := b.stripe.Plan(b.change(kind, event))
	if err != nil || len(operations) != 1 {
		b.Fatalf("Plan(%s) = %v, %v", kind, operations, err)
	}
	return operations[0]
}

func (b *bench) do(o provider.Operation) (provider.Outcome, error) {
	return b.stripe.Do(b.Context(), b.connection, o, b.links)
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
	Customers    []map[string]any
	Invoices     []map[string]any
	InvoiceItems []map[string]any
	Refunds      []map[string]any
	Received     []fake.Received
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

// expect holds that there is one customer and one invoice of the right amount
// in the given status, mailed so many times.
func (b *bench) expect(status string, mails float64) {
	b.Helper()
	s := b.state()
	if len(s.Customers) != 1 || len(s.Invoices) != 1 || len(s.InvoiceItems) != 2 {
		b.Fatalf("%d customers, %d invoices, %d items; want 1, 1, 2", len(s.Customers), len(s.Invoices), len(s.InvoiceItems))
	}
	invoice := s.Invoices[0]
	sent, _ := invoice["fake_mails"].(float64)
	if invoice["status"] != status || invoice["total"] != 11_500.0 || sent != mails {
		b.Errorf("invoice is %v over %v, mailed %v times; want %s over 11500, %v times", invoice["status"], invoice["total"], sent, status, mails)
	}
}

func TestLifecycle(t *testing.T) {
	b := newBench(t)
	if outcome := b.mustDo(b.plan("household.created", 1)); outcome.State != provider.Done || !strings.HasPrefix(outcome.RemoteID, "cus_") {
		t.Errorf("household.created: %+v", outcome)
	}
	renamed := b.change("household.updated", 2)
	renamed.Household.Name = "Family Example"
	operations, _ := b.stripe.Plan(renamed)
	b.mustDo(operations[0])
	s := b.state()
	if len(s.Customers) != 1 || s.Customers[0]["name"] != "Family Example" || s.Customers[0]["email"] != "sample@example.com" || s.Customers[0]["phone"] != nil {
		t.Fatalf("customers %v", s.Customers)
	}
	b.mustDo(b.plan("invoice.issued", 3))
	b.expect("open", 1)
	b.mustDo(b.plan("invoice.paid", 4))
	b.expect("paid", 1)
	b.mustDo(b.plan("invoice.paid", 5)) // paid twice is paid
	if _, err := b.do(b.plan("invoice.voided", 6)); provider.ClassOf(err) != provider.Permanent {
		t.Errorf("voiding a paid invoice: %v", err)
	}
}

func TestIssueMakesTheCustomer(t *testing.T) {
	b := newBench(t)
	b.mustDo(b.plan("invoice.issued", 1))
	b.expect("open", 1)
	if name := b.state().Customers[0]["name"]; name != "Family Sample" {
		t.Errorf("the customer's name is %v", name)
	}
	b.mustDo(b.plan("invoice.voided", 2))
	b.expect("void", 1)
	b.mustDo(b.plan("invoice.voided", 2))
	if description := b.state().InvoiceItems[0]["description"]; description != "Tuition – Ballet II – Fall 2026" {
		t.Errorf("the first line says %v", description)
	}
}

func TestRepeatingIsHarmless(t *testing.T) {
	b := newBench(t)
	o := b.plan("invoice.issued", 1)
	for range 3 {
		b.mustDo(o)
	}
	b.expect("open", 1)
	lost := fake.NewLinks() // our database was restored from before the links
	if _, err := b.stripe.Do(t.Context(), b.connection, o, lost); err != nil {
		t.Fatal(err)
	}
	b.expect("open", 1)
}

// steps are the calls of an issued invoice in their order.
func steps() map[string]fake.Failure {
	return map[string]fake.Failure{
		"customer":  {Method: "POST", Path: "/v1/customers"},
		"details":   {Method: "POST", Path: "/v1/customers/cus"},
		"draft":     {Method: "POST", Path: "/v1/invoices"},
		"item":      {Method: "POST", Path: "/v1/invoiceitems"},
		"finalize":  {Method: "POST", Path: "/v1/invoices/in", Suffix: "/finalize"},
		"send mail": {Method: "POST", Path: "/v1/invoices/in", Suffix: "/send"},
	}
}

// Each step fails in each way, before and after its effect; what follows is one
// customer, one invoice, two lines and one mail, by the path that the class of
// the error asks for.
func TestEveryStepCanFail(t *testing.T) {
	for step, failure := range steps() {
		for _, status := range []int{0, 429, 500, 503, 409} {
			for _, after := range []bool{false, true} {
				b := newBench(t)
				failure.Status, failure.After = status, after
				b.fake.Fail(failure)
				o := b.plan("invoice.issued", 1)
				_, err := b.do(o)
				if err == nil {
					t.Fatalf("%s, %d: no error", step, status)
				}
				if provider.ClassOf(err) == provider.Unknown {
					outcome, err := b.stripe.Reconcile(t.Context(), b.connection, o, b.links)
					if err != nil || outcome.State != provider.Missing {
						t.Fatalf("%s, %d: Reconcile = %+v, %v", step, status, outcome, err)
					}
					o.Round++
				}
				b.mustDo(o)
				b.expect("open", 1)
			}
		}
	}
}

// A day later Stripe has forgotten the keys; what is there is found by its
// references.
func TestReconcileAfterTheKeysAreForgotten(t *testing.T) {
	for step, failure := range steps() {
		if step == "send mail" {
			continue // may be mailed twice after a day; Stripe cannot say
		}
		b := newBench(t)
		failure.After = true
		b.fake.Fail(failure)
		o := b.plan("invoice.issued", 1)
		if _, err := b.do(o); err == nil || provider.ClassOf(err) != provider.Unknown {
			t.Fatalf("%s: %v; want an unknown outcome", step, err)
		}
		b.turn(72 * time.Hour)
		outcome, err := b.stripe.Reconcile(t.Context(), b.connection, o, b.links)
		if err != nil || outcome.State != provider.Missing {
			t.Fatalf("%s: Reconcile = %+v, %v", step, outcome, err)
		}
		o.Round++
		b.mustDo(o)
		b.expect("open", 1)
	}
}

func TestReconcileFindsWhatIsDone(t *testing.T) {
	b := newBench(t)
	issue, pay := b.plan("invoice.issued", 1), b.plan("invoice.paid", 2)
	b.mustDo(issue)
	b.fake.Fail(fake.Failure{Path: "/v1/invoices/in", Suffix: "/pay", After: true})
	if _, err := b.do(pay); provider.ClassOf(err) != provider.Unknown {
		t.Fatalf("Do = %v; want an unknown outcome", err)
	}
	for _, o := range []provider.Operation{pay, issue} {
		outcome, err := b.stripe.Reconcile(t.Context(), b.connection, o, b.links)
		if err != nil || outcome.State != provider.Done {
			t.Errorf("Reconcile(%s) = %+v, %v", o.Name, outcome, err)
		}
	}
	void := b.plan("invoice.voided", 3)
	if outcome, err := b.stripe.Reconcile(t.Context(), b.connection, void, b.links); err != nil || outcome.State != provider.Missing {
		t.Errorf("Reconcile(void) = %+v, %v", outcome, err)
	}
}

// More than a page of other households lies before the one that is looked for.
func TestReconcilePages(t *testing.T) {
	b := newBench(t)
	b.links.FailNextSave(errors.New("database gone"))
	o := b.plan("household.created", 1)
	if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
		t.Fatalf("Do = %v; want an unknown outcome", err)
	}
	for n := range 120 {
		other := b.change("household.created", 2)
		other.Household.ID = uuid.UUID{2, byte(n)}
		other.Event.ID = uuid.UUID{3, byte(n)}
		operations, _ := b.stripe.Plan(other)
		b.mustDo(operations[0])
	}
	outcome, err := b.stripe.Reconcile(t.Context(), b.connection, o, b.links)
	if err != nil || outcome.RemoteID == "" {
		t.Fatalf("Reconcile = %+v, %v", outcome, err)
	}
	b.mustDo(o)
	if s := b.state(); len(s.Customers) != 121 {
		t.Errorf("%d customers; want 121", len(s.Customers))
	}
}

func TestLinkNotSaved(t *testing.T) {
	b := newBench(t)
	o := b.plan("invoice.issued", 1)
	b.mustDo(b.plan("household.created", 2))
	b.links.FailNextSave(errors.New("database gone"))
	if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
		t.Fatalf("Do = %v; want an unknown outcome", err)
	}
	b.mustDo(o)
	b.expect("open", 1)
}

func TestVoidWithoutInvoiceIsSkipped(t *testing.T) {
	b := newBench(t)
	for _, kind := range []string{"invoice.voided", "invoice.paid"} {
		if outcome := b.mustDo(b.plan(kind, 1)); outcome.State != provider.Skipped || outcome.Note == "" {
			t.Errorf("%s: %+v", kind, outcome)
		}
	}
}

func TestVoidOfADraftDeletesIt(t *testing.T) {
	b := newBench(t)
	b.fake.Fail(fake.Failure{Path: "/v1/invoices/in", Suffix: "/finalize", Status: 400})
	if _, err := b.do(b.plan("invoice.issued", 1)); provider.ClassOf(err) != provider.Permanent {
		t.Fatalf("Do = %v; want a permanent refusal", err)
	}
	void := b.plan("invoice.voided", 2)
	b.mustDo(void)
	if s := b.state(); len(s.Invoices) != 0 {
		t.Errorf("%d invoices are left", len(s.Invoices))
	}
	if outcome := b.mustDo(void); outcome.State != provider.Skipped {
		t.Errorf("voiding it again: %+v", outcome)
	}
}

func TestErrors(t *testing.T) {
	b := newBench(t)
	o := b.plan("household.created", 1)
	b.fake.Fail(fake.Failure{Path: "/v1/customers", Status: 429, RetryAfter: "7"})
	_, err := b.do(o)
	var failed *provider.Error
	if !errors.As(err, &failed) || failed.Class != provider.RateLimited || !failed.RetryAt.Equal(b.now.Add(7*time.Second)) || failed.Code != "rate_limit" {
		t.Errorf("429: %#v", err)
	}
	b.connection.Credential = "sk_live_wrong"
	if _, err := b.do(o); provider.ClassOf(err) != provider.Auth || strings.Contains(err.Error(), "sk_live") {
		t.Errorf("dead key: %v", err)
	}
	b.connection.Credential, b.connection.Mode = "sk_test_1", provider.Live
	if _, err := b.do(o); !errors.Is(err, provider.ErrEgressBlocked) || provider.ClassOf(err) != provider.Permanent {
		t.Errorf("loopback in live mode: %v", err)
	}
	b.connection.Mode, b.connection.BaseURL = provider.Development, "http://127.0.0.1:1"
	if _, err := b.do(o); provider.ClassOf(err) != provider.Transient {
		t.Errorf("nobody listens: %v", err)
	}
	if _, err := b.do(provider.Operation{Name: "customer.explode"}); provider.ClassOf(err) != provider.Permanent {
		t.Errorf("unknown operation: %v", err)
	}
}

func TestConnectedAccount(t *testing.T) {
	b := newBench(t)
	b.connection.Account = "acct_1"
	b.mustDo(b.plan("invoice.issued", 1))
	for _, r := range b.state().Received {
		if r.Account != "acct_1" {
			t.Errorf("%s %s was sent for the account %q", r.Method, r.Path, r.Account)
		}
		if r.Method == http.MethodPost && len(r.Key) != 56 {
			t.Errorf("%s %s has the key %q", r.Method, r.Path, r.Key)
		}
	}
}

func TestPlan(t *testing.T) {
	s := stripe.New(stripe.Config{})
	b := &bench{T: t, stripe: s, now: time.Unix(1_700_000_000, 0)}
	first, second := b.plan("invoice.issued", 1), b.plan("invoice.issued", 1)
	if first.Key != second.Key || string(first.Payload) != string(second.Payload) || first.Lane.Type != "household" || first.Entity.Type != "invoice" {
		t.Errorf("planning twice gives %+v and %+v", first, second)
	}
	if strings.Contains(string(first.Payload), "555") {
		t.Error("the plan holds the telephone number")
	}
	for _, kind := range []string{"student.created", "guardian.created", "enrollment.created", ""} {
		if operations, err := s.Plan(b.change(kind, 1)); err != nil || operations != nil {
			t.Errorf("Plan(%q) = %v, %v", kind, operations, err)
		}
	}
	wrong := b.change("invoice.issued", 1)
	wrong.Invoice.Total++
	if _, err := s.Plan(wrong); err == nil {
		t.Error("lines that do not add up are planned")
	}
	for _, kind := range []string{"household.created", "invoice.issued", "invoice.voided"} {
		if _, err := s.Plan(provider.Change{Event: provider.Event{Type: kind}}); err == nil {
			t.Errorf("%s without its entity is planned", kind)
		}
	}
}

func TestCurrencies(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		currency string
		minor    int64
		want     string // "" when it cannot be billed
	}{{"USD", 1050, "1050"}, {"JPY", 1050, "1050"}, {"ISK", 1050, "105000"}, {"UGX", 5, "500"}, {"MGA", 1000, "10"}, {"MGA", 1050, ""}} {
		change := b.change("invoice.issued", 1)
		change.Invoice.Currency, change.Invoice.Total = c.currency, c.minor
		change.Invoice.Lines = []provider.Line{{ID: id(9), Amount: c.minor}}
		operations, err := b.stripe.Plan(change)
		if (err == nil) != (c.want != "") {
			t.Fatalf("%d %s: %v", c.minor, c.currency, err)
		}
		if err == nil && !strings.Contains(string(operations[0].Payload), `"Amount":`+c.want+`}`) {
			t.Errorf("%d %s: %s", c.minor, c.currency, operations[0].Payload)
		}
	}
}
