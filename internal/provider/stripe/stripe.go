// Package stripe keeps a studio's households and invoices at Stripe. Calls go
// through Stripe's own library; whether one may leave is decided by the card.
//
// A connection's Credential is a secret or restricted API key, its Account the
// connected account (acct_…) to act for, and its Secrets those of the webhook
// endpoint (whsec_…).
package stripe

import (
	"net/http"
	"time"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/barrehq/barre/internal/provider"
)

// ID is the vendor's key in the database.
const ID = "stripe"

const vendorURL = "https://api.stripe.com"

// Config of the provider. The zero value is right for production.
type Config = provider.Config

// Stripe is the provider.Provider.
type Stripe struct{ config Config }

var _ provider.Poller = (*Stripe)(nil)

// New returns the provider. A call has 30 s, the longest that Stripe works on
// one, unless c says otherwise.
func New(c Config) *Stripe { return &Stripe{config: c.Filled(30 * time.Second)} }

// Name returns ID.
func (s *Stripe) Name() string { return ID }

// Card returns Stripe's row of the register. Telephone, shipping address and
// tax ids exist in Stripe's API and are not in its row.
func (s *Stripe) Card() provider.Card {
	return provider.Card{
		Name:       "Stripe",
		Nature:     "Payment Manager",
		DataShared: "Name, email, billing address, payment details",
		Location:   "US",
		Contact:    "privacy@stripe.com",
		Classes:    []provider.DataClass{provider.Name, provider.Email, provider.BillingAddress, provider.PaymentDetails},
		Hosts:      []string{"api.stripe.com"},
		Headers:    []string{"Idempotency-Key", "Stripe-Account", "Stripe-Version", "X-Stripe-Client-User-Agent"},
		Calls:      calls(),
		SafeRetry:  24 * time.Hour, // how long Stripe keeps an idempotency key at least
	}
}

func calls() []provider.Call {
	customer := append(provider.Fields(provider.OpaqueRef, "metadata.tenant_ref", "metadata.household_ref"),
		append(provider.Fields(provider.Name, "name"), append(provider.Fields(provider.Email, "email"),
			provider.Fields(provider.BillingAddress, "address.line1", "address.line2", "address.city", "address.state", "address.postal_code", "address.country")...)...)...)
	invoice := append(provider.Fields(provider.OpaqueRef, "customer", "metadata.tenant_ref", "metadata.invoice_ref"),
		append(provider.Fields(provider.PaymentDetails, "currency", "days_until_due"),
			provider.Fields(provider.Operational, "collection_method", "auto_advance", "pending_invoice_items_behavior")...)...)
	item := append(provider.Fields(provider.OpaqueRef, "customer", "invoice", "metadata.line_ref"),
		provider.Fields(provider.PaymentDetails, "amount", "currency", "description")...)
	page := provider.Fields(provider.Operational, "limit", "starting_after", "created.gte")
	of := func(name string) []provider.Field { return append(provider.Fields(provider.OpaqueRef, name), page...) }
	payments := append(provider.Fields(provider.OpaqueRef, "invoice", "payment.payment_intent"),
		append(page, provider.Fields(provider.Operational, "expand[]", "payment.type")...)...)
	return []provider.Call{
		{Name: "create customer", Method: "POST", Path: "/v1/customers", Body: customer[:2]},
		{Name: "update customer", Method: "POST", Path: "/v1/customers/{id}", Body: customer},
		{Name: "delete customer", Method: "DELETE", Path: "/v1/customers/{id}"},
		{Name: "list customers", Method: "GET", Path: "/v1/customers", Query: page},
		{Name: "create invoice", Method: "POST", Path: "/v1/invoices", Body: invoice},
		{Name: "get invoice", Method: "GET", Path: "/v1/invoices/{id}"},
		{Name: "list invoices", Method: "GET", Path: "/v1/invoices", Query: of("customer")},
		{Name: "delete draft invoice", Method: "DELETE", Path: "/v1/invoices/{id}"},
		{Name: "create invoice item", Method: "POST", Path: "/v1/invoiceitems", Body: item},
		{Name: "list invoice items", Method: "GET", Path: "/v1/invoiceitems", Query: of("invoice")},
		{Name: "finalize invoice", Method: "POST", Path: "/v1/invoices/{id}/finalize", Body: provider.Fields(provider.Operational, "auto_advance")},
		{Name: "send invoice", Method: "POST", Path: "/v1/invoices/{id}/send"},
		{Name: "void invoice", Method: "POST", Path: "/v1/invoices/{id}/void"},
		{Name: "settle invoice", Method: "POST", Path: "/v1/invoices/{id}/pay", Body: provider.Fields(provider.PaymentDetails, "paid_out_of_band")},
		{Name: "list payments of invoices", Method: "GET", Path: "/v1/invoice_payments", Query: payments},
		{Name: "get payment of an invoice", Method: "GET", Path: "/v1/invoice_payments/{id}"},
		{Name: "list events", Method: "GET", Path: "/v1/events", Query: append(provider.Fields(provider.Operational, "types[]"), page...)},
		{Name: "list refunds", Method: "GET", Path: "/v1/refunds", Query: of("charge")},
		{Name: "get refund", Method: "GET", Path: "/v1/refunds/{id}"},
		{Name: "get dispute", Method: "GET", Path: "/v1/disputes/{id}"},
		{Name: "get subscription", Method: "GET", Path: "/v1/subscriptions/{id}"},
	}
}

// client returns Stripe's library for one connection: no retries of its own,
// no telemetry, and a log that says nothing, because by default it prints
// error bodies.
func (s *Stripe) client(c provider.Connection) *sdk.Client {
	guard := provider.NewGuard(s.Card(), c, s.config.Transport, s.config.Observe).At(s.config.Now)
	return sdk.NewClient(c.Credential.Reveal(), sdk.WithBackends(sdk.NewBackendsWithConfig(&sdk.BackendConfig{
		URL:               sdk.String(c.Endpoint(vendorURL)),
		HTTPClient:        &http.Client{Transport: guard, Timeout: s.config.Timeout, CheckRedirect: noRedirect},
		MaxNetworkRetries: sdk.Int64(0),
		EnableTelemetry:   sdk.Bool(false),
		LeveledLogger:     &sdk.LeveledLogger{Level: sdk.LevelNull},
	})))
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
