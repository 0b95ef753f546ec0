// Package paycove keeps a studio's invoices at PayCove, as deals with a hosted
// checkout. PayCove publishes no description of its API for machines; what is
// written here follows its documentation and the plugin that it publishes for
// shops, and has never run against PayCove itself.
//
// A connection's Credential is the access token of an OAuth2 grant. Outside of
// Live mode it is one of PayCove's test host. The option "template_id" names
// the template of the studio's invoices.
//
// PayCove signs nothing. What comes to the connection's address is a hint that
// something may have changed, and only what the API then says counts.
package paycove

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// ID is the vendor's key in the database.
const ID = "paycove"

const (
	vendorURL  = "https://paycove.io"
	stagingURL = "https://staging.paycove.io" // PayCove's own test host
)

// OptionTemplate is the option with the id of an invoice's template.
const OptionTemplate = "template_id"

// Config of the provider. The zero value is right for production.
type Config = provider.Config

// PayCove is the provider.Provider.
type PayCove struct{ config Config }

var _ provider.Poller = (*PayCove)(nil)

// New returns the provider. A call has 30 s unless c says otherwise.
func New(c Config) *PayCove { return &PayCove{config: c.Filled(30 * time.Second)} }

// Name returns ID.
func (p *PayCove) Name() string { return ID }

// Card returns PayCove's row of the register.
func (p *PayCove) Card() provider.Card {
	return provider.Card{
		Name:       "PayCove",
		Nature:     "Invoicing",
		DataShared: "Name, email, org address, country, phone, billing information",
		Location:   "US",
		Contact:    "admin@paycove.io",
		Classes: []provider.DataClass{
			provider.Name, provider.Email, provider.OrgAddress, provider.Country, provider.Phone, provider.BillingInfo,
		},
		Hosts: []string{"paycove.io", "staging.paycove.io"},
		Calls: calls(),
		// PayCove has no idempotency keys: an operation is repeated only after
		// Reconcile has looked for what the first attempt made.
		SafeRetry: time.Nanosecond,
	}
}

func calls() []provider.Call {
	page := provider.Fields(provider.Operational, "limit", "page")
	return []provider.Call{
		{
			Name: "create deal", Method: "POST", Path: "/api/v1/deals/with-relations", Body: provider.Join(
				provider.Fields(provider.OpaqueRef, "crm_deal_id", "template_id"),
				provider.Fields(provider.Name, "contact.name", "org.name"),
				provider.Fields(provider.Email, "contact.email", "org.email"),
				provider.Fields(provider.OrgAddress, "contact.line1", "contact.line2", "contact.city", "contact.state", "contact.postal_code",
					"org.line1", "org.city", "org.state", "org.postal_code"),
				provider.Fields(provider.Country, "contact.country", "org.country"),
				provider.Fields(provider.Phone, "contact.phone", "org.phone"),
				provider.Fields(provider.BillingInfo, "name", "currency", "line_items[].name", "line_items[].price"),
				provider.Fields(provider.Operational, "type", "line_items[].quantity"),
			),
			Withheld: []string{
				"contact.id", "contact.first_name", "contact.last_name", "org.id", "order_id", "line_items[].description", "fees", "subtotal", "total",
				"success_url", "cancel_url", "failure_url", "webhook_url",
			},
		},
		{Name: "list deals", Method: "GET", Path: "/api/v1/deals", Query: page},
		{Name: "get deal", Method: "GET", Path: "/api/v1/deals/{deal}", Query: provider.Fields(provider.Operational, "include_payments", "scope[]")},
		{Name: "delete deal", Method: "DELETE", Path: "/api/v1/deals/{deal}"},
		{Name: "give back", Method: "POST", Path: "/api/v1/issue-refund", Body: append(
			provider.Fields(provider.OpaqueRef, "charge_id"), provider.Fields(provider.BillingInfo, "refund_amount")...)},
		{Name: "delete contact", Method: "DELETE", Path: "/api/v1/contacts/{contact}"},
		{Name: "empty organization", Method: "PATCH", Path: "/api/v1/organizations/{org}", Body: provider.Join(
			provider.Fields(provider.Name, "name"), provider.Fields(provider.Email, "email"), provider.Fields(provider.Phone, "phone"),
			provider.Fields(provider.OrgAddress, "line1", "city", "state", "postal_code"), provider.Fields(provider.Country, "country"),
		)},
		{Name: "get user", Method: "GET", Path: "/api/v1/user"},
	}
}

// call is one operation on its way: what every step of it needs.
type call struct {
	client    provider.Client
	operation provider.Operation
	links     provider.Links
}

func (p *PayCove) begin(c provider.Connection, o provider.Operation, links provider.Links) *call {
	return &call{provider.Client{Vendor: ID, Card: p.Card(), Connection: c, Config: p.config, Refine: refine}, o, links}
}

func (c *call) send(ctx context.Context, method, path string, body, into any) error {
	header := http.Header{"Accept": {"application/json"}, "Authorization": {"Bearer " + c.client.Connection.Credential.Reveal()}}
	_, err := c.client.Do(ctx, provider.Request{
		Method: method, URL: host(c.client.Connection) + "/api/v1" + path, Header: header, Body: body, Into: into,
	})
	return err
}

// host keeps test and live apart: a key of one is never shown to the other.
func host(c provider.Connection) string {
	if c.Mode == provider.Development {
		return c.Endpoint(stagingURL)
	}
	return c.Endpoint(vendorURL)
}

// refine reads PayCove's code of an error, where there is one: its documents
// name a field "error", which OAuth2 answers fill with a code.
func refine(e *provider.Error, _ http.Header, body []byte) {
	var answer struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &answer) == nil && code(answer.Error) {
		e.Code = answer.Error
	}
}

// code reports whether a text is a word for machines rather than a sentence,
// which may repeat what was sent.
func code(text string) bool {
	for _, r := range text {
		if (r < 'a' || r > 'z') && r != '_' {
			return false
		}
	}
	return len(text) <= 40
}

func permanent(code string) error {
	return &provider.Error{Provider: ID, Class: provider.Permanent, Code: code}
}

// Check implements provider.Provider.
func (p *PayCove) Check(ctx context.Context, c provider.Connection) error {
	return p.begin(c, provider.Operation{}, nil).send(ctx, http.MethodGet, "/user", nil, nil)
}
