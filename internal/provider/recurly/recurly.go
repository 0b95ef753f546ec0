// Package recurly keeps a studio's households and invoices at Recurly, as
// accounts and purchases that are paid by invoice.
//
// A connection's Credential is a private API key and its Secrets are those of
// a JSON webhook endpoint; XML endpoints are not signed. Test and live are two
// sites with a key each: nothing in a key tells which.
package recurly

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// ID is the vendor's key in the database.
const ID = "recurly"

const (
	vendorURL = "https://v3.recurly.com"
	// version of the API. Recurly answers 406 to whoever names none.
	version = "application/vnd.recurly.v2021-02-25"
)

// Config of the provider. The zero value is right for production.
type Config = provider.Config

// Recurly is the provider.Provider.
type Recurly struct{ config Config }

var _ provider.Poller = (*Recurly)(nil)

// New returns the provider. A call has 30 s unless c says otherwise.
func New(c Config) *Recurly { return &Recurly{config: c.Filled(30 * time.Second)} }

// Name returns ID.
func (p *Recurly) Name() string { return ID }

// Card returns Recurly's row of the register. The American host alone is
// declared, because the row says US. What Recurly's API knows of cards and
// bank accounts is not in the row: families enter those with Recurly itself.
func (p *Recurly) Card() provider.Card {
	return provider.Card{
		Name:       "Recurly",
		Nature:     "Process recurring billing",
		DataShared: "Name, email, org address, country, phone, billing information",
		Location:   "US",
		Contact:    "privacy@recurly.com",
		Classes: []provider.DataClass{
			provider.Name, provider.Email, provider.OrgAddress, provider.Country, provider.Phone, provider.BillingInfo,
		},
		Hosts:     []string{"v3.recurly.com"},
		Headers:   []string{"Idempotency-Key"},
		Calls:     calls(),
		SafeRetry: 50 * time.Minute, // Recurly keeps an idempotency key for an hour
	}
}

func calls() []provider.Call {
	account := func(at string) []provider.Field {
		return provider.Join(
			provider.Fields(provider.Name, at+"company"),
			provider.Fields(provider.Email, at+"email"),
			provider.Fields(provider.OrgAddress, at+"address.street1", at+"address.street2", at+"address.city", at+"address.region", at+"address.postal_code"),
			provider.Fields(provider.Country, at+"address.country"),
			provider.Fields(provider.Phone, at+"address.phone"),
		)
	}
	onAccount := []string{
		"address.geo_code", "bill_date", "bill_to", "billing_info", "cc_emails", "custom_fields", "dunning_campaign_id", "entity_use_code",
		"exemption_certificate", "first_name", "invoice_template_id", "last_name", "override_business_entity_id", "parent_account_code",
		"parent_account_id", "preferred_locale", "preferred_time_zone", "tax_exempt", "transaction_type", "username", "vat_number",
	}
	onPurchase := []string{
		"billing_info_id", "business_entity_code", "business_entity_id", "coupon_codes", "credit_application_policy_override",
		"credit_customer_notes", "customer_notes", "gateway_code", "gift_card_redemption_code", "net_terms_type", "shipping", "subscriptions",
		"terms_and_conditions", "transaction", "transaction_type", "vat_reverse_charge_notes", "vertex_transaction_type",
	}
	onLine := []string{
		"accounting_code", "avalara_service_type", "avalara_transaction_type", "credit_reason_code", "custom_fields",
		"destination_tax_address_source", "end_date", "harmonized_system_code", "item_code", "item_id", "liability_gl_account_id", "origin",
		"origin_tax_address_source", "performance_obligation_id", "product_code", "revenue_gl_account_id", "revenue_schedule_type", "start_date",
		"tax_code", "tax_exempt", "tax_inclusive", "vertex_transaction_type",
	}
	page := provider.Fields(provider.Operational, "limit", "order", "sort", "begin_time", "cursor")
	return []provider.Call{
		{
			Name: "create account", Method: "POST", Path: "/accounts", Body: provider.Join(provider.Fields(provider.OpaqueRef, "code"), account("")),
			Withheld: slices.Concat(onAccount, []string{"acquisition", "external_accounts", "shipping_addresses"}),
		},
		{Name: "update account", Method: "PUT", Path: "/accounts/{account}", Body: account(""), Withheld: onAccount},
		{Name: "redact account", Method: "PUT", Path: "/accounts/{account}/redact"},
		{Name: "list accounts", Method: "GET", Path: "/accounts", Query: page},
		{Name: "list invoices of an account", Method: "GET", Path: "/accounts/{account}/invoices", Query: page},
		{Name: "create purchase", Method: "POST", Path: "/purchases", Body: provider.Join(
			provider.Fields(provider.OpaqueRef, "account.code", "po_number"), account("account."),
			provider.Fields(provider.BillingInfo, "currency", "net_terms", "line_items[].currency", "line_items[].unit_amount", "line_items[].description"),
			provider.Fields(provider.Operational, "collection_method", "line_items[].type", "line_items[].quantity"),
		), Withheld: slices.Concat(onPurchase, provider.Under("account.", append(onAccount, "id", "acquisition")...), provider.Under("line_items[].", onLine...))},
		{Name: "get invoice", Method: "GET", Path: "/invoices/{invoice}"},
		{Name: "list invoices", Method: "GET", Path: "/invoices", Query: page},
		{Name: "give up an invoice", Method: "PUT", Path: "/invoices/{invoice}/mark_failed"},
		{Name: "settle invoice", Method: "POST", Path: "/invoices/{invoice}/transactions", Body: provider.Join(
			provider.Fields(provider.OpaqueRef, "description"), provider.Fields(provider.BillingInfo, "amount"),
			provider.Fields(provider.Operational, "payment_method"),
		), Withheld: []string{"collected_at"}},
		{Name: "refund invoice", Method: "POST", Path: "/invoices/{invoice}/refund", Body: provider.Join(
			provider.Fields(provider.OpaqueRef, "credit_customer_notes"), provider.Fields(provider.BillingInfo, "amount"),
			provider.Fields(provider.Operational, "type", "refund_method"),
		), Withheld: []string{"percentage", "line_items", "external_refund"}},
		{Name: "get transaction", Method: "GET", Path: "/transactions/{transaction}"},
		{Name: "get subscription", Method: "GET", Path: "/subscriptions/{subscription}"},
		{Name: "list subscriptions", Method: "GET", Path: "/subscriptions", Query: page},
	}
}

