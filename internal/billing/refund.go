package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/refund"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Repayment is money of a payment that goes back.
type Repayment struct {
	PaymentID uuid.UUID
	Amount    int64 // minor units of the payment's currency; 0 is all that is left of it
	Reason    string
	// Provider is the one that took the payment; empty where the studio did.
	Provider string

	// What only a provider tells. With a Reference, the same repayment is
	// recorded once, however often and by whomever it is told. Without one, the
	// provider has yet to be asked.
	Reference  string
	Currency   string    // must be the payment's; empty takes it for granted
	RefundedAt time.Time // zero is now
}

// maxReason is the length of a reason in bytes.
const maxReason = 200

// RecordRefund writes down money given back, at most what came in. The invoice
// stays paid. It is for those who may make refunds. One that was recorded
// before is returned as it is.
func (o *Office) RecordRefund(ctx context.Context, in Repayment) (*ent.Refund, error) {
	if err := refund.Policy.EvalMutation(ctx, o.client(ctx).Refund.Create().Mutation()); err != nil {
		return nil, err
	}
	switch {
	case in.Amount < 0:
		return nil, invalid("amount", "A refund is more than zero.")
	case len(in.Reason) > maxReason || holdsCardNumber(in.Reason):
		return nil, invalid("reason", "A reason has at most %d bytes and no card number.", maxReason)
	}
	var recorded *ent.Refund
	err := o.store.InTx(ctx, func(ctx context.Context) error {
		paid, err := o.client(ctx).Payment.Get(ctx, in.PaymentID)
		if ent.IsNotFound(err) {
			return missing("paymentId", "payment")
		}
		if err != nil {
			return fmt.Errorf("billing: look for the payment: %w", err)
		}
		a, err := o.lock(ctx, paid.InvoiceID)
		if err != nil || a == nil {
			return fmt.Errorf("billing: lock the payment's invoice: %w", err)
		}
		recorded, err = o.refund(ctx, in, paid, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return recorded, nil
}

// RefundPayment gives money of a payment back; a nil amount is all that is left.
// What the studio took itself it has given back already, as it says. What came
// through a provider goes back there: the refund is PENDING until the provider
// has said what became of it.
func (o *Office) RefundPayment(ctx context.Context, paymentID uuid.UUID, amount *int64, reason string) (*ent.Refund, error) {
	in := Repayment{PaymentID: paymentID, Reason: reason}
	if amount != nil {
		if in.Amount = *amount; in.Amount == 0 {
			return nil, invalid("amount", "A refund is more than zero.")
		}
	}
	paid, err := o.client(ctx).Payment.Get(ctx, paymentID)
	if err == nil && paid.Provider != "" {
		in.Provider = paid.Provider
		if err := o.reachable(ctx, paid.Provider); err != nil {
			return nil, err
		}
	}
	return o.RecordRefund(ctx, in) // which says who may, and what is missing
}

// reachable refuses to ask a provider that the studio is not connected to.
func (o *Office) reachable(ctx context.Context, name string) error {
	there, err := o.client(ctx).Integration.Query().Where(integration.Provider(name), integration.StatusIn(integration.StatusACTIVE, integration.StatusFAILED)).
		Exist(viewer.Elevated(ctx, "find who gives a payment back"))
	if err != nil {
		return fmt.Errorf("billing: look for the provider: %w", err)
	}
	if !there {
		return fault.User(fault.WrongState, path("paymentId"), "The payment came through %s, which the studio is not connected to. Connect it, or give the money back there.", name)
	}
	return nil
}

// refund writes the refund of a payment whose invoice is locked.
func (o *Office) refund(ctx context.Context, in Repayment, paid *ent.Payment, a *account) (*ent.Refund, error) {
	before, err := o.client(ctx).Refund.Query().Where(refund.PaymentID(paid.ID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("billing: look for refunds: %w", err)
	}
	left := paid.Amount
	for _, r := range before {
		if in.Reference != "" && r.Reference != nil && *r.Reference == in.Reference {
			return r, nil
		}
		if r.Status != refund.StatusFAILED {
			left -= r.Amount
		}
	}
	left = min(left, a.paid-a.refunded)
	if in.Amount == 0 {
		in.Amount = left
	}
	switch {
	case in.Currency != "" && in.Currency != paid.Currency:
		return nil, invalid("amount", "The refund is in %s, the payment in %s.", in.Currency, paid.Currency)
	case in.Amount > left || left <= 0:
		return nil, invalid("amount", "Only %d of the payment is left to give back, in minor units of %s.", left, paid.Currency)
	}
	at := o.moment()
	if !in.RefundedAt.IsZero() {
		at = in.RefundedAt
	}
	elevated := viewer.Elevated(ctx, "count a refund")
	if err := o.client(elevated).Invoice.UpdateOneID(paid.InvoiceID).SetAmountRefunded(a.refunded + in.Amount).Exec(elevated); err != nil {
		return nil, fmt.Errorf("billing: count the refund: %w", err)
	}
	create := o.client(ctx).Refund.Create().SetPaymentID(paid.ID).SetInvoiceID(paid.InvoiceID).SetHouseholdID(paid.HouseholdID).
		SetAmount(in.Amount).SetCurrency(paid.Currency).SetReason(in.Reason).SetProvider(in.Provider).SetRefundedAt(at)
	switch {
	case in.Reference != "":
		create.SetReference(in.Reference)
	case in.Provider != "":
		create.SetStatus(refund.StatusPENDING)
	}
	made, err := create.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("billing: record the refund: %w", err)
	}
	return made, nil
}

// Verdict is how a provider has decided about a refund that it was asked for.
type Verdict struct {
	RefundID  uuid.UUID
	Status    refund.Status
	Reference string // the provider's id of it; empty where it made none
	Code      string // why it failed, in the provider's word
}

// SettleRefund writes down what a provider says of a refund, and reports
// whether that is news. One that has failed stays so and counts for nothing any
// more; one that has succeeded can still fail.
func (o *Office) SettleRefund(ctx context.Context, v Verdict) (news bool, err error) {
	if err := refund.Policy.EvalMutation(ctx, o.client(ctx).Refund.UpdateOneID(v.RefundID).Mutation()); err != nil {
		return false, err
	}
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		before, err := o.client(ctx).Refund.Get(ctx, v.RefundID)
		if ent.IsNotFound(err) {
			return missing("refundId", "refund")
		}
		if err != nil {
			return fmt.Errorf("billing: look for the refund: %w", err)
		}
		a, err := o.lock(ctx, before.InvoiceID)
		if err != nil || a == nil {
			return fmt.Errorf("billing: lock the refund's invoice: %w", err)
		}
		if before, err = o.client(ctx).Refund.Get(ctx, v.RefundID); err != nil { // as nobody can change it now
			return fmt.Errorf("billing: read the refund: %w", err)
		}
		news, err = o.settle(ctx, v, before, a)
		return err
	})
	return news, err
}

func (o *Office) settle(ctx context.Context, v Verdict, before *ent.Refund, a *account) (news bool, err error) {
	named := v.Reference != "" && before.Reference == nil
	decided := v.Status != before.Status && v.Status != refund.StatusPENDING
	if before.Status == refund.StatusFAILED || !named && !decided {
		return false, nil
	}
	update := o.client(ctx).Refund.UpdateOneID(before.ID)
	if named {
		update.SetReference(v.Reference)
	}
	if decided {
		update.SetStatus(v.Status)
	}
	if v.Status == refund.StatusFAILED {
		update.SetFailureCode(v.Code)
		elevated := viewer.Elevated(ctx, "count a refund no longer")
		if err := o.client(elevated).Invoice.UpdateOneID(before.InvoiceID).SetAmountRefunded(a.refunded - before.Amount).Exec(elevated); err != nil {
			return false, fmt.Errorf("billing: take the refund back: %w", err)
		}
	}
	if err := update.Exec(ctx); err != nil {
		return false, fmt.Errorf("billing: settle the refund: %w", err)
	}
	return true, nil
}

// NoteFailure writes on an open invoice that a provider could not collect it,
// unless it is known of a later attempt. It reports whether that is news.
func (o *Office) NoteFailure(ctx context.Context, invoiceID uuid.UUID, code string, at time.Time) (news bool, err error) {
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		a, err := o.lock(ctx, invoiceID)
		if err != nil {
			return err
		}
		if a == nil {
			return missing("invoiceId", "invoice")
		}
		found, err := o.client(ctx).Invoice.Get(ctx, invoiceID)
		if err != nil {
			return fmt.Errorf("billing: read the invoice: %w", err)
		}
		at = at.UTC().Truncate(time.Microsecond)
		if a.status != "OPEN" || found.AttemptFailedAt != nil && !at.After(*found.AttemptFailedAt) {
			return nil
		}
		news = true
		elevated := viewer.Elevated(ctx, "note a failed payment")
		if err := o.client(elevated).Invoice.UpdateOneID(invoiceID).SetAttemptFailedAt(at).SetFailureCode(code).Exec(elevated); err != nil {
			return fmt.Errorf("billing: note the failure: %w", err)
		}
		return nil
	})
	return news, err
}
