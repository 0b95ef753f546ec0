package billing

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/invoice"
	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Receipt is money that came in for an invoice.
type Receipt struct {
	InvoiceID uuid.UUID
	Amount    int64 // minor units of the invoice's currency
	Method    payment.Method
	Reference *string // the payer's or bank's; never a card number

	// What only a provider tells. With a ProviderReference, the same receipt is
	// recorded once, however often and by whomever it is told.
	Provider          string
	ProviderReference string
	Currency          string    // must be the invoice's; empty takes it for granted
	ReceivedAt        time.Time // zero is now
}

// RecordPayment writes down money received; the payment that settles an
// invoice makes it PAID. It is for those who may make payments, and every
// payment goes through it. One that was recorded before is returned as it is.
func (o *Office) RecordPayment(ctx context.Context, in Receipt) (*ent.Payment, error) {
	if err := payment.Policy.EvalMutation(ctx, o.client(ctx).Payment.Create().Mutation()); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	var recorded *ent.Payment
	err := o.store.InTx(ctx, func(ctx context.Context) error {
		a, err := o.lock(ctx, in.InvoiceID)
		if err != nil {
			return err
		}
		if a == nil {
			return missing("invoiceId", "invoice")
		}
		if recorded, err = o.earlier(ctx, in); recorded != nil || err != nil {
			return err
		}
		if in.Currency != "" && in.Currency != a.currency {
			return invalid("amount", "The payment is in %s, the invoice in %s.", in.Currency, a.currency)
		}
		if err := a.accept(in.Amount); err != nil {
			return err
		}
		recorded, err = o.record(ctx, in, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return recorded, nil
}

// earlier returns the payment that a provider has told of before; nil for none.
// The invoice is locked, so that nobody records it at the same time.
func (o *Office) earlier(ctx context.Context, in Receipt) (*ent.Payment, error) {
	if in.ProviderReference == "" {
		return nil, nil
	}
	found, err := o.client(ctx).Payment.Query().Where(payment.Provider(in.Provider), payment.ProviderReference(in.ProviderReference)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("billing: look for the payment: %w", err)
	case found.InvoiceID != in.InvoiceID:
		return nil, fault.User(fault.Taken, path("invoiceId"), "The provider's payment was recorded for another invoice.")
	}
	return found, nil
}

// check refuses what no payment can be, and trims the reference.
func (in *Receipt) check() error {
	if in.Amount <= 0 {
		return invalid("amount", "A payment is more than zero.")
	}
	if payment.MethodValidator(in.Method) != nil {
		return invalid("method", "There is no such way to pay.")
	}
	if in.Reference == nil {
		return nil
	}
	text := strings.TrimSpace(*in.Reference)
	switch {
	case text == "":
		in.Reference = nil
		return nil
	case payment.ReferenceValidator(text) != nil || !utf8.ValidString(text):
		return invalid("reference", "A reference has at most 200 bytes.")
	case holdsCardNumber(text):
		return invalid("reference", "This looks like a card number; a studio must never write one down. Use the last four digits.")
	}
	in.Reference = &text
	return nil
}

// accept adds an amount to what was paid, or says why it cannot.
func (a *account) accept(amount int64) error {
	switch due := a.total - a.paid; {
	case a.status != string(invoice.StatusOPEN):
		return fault.User(fault.WrongState, path("invoiceId"), "The invoice is %s; only an open one can be paid.", strings.ToLower(a.status))
	case amount > due:
		return invalid("amount", "Only %d is still due, in minor units of %s.", due, a.currency)
	}
	a.paid += amount
	if a.paid == a.total {
		a.status = string(invoice.StatusPAID)
	}
	return nil
}

// record writes the payment as the viewer. What it does to the invoice follows
// from it.
func (o *Office) record(ctx context.Context, in Receipt, a *account) (*ent.Payment, error) {
	elevated := viewer.Elevated(ctx, "count a payment")
	update := o.client(elevated).Invoice.UpdateOneID(in.InvoiceID).SetAmountPaid(a.paid)
	if a.paid == a.total {
		update.SetStatus(invoice.Status(a.status)).ClearAttemptFailedAt().SetFailureCode("")
	}
	if err := update.Exec(elevated); err != nil {
		return nil, fmt.Errorf("billing: count the payment: %w", err)
	}
	at := o.moment()
	if !in.ReceivedAt.IsZero() {
		at = in.ReceivedAt
	}
	create := o.client(ctx).Payment.Create().SetInvoiceID(in.InvoiceID).SetHouseholdID(a.household).SetAmount(in.Amount).
		SetCurrency(a.currency).SetMethod(in.Method).SetNillableReference(in.Reference).SetReceivedAt(at)
	if in.ProviderReference != "" {
		create.SetProvider(in.Provider).SetProviderReference(in.ProviderReference)
	}
	recorded, err := create.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("billing: record the payment: %w", err)
	}
	return recorded, nil
}
