package stripe

import (
	"context"
	"time"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/barrehq/barre/internal/provider"
)

// How far Reconcile looks: lists are strongly consistent, unlike Stripe's
// search, and newest first.
const (
	pageSize   = 100
	maxScanned = 5_000
	clockSkew  = 5 * time.Minute
)

// Reconcile implements provider.Provider. It finds what an interrupted Do
// created by the references in its metadata, and saves the links.
func (s *Stripe) Reconcile(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := s.begin(connection, o, links)
	switch o.Name {
	case saveCustomer:
		return decoded(ctx, o, c.reconcileCustomer)
	case issueInvoice:
		return decoded(ctx, o, c.reconcileIssue)
	case voidInvoice:
		return decoded(ctx, o, c.reconciled(sdk.InvoiceStatusVoid))
	case settleInvoice:
		return decoded(ctx, o, c.reconciled(sdk.InvoiceStatusPaid))
	case makeRefund:
		return decoded(ctx, o, c.reconcileRefund)
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

// reconcileCustomer finds the customer; its details are written again by Do,
// which does no harm.
func (c *call) reconcileCustomer(ctx context.Context, v customer) (provider.Outcome, error) {
	id, err := c.findCustomer(ctx, v)
	return provider.Outcome{State: provider.Missing, RemoteID: id}, err
}

func (c *call) findCustomer(ctx context.Context, v customer) (string, error) {
	id, err := c.lookup(ctx, "household", v.Household)
	if id != "" || err != nil {
		return id, err
	}
	params := &sdk.CustomerListParams{ListParams: c.list(pageSize), CreatedRange: &sdk.RangeQueryParams{GreaterThanOrEqual: c.since()}}
	scanned := 0
	for found, err := range c.client.V1Customers.List(ctx, params).All(ctx) {
		if err != nil {
			return "", c.failure(err)
		}
		if found.Metadata["household_ref"] == ref("household", v.Household) {
			return found.ID, c.save(ctx, provider.Ref{Type: "household", ID: v.Household}, found.ID)
		}
		if scanned++; scanned >= maxScanned {
			return "", permanent("too many customers to find one among")
		}
	}
	return "", nil
}

// reconcileIssue answers Missing for a draft or an open invoice, from where Do
// resumes.
func (c *call) reconcileIssue(ctx context.Context, v invoice) (provider.Outcome, error) {
	id, err := c.lookup(ctx, "invoice", v.ID)
	if err == nil && id == "" {
		id, err = c.findInvoice(ctx, v)
	}
	if err != nil || id == "" {
		return provider.Outcome{State: provider.Missing}, err
	}
	found, err := c.getInvoice(ctx, id)
	if err != nil {
		return provider.Outcome{}, err
	}
	if found.Status == sdk.InvoiceStatusDraft || found.Status == sdk.InvoiceStatusOpen {
		return provider.Outcome{State: provider.Missing, RemoteID: id}, nil
	}
	return done(id), nil
}

func (c *call) findInvoice(ctx context.Context, v invoice) (string, error) {
	customerID, err := c.findCustomer(ctx, v.Customer)
	if customerID == "" || err != nil {
		return "", err
	}
	params := &sdk.InvoiceListParams{
		ListParams: c.list(pageSize), Customer: sdk.String(customerID),
		CreatedRange: &sdk.RangeQueryParams{GreaterThanOrEqual: c.since()},
	}
	for found, err := range c.client.V1Invoices.List(ctx, params).All(ctx) {
		if err != nil {
			return "", c.failure(err)
		}
		if found.Metadata["invoice_ref"] == ref("invoice", v.ID) {
			return found.ID, c.save(ctx, provider.Ref{Type: "invoice", ID: v.ID}, found.ID)
		}
	}
	return "", nil
}

func (c *call) reconciled(want sdk.InvoiceStatus) func(context.Context, invoice) (provider.Outcome, error) {
	return func(ctx context.Context, v invoice) (provider.Outcome, error) {
		found, outcome, err := c.existing(ctx, v)
		if found == nil {
			return outcome, err
		}
		if found.Status == want {
			return done(found.ID), nil
		}
		return provider.Outcome{State: provider.Missing, RemoteID: found.ID}, nil
	}
}

// since is the earliest time at which the operation can have created anything.
func (c *call) since() int64 { return c.operation.OccurredAt.Add(-clockSkew).Unix() }