// call is one operation on its way: what every step of it needs.
type call struct {
	client    provider.Client
	operation provider.Operation
	links     provider.Links
}

func (p *Recurly) begin(c provider.Connection, o provider.Operation, links provider.Links) *call {
	return &call{provider.Client{Vendor: ID, Card: p.Card(), Connection: c, Config: p.config, Refine: refine}, o, links}
}

// send makes one call. A step that is not "" may be repeated under its key.
func (c *call) send(ctx context.Context, method, path, step string, body, into any) error {
	header := http.Header{"Accept": {version}}
	header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.client.Connection.Credential.Reveal()+":")))
	if step != "" {
		header.Set("Idempotency-Key", c.operation.StepKey(step))
	}
	_, err := c.client.Do(ctx, provider.Request{
		Method: method, URL: c.client.Connection.Endpoint(vendorURL) + path, Header: header, Body: body, Into: into,
	})
	return err
}

// refine reads Recurly's type of error. Its message and the names of wrong
// parameters stay behind.
func refine(e *provider.Error, header http.Header, body []byte) {
	var answer struct {
		Error struct {
			Type string `json:"type"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) == nil {
		e.Code = answer.Error.Type
	}
	e.RequestID = header.Get("X-Request-Id")
	switch e.Code {
	case "simultaneous_request":
		e.Class = provider.Transient
	case "invalid_api_key", "unauthorized", "invalid_permissions":
		e.Class = provider.Auth
	}
	if seconds, err := strconv.ParseInt(header.Get("X-RateLimit-Reset"), 10, 64); err == nil && e.Class == provider.RateLimited && e.RetryAt.IsZero() {
		e.RetryAt = time.Unix(seconds, 0)
	}
}

func permanent(code string) error {
	return &provider.Error{Provider: ID, Class: provider.Permanent, Code: code}
}

// Check implements provider.Provider.
func (p *Recurly) Check(ctx context.Context, c provider.Connection) error {
	return p.begin(c, provider.Operation{}, nil).send(ctx, http.MethodGet, "/accounts?limit=1", "", nil, nil)
}
