package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/barrehq/barre/internal/provider"
)

// Do implements provider.Provider. Each operation looks at what is there
// already and makes the rest true, so that it can be resumed after any step.
func (s *Stripe) Do(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := s.begin(connection, o, links)
	switch o.Name {
	case saveCustomer:
		return decoded(ctx, o, c.saveCustomer)
	case issueInvoice:
		return decoded(ctx, o, c.issue)
	case voidInvoice:
		return decoded(ctx, o, c.void)
	case settleInvoice:
		return decoded(ctx, o, c.settle)
	case makeRefund:
		return decoded(ctx, o, c.refund)
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

func (s *Stripe) begin(connection provider.Connection, o provider.Operation, links provider.Links) *call {
	return &call{client: s.client(connection), connection: connection, operation: o, links: links, now: s.config.Now}
}

func decoded[T any](ctx context.Context, o provider.Operation, run func(context.Context, T) (provider.Outcome, error)) (provider.Outcome, error) {
	var payload T
	if err := json.Unmarshal(o.Payload, &payload); err != nil {
		return provider.Outcome{}, permanent("unreadable payload of " + o.Name)
	}
	return run(ctx, payload)
}

func permanent(code string) error {
	return &provider.Error{Provider: ID, Class: provider.Permanent, Code: code}
}

func done(remoteID string) provider.Outcome {
	return provider.Outcome{State: provider.Done, RemoteID: remoteID}
}

func (c *call) saveCustomer(ctx context.Context, v customer) (provider.Outcome, error) {
	id, err := c.lookup(ctx, "household", v.Household)
	if err == nil && id == "" {
		id, err = c.createCustomer(ctx, v)
	}
	if err == nil {
		err = c.updateCustomer(ctx, id, v)
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	return done(id), nil
}

// issue brings the invoice to the household: customer, draft, items, finalize,
// send. The order leaves no stray items behind, whichever step fails.
func (c *call) issue(ctx context.Context, v invoice) (provider.Outcome, error) {
	id, err := c.lookup(ctx, "invoice", v.ID)
	if err != nil {
		return provider.Outcome{}, err
	}
	if id == "" {
		return c.issueNew(ctx, v)
	}
	found, err := c.getInvoice(ctx, id)
	if err != nil {
		return provider.Outcome{}, err
	}
	switch found.Status {
	case sdk.InvoiceStatusDraft:
		present, err := c.itemsOf(ctx, id)
		if err != nil {
			return provider.Outcome{}, err
		}
		return c.complete(ctx, found.Customer.ID, id, missing(v, present))
	case sdk.InvoiceStatusOpen:
		return c.send(ctx, id, v.Unsent)
	}
	return done(id), nil
}

func (c *call) issueNew(ctx context.Context, v invoice) (provider.Outcome, error) {
	customerID, err := c.lookup(ctx, "household", v.Customer.Household)
	if err == nil && customerID == "" {
		if customerID, err = c.createCustomer(ctx, v.Customer); err == nil {
			err = c.updateCustomer(ctx, customerID, v.Customer)
		}
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	id, err := c.createInvoice(ctx, customerID, v)
	if err != nil {
		return provider.Outcome{}, err
	}
	return c.complete(ctx, customerID, id, v)
}

// missing returns v with the lines that are not present.
func missing(v invoice, present map[string]bool) invoice {
	lines := v.Lines
	v.Lines = nil
	for _, l := range lines {
		if !present[ref("invoiceline", l.ID)] {
			v.Lines = append(v.Lines, l)
		}
	}
	return v
}

func (c *call) complete(ctx context.Context, customerID, id string, v invoice) (provider.Outcome, error) {
	for _, l := range v.Lines {
		if err := c.createItem(ctx, customerID, id, v.Currency, l); err != nil {
			return provider.Outcome{}, err
		}
	}
	_, err := c.client.V1Invoices.FinalizeInvoice(ctx, id, &sdk.InvoiceFinalizeInvoiceParams{Params: c.params("finalize"), AutoAdvance: sdk.Bool(false)})
	if err != nil {
		return provider.Outcome{}, c.failure(err)
	}
	return c.send(ctx, id, v.Unsent)
}

// send mails the invoice. Its key is the same in every round: Stripe does not
// say whether an invoice was sent, and a second mail is worse than a late one.
func (c *call) send(ctx context.Context, id string, unsent bool) (provider.Outcome, error) {
	if unsent {
		return provider.Outcome{State: provider.Done, RemoteID: id, Note: "It is not sent: nothing may be sent to the family's address."}, nil
	}
	params := &sdk.InvoiceSendInvoiceParams{Params: c.params("")}
	first := c.operation
	first.Round = 0
	params.IdempotencyKey = sdk.String(first.StepKey("send"))
	if _, err := c.client.V1Invoices.SendInvoice(ctx, id, params); err != nil {
		return provider.Outcome{}, c.failure(err)
	}
	return done(id), nil
}

func (c *call) void(ctx context.Context, v invoice) (provider.Outcome, error) {
	found, outcome, err := c.existing(ctx, v)
	if found == nil {
		return outcome, err
	}
	switch found.Status {
	case sdk.InvoiceStatusVoid:
		return done(found.ID), nil
	case sdk.InvoiceStatusPaid:
		return provider.Outcome{}, permanent("invoice is paid at the vendor")
	case sdk.InvoiceStatusDraft:
		_, err = c.client.V1Invoices.Delete(ctx, found.ID, &sdk.InvoiceDeleteParams{Params: c.params("delete")})
	default:
		_, err = c.client.V1Invoices.VoidInvoice(ctx, found.ID, &sdk.InvoiceVoidInvoiceParams{Params: c.params("void")})
	}
	return done(found.ID), c.failure(err)
}

func (c *call) settle(ctx context.Context, v invoice) (provider.Outcome, error) {
	found, outcome, err := c.existing(ctx, v)
	if found == nil {
		return outcome, err
	}
	switch found.Status {
	case sdk.InvoiceStatusPaid:
		return done(found.ID), nil
	case sdk.InvoiceStatusVoid, sdk.InvoiceStatusDraft:
		return provider.Outcome{}, permanent(fmt.Sprintf("invoice is %s at the vendor", found.Status))
	}
	_, err = c.client.V1Invoices.Pay(ctx, found.ID, &sdk.InvoicePayParams{Params: c.params("pay"), PaidOutOfBand: sdk.Bool(true)})
	return done(found.ID), c.failure(err)
}

// existing returns the invoice at the vendor. A lane is worked in order, so an
// invoice without a link was issued before the vendor was connected.
func (c *call) existing(ctx context.Context, v invoice) (*sdk.Invoice, provider.Outcome, error) {
	id, err := c.lookup(ctx, "invoice", v.ID)
	if err != nil {
		return nil, provider.Outcome{}, err
	}
	if id == "" {
		return nil, provider.Outcome{State: provider.Skipped, Note: "The invoice was never sent to this vendor."}, nil
	}
	found, err := c.getInvoice(ctx, id)
	if e := (*provider.Error)(nil); errors.As(err, &e) && e.Code == string(sdk.ErrorCodeResourceMissing) {
		return nil, provider.Outcome{State: provider.Skipped, RemoteID: id, Note: "The invoice no longer exists at the vendor."}, nil
	}
	if err != nil {
		return nil, provider.Outcome{}, err
	}
	return found, provider.Outcome{}, nil
}
