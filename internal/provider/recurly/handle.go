package recurly

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// invoice is what is read of one; amounts are decimal.
type invoice struct {
	ID           string        `json:"id"`
	Type         string        `json:"type"` // charge or credit
	State        string        `json:"state"`
	PONumber     string        `json:"po_number"`
	Notes        string        `json:"customer_notes"`
	Previous     string        `json:"previous_invoice_id"` // of a credit, the one that it refunds
	Balance      json.Number   `json:"balance"`
	Transactions []transaction `json:"transactions"`
}

type transaction struct {
	ID          string      `json:"id"`
	Original    string      `json:"original_transaction_id"`
	Type        string      `json:"type"`
	Status      string      `json:"status"`
	StatusCode  string      `json:"status_code"`
	Amount      json.Number `json:"amount"`
	Currency    string      `json:"currency"`
	Description string      `json:"description"`
	CreatedAt   time.Time   `json:"created_at"`
	CollectedAt time.Time   `json:"collected_at"`
	Invoice     struct {
		ID string `json:"id"`
	} `json:"invoice"`
	Method struct {
		Object string `json:"object"`
	} `json:"payment_method"`
}

type subscription struct {
	ID          string    `json:"id"`
	State       string    `json:"state"`
	ActivatedAt time.Time `json:"activated_at"`
	CanceledAt  time.Time `json:"canceled_at"`
	ExpiresAt   time.Time `json:"expires_at"`
	Account     struct {
		Code string `json:"code"`
	} `json:"account"`
}

// Handle implements provider.Provider. A notification names an object and no
// more; the object, as it is now, says what is true.
func (p *Recurly) Handle(ctx context.Context, connection provider.Connection, in provider.Inbound) ([]provider.Fact, error) {
	c := p.begin(connection, provider.Operation{}, nil)
	facts, err := c.look(ctx, in)
	if provider.Gone(err) {
		return nil, nil // of another site, or deleted
	}
	return facts, err
}

func (c *call) look(ctx context.Context, in provider.Inbound) ([]provider.Fact, error) {
	kind, _, _ := strings.Cut(in.Type, ".")
	switch {
	case strings.HasPrefix(in.Object, "number-"):
		return c.invoiceFacts(ctx, in.Object)
	case kind == "payment" && strings.HasPrefix(in.Object, "uuid-"):
		found, err := c.transaction(ctx, in.Object)
		if err != nil || found.Invoice.ID == "" {
			return nil, err
		}
		return c.invoiceFacts(ctx, found.Invoice.ID)
	case kind == "subscription" && strings.HasPrefix(in.Object, "uuid-"):
		var found subscription
		if err := c.send(ctx, http.MethodGet, "/subscriptions/"+url.PathEscape(in.Object), "", nil, &found); err != nil {
			return nil, err
		}
		return found.facts(), nil
	}
	return nil, nil
}

// invoiceFacts tells what moved on an invoice; of one that gives money back,
// also what moved on the one that it refunds.
func (c *call) invoiceFacts(ctx context.Context, id string) ([]provider.Fact, error) {
	found, err := c.invoice(ctx, id)
	if err != nil || found.Type != "credit" {
		return found.facts(), err
	}
	return c.refundFacts(ctx, found)
}

func (c *call) refundFacts(ctx context.Context, credit *invoice) ([]provider.Fact, error) {
	if credit.Previous == "" {
		return nil, nil
	}
	charged, err := c.invoice(ctx, credit.Previous)
	if err != nil {
		return nil, err
	}
	return append(charged.facts(), credit.refunds(charged.subject())...), nil
}

func (i *invoice) subject() provider.Subject {
	return provider.Subject{Ref: provider.ParseRef("invoice", i.PONumber), RemoteID: i.ID}
}

// facts tells of every payment. One that we reported ourselves is left out: its
// description is our reference.
func (i *invoice) facts() []provider.Fact {
	if i == nil {
		return nil
	}
	var facts []provider.Fact
	for _, t := range i.Transactions {
		amount, err := provider.ParseDecimal(t.Currency, t.Amount)
		ours := provider.ParseRef("invoice", t.Description) != provider.Ref{Type: "invoice"}
		switch {
		case t.Type != "purchase" && t.Type != "capture" || err != nil || ours:
		case t.Status == "success":
			facts = append(facts, t.paid(i, amount))
		case t.Status == "chargeback":
			facts = append(facts, t.paid(i, amount), provider.Disputed{
				Subject: i.subject(), Payment: t.ID, Reference: "chargeback-" + t.ID, Amount: amount, Currency: t.Currency,
				Reason: "chargeback", Status: provider.DisputeOpen, At: t.at(),
			})
		case (t.Status == "declined" || t.Status == "error") && (i.State == "pending" || i.State == "past_due" || i.State == "open"):
			facts = append(facts, provider.PaymentFailed{Subject: i.subject(), Code: t.StatusCode, At: t.at()})
		}
	}
	return facts
}

func (t *transaction) paid(i *invoice, amount int64) provider.Fact {
	return provider.PaymentSucceeded{Subject: i.subject(), Reference: t.ID, Amount: amount, Currency: t.Currency, Method: t.method(), At: t.at()}
}

func (t *transaction) at() time.Time {
	if t.CollectedAt.IsZero() {
		return t.CreatedAt.UTC()
	}
	return t.CollectedAt.UTC()
}

func (t *transaction) method() provider.PaymentMethod {
	switch t.Method.Object {
	case "bacs", "bank_account_info", "eft", "iban_bank_account", "sepadirectdebit", "wire_transfer", "boleto", "check", "money_order", "other":
		return provider.ByTransfer
	}
	return provider.ByCard
}

// facts tells how the subscription stands. Recurly calls canceled what will end
// and expired what has ended; one that failed never began.
func (s *subscription) facts() []provider.Fact {
	fact := provider.SubscriptionChanged{
		Subject:   provider.Subject{Ref: provider.ParseRef("household", s.Account.Code), RemoteID: s.Account.Code},
		Reference: s.ID, Status: provider.SubscriptionCanceled,
	}
	switch s.State {
	case "active":
		fact.Status, fact.At = provider.SubscriptionActive, s.ActivatedAt.UTC()
	case "canceled":
		fact.At = s.CanceledAt.UTC()
	case "expired":
		fact.At = s.ExpiresAt.UTC()
	default:
		return nil
	}
	return []provider.Fact{fact}
}

// Poll implements provider.Poller with what was updated since.
func (p *Recurly) Poll(ctx context.Context, connection provider.Connection, since time.Time, _ []provider.Subject) ([]provider.Fact, error) {
	c := p.begin(connection, provider.Operation{}, nil)
	var facts []provider.Fact
	err := c.pages(ctx, "/invoices", "updated_at", since, func(data []byte) error {
		var list []invoice
		if err := json.Unmarshal(data, &list); err != nil {
			return permanent("unreadable list of invoices")
		}
		for i := range list {
			of, err := list[i].facts(), error(nil)
			if list[i].Type == "credit" {
				of, err = c.refundFacts(ctx, &list[i])
			}
			if err != nil && !provider.Gone(err) {
				return err
			}
			facts = append(facts, of...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = c.pages(ctx, "/subscriptions", "updated_at", since, func(data []byte) error {
		var list []subscription
		if err := json.Unmarshal(data, &list); err != nil {
			return permanent("unreadable list of subscriptions")
		}
		for i := range list {
			facts = append(facts, list[i].facts()...)
		}
		return nil
	})
	return facts, err
}
