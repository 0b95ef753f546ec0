package recurly

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// refund gives money back of the invoice that a payment was for. Recurly keeps
// our reference in the notes of the credit invoice that it makes of it, which
// the family can read: it is an opaque id. That Recurly refuses to is an answer
// as well: the refund has failed.
func (c *call) refund(ctx context.Context, v refund) (provider.Outcome, error) {
	paid, err := c.transaction(ctx, v.Payment)
	if provider.Gone(err) || err == nil && paid.Invoice.ID == "" {
		return c.refused(v, "not_found"), nil
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	var credit invoice
	body := map[string]any{"type": "amount", "amount": v.Amount, "refund_method": "transaction_first", "credit_customer_notes": ref("refund", v.ID)}
	err = c.send(ctx, http.MethodPost, "/invoices/"+url.PathEscape(paid.Invoice.ID)+"/refund", "refund", body, &credit)
	if provider.ClassOf(err) == provider.Permanent && err != nil {
		said := (*provider.Error)(nil)
		errors.As(err, &said)
		return c.refused(v, said.Code), nil
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	return c.made(ctx, v, &credit)
}

func (c *call) made(ctx context.Context, v refund, credit *invoice) (provider.Outcome, error) {
	o := done(credit.ID)
	o.Facts = credit.refunds(provider.Subject{Ref: provider.Ref{Type: "invoice"}})
	if err := c.links.Save(ctx, provider.Ref{Type: "refund", ID: v.ID}, credit.ID); err != nil {
		return o, &provider.Error{Provider: ID, Class: provider.Unknown, Cause: err}
	}
	return o, nil
}

// refused is the outcome of a refund that Recurly will not make.
func (c *call) refused(v refund, code string) provider.Outcome {
	return provider.Outcome{State: provider.Skipped, Note: "Recurly does not give it back: " + code, Facts: []provider.Fact{provider.Refunded{
		Subject: provider.Subject{Ref: provider.Ref{Type: "invoice"}}, Refund: provider.Ref{Type: "refund", ID: v.ID}, Payment: v.Payment,
		Currency: v.Currency, Status: provider.RefundFailed, Code: code, At: c.client.Config.Now().UTC(),
	}}}
}

func (c *call) transaction(ctx context.Context, id string) (*transaction, error) {
	var found transaction
	return &found, c.send(ctx, http.MethodGet, "/transactions/"+url.PathEscape(id), "", nil, &found)
}

// reconcileRefund finds the credit invoice by our reference in its notes.
func (c *call) reconcileRefund(ctx context.Context, v refund) (provider.Outcome, error) {
	paid, err := c.transaction(ctx, v.Payment)
	if provider.Gone(err) {
		return provider.Outcome{State: provider.Missing}, nil
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	var found *invoice
	since := c.operation.OccurredAt.Add(-clockSkew)
	err = c.pages(ctx, "/invoices", "created_at", since, func(data []byte) error {
		var list []invoice
		if err := json.Unmarshal(data, &list); err != nil {
			return permanent("unreadable list of invoices")
		}
		for i := range list {
			if list[i].Previous == paid.Invoice.ID && list[i].Notes == ref("refund", v.ID) {
				found = &list[i]
			}
		}
		return nil
	})
	if err != nil {
		return provider.Outcome{}, err
	}
	if found == nil {
		return provider.Outcome{State: provider.Missing}, nil
	}
	return c.made(ctx, v, found)
}

// refunds tells how the money of a credit invoice stands: what has gone back, or
// that it has not.
func (i *invoice) refunds(about provider.Subject) []provider.Fact {
	var facts []provider.Fact
	ours := provider.ParseRef("refund", i.Notes)
	for _, t := range i.Transactions {
		amount, err := provider.ParseDecimal(t.Currency, t.Amount)
		if t.Type != "refund" || err != nil {
			continue
		}
		fact := provider.Refunded{
			Subject: about, Refund: ours, Payment: t.Original, Reference: t.ID, Amount: max(amount, -amount), Currency: t.Currency,
			Status: provider.RefundPending, At: t.at(),
		}
		switch t.Status {
		case "success":
			fact.Status = provider.RefundSucceeded
		case "declined", "error", "void", "failed":
			fact.Status, fact.Code = provider.RefundFailed, t.StatusCode
		}
		if fact.Status != provider.RefundSucceeded && ours.ID == uuid.Nil {
			continue // nobody here waits for it
		}
		facts = append(facts, fact)
	}
	return facts
}
