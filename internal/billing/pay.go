package billing

import (
	"context"
	"fmt"
	"strings"
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
}

// RecordPayment writes down money received; the payment that settles an
// invoice makes it PAID. It is for those who may make payments.
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
		update.SetStatus(invoice.Status(a.status))
	}
	if err := update.Exec(elevated); err != nil {
		return nil, fmt.Errorf("billing: count the payment: %w", err)
	}
	recorded, err := o.client(ctx).Payment.Create().SetInvoiceID(in.InvoiceID).SetHouseholdID(a.household).SetAmount(in.Amount).
		SetCurrency(a.currency).SetMethod(in.Method).SetNillableReference(in.Reference).SetReceivedAt(o.moment()).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("billing: record the payment: %w", err)
	}
	return recorded, nil
}
