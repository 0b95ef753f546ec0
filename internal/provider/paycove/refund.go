package paycove

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/barrehq/barre/internal/provider"
)

// refund finds the payment among those of its deal, which say whether it has
// gone back whole; of parts PayCove tells nothing. Otherwise follows what next
// does.
func (c *call) refund(ctx context.Context, next func(*call, context.Context, refund, payment) (provider.Outcome, error)) (provider.Outcome, error) {
	var v refund
	if err := json.Unmarshal(c.operation.Payload, &v); err != nil {
		return provider.Outcome{}, permanent("unreadable payload of " + c.operation.Name)
	}
	deal, id, _ := strings.Cut(strings.TrimPrefix(v.Payment, testPrefix), "-")
	found, err := c.deal(ctx, deal)
	if provider.Gone(err) {
		return c.refunded(v, "", provider.RefundFailed, "not_found"), nil
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	for _, p := range found.Payments {
		switch {
		case string(p.ID) != id:
		case strings.EqualFold(p.Status, "refunded"):
			return c.refunded(v, v.Payment+"-refund", provider.RefundSucceeded, ""), nil
		default:
			return next(c, ctx, v, p)
		}
	}
	return c.refunded(v, "", provider.RefundFailed, "not_found"), nil
}

// giveBack asks for the money. A refund of all of a payment is called what
// facts call it when the deal tells of it.
func (c *call) giveBack(ctx context.Context, v refund, p payment) (provider.Outcome, error) {
	err := c.send(ctx, http.MethodPost, "/issue-refund", map[string]any{"charge_id": json.Number(p.ID), "refund_amount": provider.Decimal(v.Currency, v.Amount)}, nil)
	if provider.ClassOf(err) == provider.Permanent && err != nil {
		said := (*provider.Error)(nil)
		errors.As(err, &said)
		return c.refunded(v, "", provider.RefundFailed, said.Code), nil
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	reference := v.Payment + "-refund"
	if whole, err := provider.ParseDecimal(v.Currency, p.Amount); err != nil || whole != v.Amount {
		reference += "-" + v.ID.String()
	}
	return c.refunded(v, reference, provider.RefundSucceeded, ""), nil
}

// unsure is for an attempt that may have given back a part.
func (c *call) unsure(_ context.Context, v refund, p payment) (provider.Outcome, error) {
	if whole, err := provider.ParseDecimal(v.Currency, p.Amount); err == nil && whole == v.Amount {
		return provider.Outcome{State: provider.Missing}, nil // it would say so
	}
	return provider.Outcome{State: provider.Unresolved, Note: "PayCove does not say whether a part of the payment was given back. Look there before trying again."}, nil
}

func (c *call) refunded(v refund, reference string, status provider.RefundStatus, code string) provider.Outcome {
	o := provider.Outcome{State: provider.Done, RemoteID: reference, Facts: []provider.Fact{provider.Refunded{
		Subject: provider.Subject{Ref: provider.Ref{Type: "invoice"}}, Refund: provider.Ref{Type: "refund", ID: v.ID}, Payment: v.Payment,
		Reference: reference, Amount: v.Amount, Currency: v.Currency, Status: status, Code: code, At: c.client.Config.Now().UTC(),
	}}}
	if status == provider.RefundFailed {
		o.State, o.Note = provider.Skipped, "PayCove does not give it back: "+code
	}
	return o
}
