// Package paycove keeps a studio's invoices at PayCove, as deals with a hosted
// checkout. PayCove publishes no description of its API for machines; what is
// written here follows its documentation and the plugin that it publishes for
// shops, and has never run against PayCove itself.
//
// A connection's option "mode" says how the two speak:
//
//	API             the API of PayCove, which its Credential, the access token of
//	                an OAuth2 grant, opens; the default. PayCove signs nothing: what
//	                comes to the connection's address is a hint that something may
//	                have changed, and only what the API then says counts.
//	CHECKOUT        the checkout that PayCove's plugin for shops uses, for an account
//	                without the API. The Credential is the account's id, and
//	                "return_url" the page that families come back to. PayCove is
//	                given a key with each invoice, made with the connection's secret;
//	                a message counts only with that key, and then PayCove is asked.
//	                It takes amounts in the account's currency, and can neither take
//	                an invoice nor a payment back.
//	GENERIC_SIGNED  a bridge of the studio's own between here and PayCove, at
//	                "bridge_url". What is sent is signed with the Credential, and
//	                what comes back has to be signed with the connection's secret,
//	                both by Standard Webhooks; see bridge.go for what is said.
//
// The option "template_id" names the template of the studio's invoices. Outside
// of Live mode PayCove's test host is reached.
package paycove

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

// ID is the vendor's key in the database.
const ID = "paycove"

const (
	vendorURL  = "https://paycove.io"
	stagingURL = "https://staging.paycove.io" // PayCove's own test host
)

// Names of a connection's options.
const (
	OptionTemplate = "template_id"
	OptionMode     = "mode"
	OptionReturn   = "return_url"
	OptionBridge   = "bridge_url"
)

// Values of OptionMode; empty means ModeAPI.
const (
	ModeAPI      = "API"
	ModeCheckout = "CHECKOUT"
	ModeSigned   = "GENERIC_SIGNED"
)

// Config of a PayCove. The zero value is right for production.
type Config struct {
	provider.Config
	// Bridge reaches the bridges that studios name; nil reaches public addresses
	// alone.
	Bridge *webhook.Sender
}

// PayCove is the provider.Provider.
type PayCove struct{ config Config }

var _ provider.Poller = (*PayCove)(nil)

// New returns the provider. A call has 30 s unless c says otherwise.
func New(c Config) *PayCove {
	c.Config = c.Filled(30 * time.Second)
	if c.Bridge == nil {
		c.Bridge = webhook.NewSender(webhook.Config{})
	}
	return &PayCove{config: c}
}

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
			Withheld: []string{"contact.id", "contact.first_name", "contact.last_name", "org.id", "line_items[].description"},
		},
		{
			Name: "open checkout", Method: "POST", Path: "/api/checkout/{account}", Body: provider.Join(
				provider.Fields(provider.OpaqueRef, "order_id", "key", "template_id"),
				provider.Fields(provider.Name, "contact.name"), provider.Fields(provider.Email, "contact.email"), provider.Fields(provider.Phone, "contact.phone"),
				provider.Fields(provider.OrgAddress, "contact.line1", "contact.line2", "contact.city", "contact.state", "contact.postal_code"),
				provider.Fields(provider.Country, "contact.country"),
				provider.Fields(provider.BillingInfo, "line_items[].name", "line_items[].price", "subtotal", "total"),
				provider.Fields(provider.Operational, "type", "line_items[].quantity", "fees", "success_url", "cancel_url", "failure_url", "webhook_url"),
			),
			Withheld: []string{"contact.first_name", "contact.last_name", "line_items[].description"},
		},
		{Name: "get status", Method: "GET", Path: "/api/deals/{deal}/status"},
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
	return &call{provider.Client{Vendor: ID, Card: p.Card(), Connection: c, Config: p.config.Config, Refine: refine}, o, links}
}

// mode is how the connection speaks with PayCove.
func mode(c provider.Connection) string { return cmp.Or(c.Options[OptionMode], ModeAPI) }

// Fits says what of a connection does not go together, in words for the studio;
// empty where all does. Of a secret that is kept, only that there is one counts.
func (p *PayCove) Fits(c provider.Connection) string {
	switch mode(c) {
	case ModeAPI:
		return ""
	case ModeCheckout:
		return p.fitsCheckout(c)
	case ModeSigned:
		return p.fitsBridge(c)
	}
	return "The option mode is API, CHECKOUT or GENERIC_SIGNED."
}

func (p *PayCove) fitsCheckout(c provider.Connection) string {
	switch {
	case !opaque(c.Credential.Reveal()):
		return "In mode CHECKOUT the credential is the account's id, of letters, digits, - and _ alone."
	case len(c.Secrets) == 0:
		return "In mode CHECKOUT give a secret of your choice as well."
	case p.config.Bridge.CheckURL(c.Options[OptionReturn]) != nil:
		return "In mode CHECKOUT the option return_url is the public address of the page that families come back to."
	}
	return ""
}

func (p *PayCove) fitsBridge(c provider.Connection) string {
	u, err := url.Parse(c.Options[OptionBridge])
	switch {
	case !isKey(c.Credential):
		return "In mode GENERIC_SIGNED the credential is a key of Standard Webhooks: whsec_ and 24 to 64 random bytes in base64."
	case len(c.Secrets) == 0 || c.Secrets[0] != "" && !isKey(c.Secrets[0]):
		return "In mode GENERIC_SIGNED the secret is a key of Standard Webhooks: whsec_ and 24 to 64 random bytes in base64."
	case err != nil || p.config.Bridge.CheckURL(c.Options[OptionBridge]) != nil || u.RawQuery != "" || u.Scheme != "https" && c.Mode == provider.Live:
		return "In mode GENERIC_SIGNED the option bridge_url is a public https address without a query."
	}
	return ""
}

func isKey(s secret.String) bool {
	_, err := webhook.Sign([]secret.String{s}, "test", time.Time{}, nil)
	return err == nil && strings.HasPrefix(s.Reveal(), "whsec_")
}

// opaque reports whether a text can be a part of a path.
func opaque(text string) bool {
	return text != "" && len(text) <= 128 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
}

func (c *call) send(ctx context.Context, method, path string, body, into any) error {
	header := http.Header{"Accept": {"application/json"}, "Authorization": {"Bearer " + c.client.Connection.Credential.Reveal()}}
	return c.ask(ctx, provider.Request{Method: method, URL: "/api/v1" + path, Header: header, Body: body, Into: into})
}

// ask makes a call to a path of PayCove's.
func (c *call) ask(ctx context.Context, r provider.Request) error {
	r.URL = host(c.client.Connection) + r.URL
	_, err := c.client.Do(ctx, r)
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

// Check implements provider.Provider. The checkout has no call that would tell.
func (p *PayCove) Check(ctx context.Context, c provider.Connection) error {
	if p.Fits(c) != "" {
		return permanent("the parts of the connection do not go together")
	}
	switch mode(c) {
	case ModeCheckout:
		return nil
	case ModeSigned:
		return p.begin(c, provider.Operation{}, nil).bridge(p.config.Bridge).say(ctx, said{ID: "ping", Type: "ping", At: p.config.Now()})
	}
	return p.begin(c, provider.Operation{}, nil).send(ctx, http.MethodGet, "/user", nil, nil)
}
