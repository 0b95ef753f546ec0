package recurly

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Names of the operations.
const (
	saveAccount   = "account.save"
	issueInvoice  = "invoice.issue"
	voidInvoice   = "invoice.void"
	settleInvoice = "invoice.settle"
	makeRefund    = "refund.make"
)

// account is a household as Recurly is told of it.
type account struct {
	Code    string  `json:"code,omitempty"` // ours; it never changes
	Company string  `json:"company"`
	Email   string  `json:"email,omitempty"` // Recurly refuses an empty one
	Address address `json:"address"`
}

type address struct {
	Phone      string `json:"phone"`
	Street1    string `json:"street1"`
	Street2    string `json:"street2"`
	City       string `json:"city"`
	Region     string `json:"region"`
	PostalCode string `json:"postal_code"`
	Country    string `json:"country,omitempty"`
}

// household is the payload of saveAccount.
type household struct {
	ID      uuid.UUID
	Account account
}

// purchase is an invoice, all of it in one call.
type purchase struct {
	Currency         string   `json:"currency"`
	Account          account  `json:"account"`
	CollectionMethod string   `json:"collection_method"`
	PONumber         string   `json:"po_number"` // our reference, by which it is found again
	NetTerms         int64    `json:"net_terms"`
	LineItems        []charge `json:"line_items"`
}

type charge struct {
	Currency    string      `json:"currency"`
	UnitAmount  json.Number `json:"unit_amount"`
	Type        string      `json:"type"`
	Quantity    int         `json:"quantity"`
	Description string      `json:"description"`
}

// bill is the payload of issueInvoice.
type bill struct {
	ID       uuid.UUID
	Purchase purchase
}

// settlement is the payload of voidInvoice and settleInvoice.
type settlement struct {
	ID uuid.UUID
}

// refund is the payload of makeRefund.
type refund struct {
	ID       uuid.UUID
	Payment  string // Recurly's transaction
	Amount   json.Number
	Currency string
}

// Plan implements provider.Provider.
func (p *Recurly) Plan(c provider.Change) ([]provider.Operation, error) {
	switch c.Event.Type {
	case "household.created", "household.updated":
		if c.Household == nil {
			return nil, fmt.Errorf("recurly: %s without a household", c.Event.Type)
		}
		if c.Biller != ID {
			return nil, nil // whoever sends no invoice need not know for whom
		}
		return one(c, saveAccount, "household", c.Household.ID, household{c.Household.ID, accountOf(c.Household)})
	case "invoice.issued", "invoice.voided", "invoice.paid":
		if c.Invoice == nil || c.Household == nil {
			return nil, fmt.Errorf("recurly: %s without an invoice and its household", c.Event.Type)
		}
		return planInvoice(c)
	case "refund.created":
		if c.Refund == nil || c.Refund.Provider != ID {
			return nil, nil // the studio gave it back itself, or another vendor does
		}
		return one(c, makeRefund, "refund", c.Refund.ID, refund{
			c.Refund.ID, c.Refund.Payment, provider.Decimal(c.Refund.Currency, c.Refund.Amount), c.Refund.Currency,
		})
	}
	return nil, nil
}

func planInvoice(c provider.Change) ([]provider.Operation, error) {
	switch c.Event.Type {
	case "invoice.voided":
		return one(c, voidInvoice, "invoice", c.Invoice.ID, settlement{c.Invoice.ID})
	case "invoice.paid":
		return one(c, settleInvoice, "invoice", c.Invoice.ID, settlement{c.Invoice.ID})
	}
	if c.Invoice.Biller != ID {
		return nil, nil
	}
	items, err := chargesOf(c.Invoice)
	if err != nil {
		return nil, err
	}
	days := max(int64(c.Invoice.DueOn.Sub(c.Event.OccurredAt).Hours()+23)/24, 0)
	return one(c, issueInvoice, "invoice", c.Invoice.ID, bill{c.Invoice.ID, purchase{
		Currency: c.Invoice.Currency, Account: accountOf(c.Household), CollectionMethod: "manual",
		PONumber: ref("invoice", c.Invoice.ID), NetTerms: days, LineItems: items,
	}})
}

func one(c provider.Change, name, kind string, entity uuid.UUID, payload any) ([]provider.Operation, error) {
	about := provider.Ref{Type: kind, ID: entity}
	lane := about
	if c.Household != nil {
		lane = provider.Ref{Type: "household", ID: c.Household.ID}
	}
	operation, err := provider.NewOperation(c.Event, provider.Draft{Provider: ID, Name: name, Entity: about, Lane: lane, Payload: payload})
	if err != nil {
		return nil, err
	}
	return []provider.Operation{operation}, nil
}

// accountOf leaves an address out to which nothing may be sent: Recurly writes
// to whatever address it has.
func accountOf(h *provider.Household) account {
	if h.Suppressed {
		quiet := *h
		quiet.Email = ""
		h = &quiet
	}
	return account{
		Code: ref("household", h.ID), Company: cut(h.Name, 100), Email: h.Email,
		Address: address{
			Phone: h.Phone, Street1: cut(h.Address.Line1, 50), Street2: cut(h.Address.Line2, 50), City: h.Address.City,
			Region: h.Address.Region, PostalCode: h.Address.PostalCode, Country: h.Address.Country,
		},
	}
}

// chargesOf makes a charge of each line. With a credit among them there is one
// charge over the total: Recurly would make an invoice of its own of a credit,
// and the one that the family gets would not be ours.
func chargesOf(i *provider.Invoice) ([]charge, error) {
	var sum int64
	credits := false
	charges := make([]charge, len(i.Lines))
	for at, l := range i.Lines {
		sum += l.Amount
		credits = credits || l.Amount < 0
		charges[at] = chargeOf(i.Currency, l.Amount, l.Describe())
	}
	if sum != i.Total || len(charges) == 0 || sum < 0 {
		return nil, fmt.Errorf("recurly: the %d lines of an invoice add up to %d and not to its total of %d", len(charges), sum, i.Total)
	}
	if credits {
		charges = []charge{chargeOf(i.Currency, sum, "Invoice "+i.Number)}
	}
	return charges, nil
}

func chargeOf(currency string, amount int64, description string) charge {
	return charge{currency, provider.Decimal(currency, amount), "charge", 1, cut(description, 255)}
}

// cut keeps a text within what Recurly takes, in characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return text
}

func ref(kind string, id uuid.UUID) string { return provider.Ref{Type: kind, ID: id}.String() }
