package paycove

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Names of the operations.
const (
	issueInvoice  = "invoice.issue"
	voidInvoice   = "invoice.void"
	settleInvoice = "invoice.settle"
	makeRefund    = "refund.make"
)

// deal is an invoice as PayCove is told of it. The contact is a family, and so
// is the organization, without which PayCove accepts no deal.
type deal struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Ref       string `json:"crm_deal_id"` // our reference, by which it is found again
	Template  string `json:"template_id,omitempty"`
	Currency  string `json:"currency"`
	Contact   party  `json:"contact"`
	Org       party  `json:"org"`
	LineItems []item `json:"line_items"`
}

type party struct {
	Name       string `json:"name"`
	Email      string `json:"email"`
	Phone      string `json:"phone,omitempty"`
	Line1      string `json:"line1,omitempty"`
	Line2      string `json:"line2,omitempty"`
	City       string `json:"city,omitempty"`
	State      string `json:"state,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Country    string `json:"country,omitempty"`
}

type item struct {
	Name     string      `json:"name"`
	Price    json.Number `json:"price"`
	Quantity int         `json:"quantity"`
}

// invoice is the payload of every operation; void and settle use ID alone.
type invoice struct {
	ID    uuid.UUID
	Total int64 `json:",omitempty"` // of Deal, in minor units
	Deal  deal
}

// refund is the payload of makeRefund.
type refund struct {
	ID       uuid.UUID
	Payment  string // as facts name it
	Amount   int64
	Currency string
}

// Plan implements provider.Provider. A household is told of with its first
// invoice.
func (p *PayCove) Plan(c provider.Change) ([]provider.Operation, error) {
	switch c.Event.Type {
	case "invoice.issued", "invoice.voided", "invoice.paid":
	case "refund.created":
		if c.Refund == nil || c.Refund.Provider != ID {
			return nil, nil // the studio gave it back itself, or another vendor does
		}
		return one(c, makeRefund, provider.Ref{Type: "refund", ID: c.Refund.ID}, refund{c.Refund.ID, c.Refund.Payment, c.Refund.Amount, c.Refund.Currency})
	default:
		return nil, nil
	}
	if c.Invoice == nil || c.Household == nil {
		return nil, fmt.Errorf("paycove: %s without an invoice and its household", c.Event.Type)
	}
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
	planned, err := dealOf(c)
	if err != nil {
		return nil, err
	}
	return one(c, issueInvoice, entity, invoice{c.Invoice.ID, c.Invoice.Total, planned})
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

func dealOf(c provider.Change) (deal, error) {
	h := c.Household
	family := party{
		Name: h.Name, Email: h.Email, Phone: h.Phone, Line1: h.Address.Line1, City: h.Address.City,
		State: h.Address.Region, PostalCode: h.Address.PostalCode, Country: h.Address.Country,
	}
	d := deal{
		Name: "Invoice " + c.Invoice.Number, Type: "invoice", Ref: provider.Ref{Type: "invoice", ID: c.Invoice.ID}.String(),
		Currency: c.Invoice.Currency, Contact: family, Org: family, LineItems: make([]item, len(c.Invoice.Lines)),
	}
	d.Contact.Line2 = h.Address.Line2 // an organization has no second line
	var sum int64
	for i, l := range c.Invoice.Lines {
		sum += l.Amount
		d.LineItems[i] = item{l.Describe(), provider.Decimal(c.Invoice.Currency, l.Amount), 1}
	}
	if sum != c.Invoice.Total || len(d.LineItems) == 0 {
		return deal{}, fmt.Errorf("paycove: the %d lines of an invoice add up to %d and not to its total of %d", len(d.LineItems), sum, c.Invoice.Total)
	}
	return d, nil
}
