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
