package main

import (
	"fmt"
	"net/http"

	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/fusionauth"
	"github.com/barrehq/barre/internal/provider/helpscout"
	"github.com/barrehq/barre/internal/provider/paycove"
	"github.com/barrehq/barre/internal/provider/pipedrive"
	"github.com/barrehq/barre/internal/provider/recurly"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

// vendor is a provider that studios can connect to.
type vendor struct {
	provider provider.Provider
	title    string // as people say it
	address  string // its own; empty for one that each deployment runs itself
	check    func(credential secret.String, live bool) (secret.String, error)
	options  []string
	fits     func(provider.Connection) string // see destination.Connector
	bills    bool                             // invoices can go out through it
	// makesSecret says that we choose with what it signs its messages.
	makesSecret bool
	// Of the demo: its stand-in, and how a studio is connected to that.
	fake    func() http.Handler
	account func(studio int) demoAccount
}

// Name is the provider's.
func (v vendor) Name() string { return v.provider.Name() }

// Title is the vendor's, for people.
func (v vendor) Title() string { return v.title }

// demoAccount connects a studio of the demo; without a credential it does not.
type demoAccount struct {
	credential string
	options    map[string]string
}

// vendors are all of them; a provider that is added is added here.
func vendors(c *Config) []vendor {
	payCove := paycove.New(paycove.Config{Bridge: webhook.NewSender(webhook.Config{AllowLoopback: c.Development()})})
	return []vendor{
		{
			provider: stripe.New(stripe.Config{}), title: "Stripe", address: "https://api.stripe.com", check: destination.StripeKey, bills: true,
			fake:    func() http.Handler { return fake.NewStripe(fake.StripeConfig{}) },
			account: func(n int) demoAccount { return demoAccount{credential: fmt.Sprintf("sk_test_demo%d", n+1)} },
		},
		{
			provider: recurly.New(recurly.Config{}), title: "Recurly", address: "https://v3.recurly.com", check: destination.PlainKey, bills: true,
			fake:    func() http.Handler { return fake.NewRecurly(fake.RecurlyConfig{}) },
			account: nobody, // one biller is enough
		},
		{
			provider: payCove, title: "PayCove", address: "https://paycove.io", check: destination.PlainKey, bills: true,
			options: []string{paycove.OptionTemplate, paycove.OptionMode, paycove.OptionReturn, paycove.OptionBridge}, fits: payCove.Fits,
			fake:    func() http.Handler { return fake.NewPayCove(fake.PayCoveConfig{}) },
			account: nobody, // one biller is enough
		},
		{
			provider: customerio.New(customerio.Config{}), title: "Customer.io", address: "https://track.customer.io", check: destination.CustomerIOKey,
			options: []string{customerio.OptionInvitationMessage, customerio.OptionResetMessage, customerio.OptionVerificationMessage},
			fake:    func() http.Handler { return fake.NewCustomerIO(fake.CustomerIOConfig{}) },
			account: func(n int) demoAccount {
				return demoAccount{credential: fmt.Sprintf("demo-site-%d:demo-key-%d", n+1, n+1)}
			},
		},
		{
			provider: helpscout.New(helpscout.Config{}), title: "Help Scout", address: "https://api.helpscout.net", check: destination.PairKey,
			options: []string{helpscout.OptionMailbox}, makesSecret: true,
			fake: func() http.Handler { return fake.NewHelpScout(fake.HelpScoutConfig{}) },
			account: func(n int) demoAccount {
				return demoAccount{fmt.Sprintf("demo-app-%d:demo-secret-%d", n+1, n+1), map[string]string{helpscout.OptionMailbox: fmt.Sprint(n + 1)}}
			},
		},
		{
			provider: pipedrive.New(pipedrive.Config{}), title: "Pipedrive", address: "https://api.pipedrive.com", check: destination.PlainKey,
			options: []string{pipedrive.OptionCompany, pipedrive.OptionPipeline, pipedrive.OptionStages, pipedrive.OptionDailyTokens},
			fake:    func() http.Handler { return fake.NewPipedrive(fake.PipedriveConfig{}) },
			account: func(n int) demoAccount {
				return demoAccount{fmt.Sprintf("demo-token-%d", n+1), map[string]string{pipedrive.OptionStages: "Contacted=2,Trial booked=3"}}
			},
		},
		{
			provider: fusionauth.New(fusionauth.Config{URL: c.VendorURL[fusionauth.ID]}), title: "FusionAuth", check: destination.PlainKey,
			options: []string{fusionauth.OptionApplication, fusionauth.OptionTenant, fusionauth.OptionAlgorithm, fusionauth.OptionResetMail}, fits: fusionauth.Fits,
			fake:    func() http.Handler { return fake.NewFusionAuth(fake.FusionAuthConfig{}) },
			account: nobody, // the demo's people sign in here
		},
	}
}

func nobody(int) demoAccount { return demoAccount{} }

// connectors are what studios may connect to.
func connectors(c *Config) map[string]destination.Connector {
	list := map[string]destination.Connector{}
	for _, v := range vendors(c) {
		if name := v.provider.Name(); v.address != "" || c.VendorURL[name] != "" {
			list[name] = destination.Connector{BaseURL: c.VendorURL[name], Check: v.check, Options: v.options, Fits: v.fits, Test: v.provider.Check, Bills: v.bills, Location: v.provider.Card().Location, Opens: v.provider.Card().Opens(), MakesSecret: v.makesSecret}
		}
	}
	return list
}

// providers are what a worker tells of changes.
func providers(c *Config) []provider.Provider {
	var list []provider.Provider
	for _, v := range vendors(c) {
		list = append(list, v.provider)
	}
	return list
}
