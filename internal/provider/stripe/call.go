package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	sdk "github.com/stripe/stripe-go/v85"

	"github.com/barrehq/barre/internal/provider"
)

// call is one operation on its way: what every step of it needs.
type call struct {
	client     *sdk.Client
	connection provider.Connection
	operation  provider.Operation
	links      provider.Links
	now        func() time.Time
}

// params carries the key of a step. Reads have no key.
func (c *call) params(step string) sdk.Params {
	p := sdk.Params{}
	if step != "" {
		p.IdempotencyKey = sdk.String(c.operation.StepKey(step))
	}
	if c.connection.Account != "" {
		p.StripeAccount = sdk.String(c.connection.Account)
	}
	return p
}

func (c *call) list(limit int64) sdk.ListParams {
	p := sdk.ListParams{Limit: sdk.Int64(limit)}
	if c.connection.Account != "" {
		p.StripeAccount = sdk.String(c.connection.Account)
	}
	return p
}

// createCustomer makes a customer of two opaque references under a key that
// belongs to the household rather than to the event, so that whichever event
// comes first, and however often, there is one customer. Names follow by
// updateCustomer, because a key may not be used again with other values.
func (c *call) createCustomer(ctx context.Context, v customer) (string, error) {
	params := &sdk.CustomerCreateParams{Params: c.params(""), Metadata: map[string]string{
		"tenant_ref":    ref("tenant", v.Tenant),
		"household_ref": ref("household", v.Household),
	}}
	params.IdempotencyKey = sdk.String(provider.Key(v.Tenant, v.Household, ID, "customer", strconv.Itoa(c.operation.Round)))
	created, err := c.client.V1Customers.Create(ctx, params)
	if err != nil {
		return "", c.failure(err)
	}
	return created.ID, c.save(ctx, provider.Ref{Type: "household", ID: v.Household}, created.ID)
}

func (c *call) updateCustomer(ctx context.Context, id string, v customer) error {
	_, err := c.client.V1Customers.Update(ctx, id, &sdk.CustomerUpdateParams{
		Params: c.params("customer"),
		Name:   sdk.String(v.Name),
		Email:  sdk.String(v.Email),
		Address: &sdk.AddressParams{
			Line1: sdk.String(v.Address.Line1), Line2: sdk.String(v.Address.Line2), City: sdk.String(v.Address.City),
			State: sdk.String(v.Address.Region), PostalCode: sdk.String(v.Address.PostalCode), Country: sdk.String(v.Address.Country),
		},
		Metadata: map[string]string{"tenant_ref": ref("tenant", v.Tenant), "household_ref": ref("household", v.Household)},
	})
	return c.failure(err)
}

func (c *call) createInvoice(ctx context.Context, customerID string, v invoice) (string, error) {
	created, err := c.client.V1Invoices.Create(ctx, &sdk.InvoiceCreateParams{
		Params:                      c.params("draft"),
		Customer:                    sdk.String(customerID),
		Currency:                    sdk.String(v.Currency),
		CollectionMethod:            sdk.String(string(sdk.InvoiceCollectionMethodSendInvoice)),
		DaysUntilDue:                sdk.Int64(v.DueDays),
		AutoAdvance:                 sdk.Bool(false),
		PendingInvoiceItemsBehavior: sdk.String("exclude"),
		Metadata:                    map[string]string{"tenant_ref": ref("tenant", v.Customer.Tenant), "invoice_ref": ref("invoice", v.ID)},
	})
	if err != nil {
		return "", c.failure(err)
	}
	return created.ID, c.save(ctx, provider.Ref{Type: "invoice", ID: v.ID}, created.ID)
}

func (c *call) createItem(ctx context.Context, customerID, invoiceID, currency string, l line) error {
	_, err := c.client.V1InvoiceItems.Create(ctx, &sdk.InvoiceItemCreateParams{
		Params:      c.params("item " + l.ID.String()),
		Customer:    sdk.String(customerID),
		Invoice:     sdk.String(invoiceID),
		Amount:      sdk.Int64(l.Amount),
		Currency:    sdk.String(currency),
		Description: sdk.String(l.Description),
		Metadata:    map[string]string{"line_ref": ref("invoiceline", l.ID)},
	})
	return c.failure(err)
}

func (c *call) getInvoice(ctx context.Context, id string) (*sdk.Invoice, error) {
	found, err := c.client.V1Invoices.Retrieve(ctx, id, &sdk.InvoiceRetrieveParams{Params: c.params("")})
	return found, c.failure(err)
}

// itemsOf returns the line_ref of every item that a draft has already.
func (c *call) itemsOf(ctx context.Context, invoiceID string) (map[string]bool, error) {
	found := map[string]bool{}
	params := &sdk.InvoiceItemListParams{ListParams: c.list(100), Invoice: sdk.String(invoiceID)}
	for item, err := range c.client.V1InvoiceItems.List(ctx, params).All(ctx) {
		if err != nil {
			return nil, c.failure(err)
		}
		found[item.Metadata["line_ref"]] = true
	}
	return found, nil
}

func (c *call) lookup(ctx context.Context, kind string, id uuid.UUID) (string, error) {
	remote, err := c.links.Lookup(ctx, provider.Ref{Type: kind, ID: id})
	if err != nil {
		return "", &provider.Error{Provider: ID, Class: provider.Transient, Cause: err}
	}
	return remote, nil
}

// save fails as Unknown: the vendor has the object and we have no link to it.
func (c *call) save(ctx context.Context, r provider.Ref, remote string) error {
	if err := c.links.Save(ctx, r, remote); err != nil {
		return &provider.Error{Provider: ID, Class: provider.Unknown, Cause: err}
	}
	return nil
}

// failure turns what Stripe's library returns into a *provider.Error. Stripe's
// message is left out: it may repeat what was sent.
func (c *call) failure(err error) error {
	if err == nil {
		return nil
	}
	var answered *sdk.Error
	if !errors.As(err, &answered) {
		return unanswered(err)
	}
	result := &provider.Error{
		Provider: ID, Class: provider.StatusClass(answered.HTTPStatusCode), Status: answered.HTTPStatusCode,
		Code: string(answered.Code), RequestID: answered.RequestID,
	}
	if result.Code == "" {
		result.Code = string(answered.Type)
	}
	if answered.Code == sdk.ErrorCodeLockTimeout {
		result.Class = provider.Transient
	}
	if response := answered.LastResponse; response != nil && result.Class == provider.RateLimited {
		result.RetryAt = provider.RetryAt(response.Header, c.now())
	}
	return result
}

// unanswered tells an answer that was no JSON, which some proxy wrote and
// which says nothing about the effect, from no answer.
func unanswered(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return &provider.Error{Provider: ID, Class: provider.Unknown, Status: http.StatusBadGateway}
	}
	return provider.TransportError(ID, err)
}

func ref(kind string, id uuid.UUID) string { return provider.Ref{Type: kind, ID: id}.String() }
