package worker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/worker"
)

// vendors are stand-ins that a bench is connected to.
type vendors struct {
	stripe     *fake.Stripe
	customerio *fake.CustomerIO
	urls       map[string]string
}

func providers() []provider.Provider {
	return []provider.Provider{stripe.New(stripe.Config{}), customerio.New(customerio.Config{})}
}

// connect makes a bench whose studio A is connected to both vendors.
func connect(t *testing.T) (*bench, *vendors) {
	t.Helper()
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Providers = providers()
		c.Delivery.Repair = time.Millisecond
		c.Delivery.Next = func(int, time.Duration) time.Duration { return 0 }
	})
	v := &vendors{stripe: fake.NewStripe(fake.StripeConfig{}), customerio: fake.NewCustomerIO(fake.CustomerIOConfig{}), urls: map[string]string{}}
	for name, handler := range map[string]http.Handler{stripe.ID: v.stripe, customerio.ID: v.customerio} {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		v.urls[name] = server.URL
	}
	b.registry = destination.New(b.Store, b.box, destination.Config{CheckURL: b.sender.CheckURL, Connectors: map[string]destination.Connector{
		stripe.ID:     {BaseURL: v.urls[stripe.ID], Check: destination.StripeKey, Bills: true},
		customerio.ID: {BaseURL: v.urls[customerio.ID], Check: destination.CustomerIOKey},
	}})
	b.plug(t, stripe.ID, "sk_test_key")
	b.plug(t, customerio.ID, "site:track")
	return b, v
}

