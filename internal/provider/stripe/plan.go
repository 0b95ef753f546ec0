package stripe

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Names of the operations.
const (
	saveCustomer  = "customer.save"
	issueInvoice  = "invoice.issue"
	voidInvoice   = "invoice.void"
	settleInvoice = "invoice.settle"
	makeRefund    = "refund.make"
)

// customer is what Stripe is told of a household.
type customer struct {
	Tenant    uuid.UUID
	Household uuid.UUID
	Name      string
	Email     string
	Address   provider.Address
}

// invoice is what Stripe is told of an invoice; void and settle use ID alone.
type invoice struct {
	ID       uuid.UUID
	Customer customer
	Currency string
	DueDays  int64
	Lines    []line
	Unsent   bool // nothing may be sent to the family
}

// refund is what Stripe is told of money to give back.
type refund struct {
	ID      uuid.UUID
	Tenant  uuid.UUID
	Payment string
	Amount  int64 // as Stripe counts the currency
}

type line struct {
	ID          uuid.UUID
	Description string
	Amount      int64 // as Stripe counts the currency
}

// Plan implements provider.Provider.
func (s *Stripe) Plan(c provider.Change) ([]provider.Operation, error) {
	switch c.Event.Type {
	case "household.created", "household.updated":
		if c.Household == nil {
			return nil, fmt.Errorf("stripe: %s without a household", c.Event.Type)
		}
		if c.Biller != ID {
			return nil, nil // whoever sends no invoice need not know for whom
		}
		entity := provider.Ref{Type: "household", ID: c.Household.ID}
		return one(c, saveCustomer, entity, customerOf(c))
	case "invoice.issued", "invoice.voided", "invoice.paid":
		if c.Invoice == nil || c.Household == nil {
			return nil, fmt.Errorf("stripe: %s without an invoice and its household", c.Event.Type)
		}
		return planInvoice(c)
	case "refund.created":
		return planRefund(c)
	}
	return nil, nil
}

func planRefund(c provider.Change) ([]provider.Operation, error) {
	if c.Refund == nil || c.Refund.Provider != ID {
		return nil, nil // the studio gave it back itself, or another vendor does
	}
	amount, err := stripeAmount(strings.ToLower(c.Refund.Currency), c.Refund.Amount)
	if err != nil {
		return nil, err
	}
	payload := refund{ID: c.Refund.ID, Tenant: c.Event.TenantID, Payment: c.Refund.Payment, Amount: amount}
	return one(c, makeRefund, provider.Ref{Type: "refund", ID: c.Refund.ID}, payload)
}

func planInvoice(c provider.Change) ([]provider.Operation, error) {
	entity := provider.Ref{Type: "invoice", ID: c.Invoice.ID}
	switch c.Event.Type {
	case "invoice.voided":
		return one(c, voidInvoice, entity, invoice{ID: c.Invoice.ID})
	case "invoice.paid":
		return one(c, settleInvoice, entity, invoice{ID: c.Invoice.ID})
	}
	if c.Invoice.Biller != ID {
		return nil, nil
	}
	payload, err := invoiceOf(c)
	if err != nil {
		return nil, err
	}
	return one(c, issueInvoice, entity, payload)
}

func one(c provider.Change, name string, entity provider.Ref, payload any) ([]provider.Operation, error) {
	lane := entity
	if c.Household != nil {
		lane = provider.Ref{Type: "household", ID: c.Household.ID}
	}
	operation, err := provider.NewOperation(c.Event, provider.Draft{Provider: ID, Name: name, Entity: entity, Lane: lane, Payload: payload})
	if err != nil {
		return nil, err
	}
	return []provider.Operation{operation}, nil
}

func customerOf(c provider.Change) customer {
	return customer{
		Tenant: c.Event.TenantID, Household: c.Household.ID,
		Name: c.Household.Name, Email: c.Household.Email, Address: c.Household.Address,
	}
}

func invoiceOf(c provider.Change) (invoice, error) {
	days := int64(c.Invoice.DueOn.Sub(c.Event.OccurredAt).Hours()+23) / 24
	result := invoice{
		ID: c.Invoice.ID, Customer: customerOf(c), DueDays: max(days, 0),
		Currency: strings.ToLower(c.Invoice.Currency), Lines: make([]line, len(c.Invoice.Lines)), Unsent: c.Household.Suppressed,
	}
	var sum int64
	for i, l := range c.Invoice.Lines {
		amount, err := stripeAmount(result.Currency, l.Amount)
		if err != nil {
			return invoice{}, err
		}
		sum += l.Amount
		result.Lines[i] = line{ID: l.ID, Description: l.Describe(), Amount: amount}
	}
	if sum != c.Invoice.Total || len(result.Lines) == 0 {
		return invoice{}, fmt.Errorf("stripe: the %d lines of an invoice add up to %d and not to its total of %d", len(result.Lines), sum, c.Invoice.Total)
	}
	return result, nil
}

// stripeAmount converts minor units of ISO 4217 to what Stripe counts. They
// differ for three currencies: Stripe writes the króna and the Ugandan shilling
// with two decimals and the ariary with none (docs.stripe.com/currencies).
func stripeAmount(currency string, minor int64) (int64, error) {
	switch currency {
	case "isk", "ugx":
		return minor * 100, nil
	case "mga":
		if minor%100 != 0 {
			return 0, fmt.Errorf("stripe: %d minor units of MGA are no whole ariary", minor)
		}
		return minor / 100, nil
	}
	return minor, nil
}

// minorUnits is the opposite of stripeAmount.
func minorUnits(currency string, amount int64) int64 {
	switch strings.ToLower(currency) {
	case "isk", "ugx":
		return amount / 100
	case "mga":
		return amount * 100
	}
	return amount
}