func (b *bench) plug(t *testing.T, name, credential string) *destination.Connected {
	t.Helper()
	made, err := b.registry.ConnectIntegration(b.A.As(t.Context(), viewer.Owner), destination.Account{Provider: name, Mode: integration.ModeTEST, Credential: secret.String(credential)})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// state is one list of what a stand-in holds.
func (v *vendors) state(t *testing.T, name, list string) []map[string]any {
	t.Helper()
	response, err := http.Get(v.urls[name] + "/_state")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var all map[string][]map[string]any
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all[list]
}

// bill enrolls the studio's student and issues an invoice for it.
func (b *bench) bill(t *testing.T, studio testkit.Studio) *ent.Invoice {
	t.Helper()
	var invoice *ent.Invoice
	err := b.InTx(studio.As(t.Context(), viewer.Owner), func(ctx context.Context) error {
		c := b.Client(ctx)
		e, err := c.Enrollment.Create().SetClassID(studio.Class).SetStudentID(studio.Student).SetHouseholdID(studio.Household).Save(ctx)
		if err != nil {
			return err
		}
		biller := ""
		if i, err := c.Integration.Query().Where(integration.Bills(true)).Only(ctx); err == nil {
			biller = i.Provider
		}
		invoice, err = c.Invoice.Create().SetHouseholdID(studio.Household).SetBiller(biller).SetNumber(1001).SetCurrency("USD").SetTotal(9500).
			SetDueOn(time.Now().AddDate(0, 0, 14)).Save(ctx)
		if err != nil {
			return err
		}
		return c.InvoiceLine.Create().SetInvoiceID(invoice.ID).SetHouseholdID(studio.Household).SetEnrollmentID(e.ID).
			SetDescription("Ballet for Emma").SetUnitAmount(9500).SetAmount(9500).Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	b.worker.Wake()
	return invoice
}

func TestProvidersAreTold(t *testing.T) {
	b, v := connect(t)
	b.bill(t, b.B) // not connected
	invoice := b.bill(t, b.A)
	b.household(t, b.A, "The Lopez family")
	ctx := b.A.As(t.Context(), viewer.Owner)
	if err := b.InTx(ctx, func(ctx context.Context) error {
		return b.Client(ctx).Guardian.UpdateOneID(b.A.Guardian).SetFirstName("Adaeze").Exec(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	if got := b.settle(t); got["FAILED"] != 0 || got["SUCCEEDED"] != 5 {
		t.Errorf("deliveries %v", got)
	}
	customers, invoices := v.state(t, stripe.ID, "customers"), v.state(t, stripe.ID, "invoices")
	if len(customers) != 2 || len(invoices) != 1 || invoices[0]["status"] != "open" || invoices[0]["total"] != 9500.0 {
		t.Errorf("stripe has customers %v and invoices %v", customers, invoices)
	}
	people, events := v.state(t, customerio.ID, "people"), v.state(t, customerio.ID, "events")
	if len(people) != 1 || people[0]["first_name"] != "Adaeze" || len(events) != 2 {
		t.Errorf("customer.io has people %v and events %v", people, events)
	}
	for _, name := range []string{stripe.ID, customerio.ID} {
		if text, _ := json.Marshal(v.state(t, name, "received")); strings.Contains(string(text), "Emma") {
			t.Errorf("%s was told of the student: %s", name, text)
		}
	}
	links := 0
	if err := b.Super(t).QueryRow(`SELECT count(*) FROM provider_links WHERE tenant_id = $1 AND (entity_type, entity_id) IN (('Household', $2), ('Invoice', $3))`,
		b.A.Tenant, b.A.Household, invoice.ID).Scan(&links); err != nil || links != 2 {
		t.Errorf("%d links, %v", links, err)
	}
}

// An invoice is paid right after it was issued. Stripe loses the first call's
// answer, so that the payment has to wait for the invoice to be found again.
func TestOrderAndUnknownOutcome(t *testing.T) {
	b, v := connect(t)
	v.stripe.Fail(fake.Failure{Method: "POST", Path: "/v1/invoices", Status: 0, After: true})
	invoice := b.bill(t, b.A)
	if err := b.InTx(b.A.As(t.Context(), viewer.Owner), func(ctx context.Context) error {
		return b.Client(ctx).Invoice.UpdateOneID(invoice.ID).SetAmountPaid(9500).SetStatus("PAID").Exec(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	b.worker.Wake()
	if got := b.settle(t); got["FAILED"] != 0 {
		t.Errorf("deliveries %v", got)
	}
	invoices := v.state(t, stripe.ID, "invoices")
	if len(invoices) != 1 || invoices[0]["status"] != "paid" {
		t.Errorf("stripe has invoices %v", invoices)
	}
	if items := v.state(t, stripe.ID, "invoiceItems"); len(items) != 1 {
		t.Errorf("stripe has items %v", items)
	}
}

// A dead credential stops the connection, not the delivery: a new credential
// lets it through.
func TestDeadCredential(t *testing.T) {
	b, v := connect(t)
	v.customerio.Fail(fake.Failure{Path: "/api/v1/customers", Status: http.StatusUnauthorized})
	ctx := b.A.As(t.Context(), viewer.Owner)
	if err := b.InTx(ctx, func(ctx context.Context) error {
		return b.Client(ctx).Guardian.UpdateOneID(b.A.Guardian).SetFirstName("Adaeze").Exec(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	b.worker.Wake()
	db := b.Super(t)
	for status := ""; status != "FAILED"; {
		var problem string
		if err := db.QueryRow(`SELECT status, last_error FROM integrations, pg_sleep(0.01) WHERE provider = 'customerio'`).Scan(&status, &problem); err != nil {
			t.Fatal(err)
		}
		if status == "FAILED" && !strings.Contains(problem, "AUTH") {
			t.Errorf("last error %q", problem)
		}
	}
	if n := len(v.state(t, customerio.ID, "people")); n != 0 {
		t.Errorf("customer.io has %d people", n)
	}
	b.plug(t, customerio.ID, "site:new")
	if got := b.settle(t); got["SUCCEEDED"] != 1 || len(v.state(t, customerio.ID, "people")) != 1 {
		t.Errorf("deliveries %v", got)
	}
}

// The owner hears of an endpoint that was disabled.
func TestOwnerIsTold(t *testing.T) {
	b, v := connect(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	err := b.InTx(ctx, func(ctx context.Context) error {
		return b.Client(ctx).Membership.Create().SetEmail("olga@example.com").SetName("Olga").SetRole("OWNER").SetStatus("ACTIVE").Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	r := receive(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusGone) })
	b.register(t, b.A, r, "household.created")
	b.household(t, b.A, "The Lopez family")
	r.next(t)
	b.settle(t)
	people, events := v.state(t, customerio.ID, "people"), v.state(t, customerio.ID, "events")
	if len(people) != 1 || people[0]["email"] != "olga@example.com" || len(events) != 1 || !strings.Contains(fmt.Sprint(events[0]), "asked for no more") {
		t.Errorf("customer.io has people %v and events %v", people, events)
	}
}

// Where the studio lifts that an address is not written to, Customer.io is told
// to take whoever has it off its own list; another address' people are none of it.
func TestLiftedSuppressionIsTold(t *testing.T) {
	b, v := connect(t)
	platform := viewer.ForTenant(t.Context(), b.A.Tenant, "test: an address bounces")
	member := ""
	if err := b.InTx(platform, func(ctx context.Context) error {
		c := b.Client(ctx)
		if err := c.Guardian.UpdateOneID(b.A.Guardian).SetEmail("Ada@example.com").Exec(ctx); err != nil {
			return err
		}
		if err := c.Guardian.Create().SetHouseholdID(b.A.Household).SetFirstName("Bo").SetLastName("Other").SetEmail("bo@example.com").Exec(ctx); err != nil {
			return err
		}
		m, err := c.Membership.Create().SetEmail("ada@example.com").SetName("Ada").SetRole("GUARDIAN").SetHouseholdID(b.A.Household).SetStatus("ACTIVE").Save(ctx)
		if err != nil {
			return err
		}
		member = provider.Ref{Type: "membership", ID: m.ID}.String()
		return c.Suppression.Create().SetChannel("EMAIL").SetAddress("ada@example.com").SetReason("BOUNCED").SetProvider(customerio.ID).SetOccurredAt(time.Now()).Exec(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	b.worker.Wake()
	b.settle(t)
	ada := provider.Ref{Type: "guardian", ID: b.A.Guardian}.String()
	person := func() map[string]any {
		for _, p := range v.state(t, customerio.ID, "people") {
			if p["id"] == ada {
				return p
			}
		}
		return nil
	}
	if p := person(); p["unsubscribed"] != true {
		t.Fatalf("while nothing may be sent: %v", p)
	}
	before := len(v.state(t, customerio.ID, "received"))
	if err := b.InTx(b.A.As(t.Context(), viewer.Owner), func(ctx context.Context) error {
		found, err := b.Client(ctx).Suppression.Query().Only(ctx)
		if err != nil {
			return err
		}
		return rule.Removing(ctx, "Suppression", found, func() error { return b.Client(ctx).Suppression.DeleteOne(found).Exec(ctx) })
	}); err != nil {
		t.Fatal(err)
	}
	b.worker.Wake()
	if got := b.settle(t); got["FAILED"] != 0 {
		t.Errorf("deliveries %v", got)
	}
	var told []string
	for _, r := range v.state(t, customerio.ID, "received")[before:] {
		told = append(told, fmt.Sprint(r["method"], " ", r["path"]))
	}
	const people = "/api/v1/customers/"
	if want := []string{"POST " + people + ada + "/unsuppress", "PUT " + people + ada, "POST " + people + member + "/unsuppress"}; !slices.Equal(told, want) {
		t.Errorf("told %v; want %v", told, want)
	}
	if p := person(); p["unsubscribed"] != false || p["email"] != "Ada@example.com" {
		t.Errorf("after it was lifted: %v", p)
	}
}
