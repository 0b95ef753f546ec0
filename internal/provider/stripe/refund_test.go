package stripe_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/stripe"
)

// refund plans to give back an amount of a payment.
func (b *bench) refund(payment string, amount int64, event byte) provider.Operation {
	b.Helper()
	c := b.change("refund.created", event)
	c.Refund = &provider.Refund{ID: id(210), Provider: stripe.ID, Payment: payment, Amount: amount, Currency: "USD"}
	operations, err := b.stripe.Plan(c)
	if err != nil || len(operations) != 1 {
		b.Fatalf("Plan = %v, %v", operations, err)
	}
	return operations[0]
}

// paid issues the invoice, has it paid and returns Stripe's id of the payment.
func (b *bench) paid() string {
	b.Helper()
	b.mustDo(b.plan("invoice.issued", 1))
	return b.handle(b.fake.Pay(invoiceRef(), 11_500))[0].(provider.PaymentSucceeded).Reference
}

func told(o provider.Outcome) provider.Refunded {
	if len(o.Facts) != 1 {
		return provider.Refunded{}
	}
	fact, _ := o.Facts[0].(provider.Refunded)
	return fact
}

func TestRefund(t *testing.T) {
	b := newBench(t)
	payment := b.paid()
	o := b.refund(payment, 1_500, 2)
	outcome := b.mustDo(o)
	ours := provider.Ref{Type: "refund", ID: id(210)}
	if fact := told(outcome); fact.Refund != ours || fact.Payment != payment || fact.Amount != 1_500 || fact.Status != provider.RefundSucceeded || fact.Reference != outcome.RemoteID {
		t.Errorf("%+v", outcome)
	}
	if again := b.mustDo(o); again.RemoteID != outcome.RemoteID {
		t.Errorf("again: %+v", again)
	}
	// A bank may send the money back later.
	facts := b.handle(b.fake.Settle(ours.String(), "failed"))
	if fact := facts[len(facts)-1].(provider.Refunded); fact.Refund != ours || fact.Status != provider.RefundFailed || fact.Code != "expired_or_canceled_card" {
		t.Errorf("failed later: %+v", fact)
	}
	facts = b.handle(b.fake.Settle(ours.String(), "pending"))
	if fact := facts[len(facts)-1].(provider.Refunded); fact.Status != provider.RefundPending {
		t.Errorf("pending: %+v", fact)
	}
}

// That Stripe refuses a refund is what became of it.
func TestRefundRefused(t *testing.T) {
	b := newBench(t)
	outcome := b.mustDo(b.refund(b.paid(), 11_501, 2))
	if fact := told(outcome); outcome.State != provider.Skipped || fact.Status != provider.RefundFailed || fact.Code != "charge_already_refunded" {
		t.Errorf("too much: %+v", outcome)
	}
	if outcome = b.mustDo(b.refund("ch_none", 100, 3)); told(outcome).Status != provider.RefundFailed {
		t.Errorf("of nothing: %+v", outcome)
	}
}

// Whatever breaks off, and however late it is tried again, money goes back once.
func TestRefundInterrupted(t *testing.T) {
	for name, arrange := range map[string]func(*bench){
		"cut after": func(b *bench) { b.fake.Fail(fake.Failure{Method: "POST", Path: "/v1/refunds", After: true}) },
		"500 after": func(b *bench) {
			b.fake.Fail(fake.Failure{Method: "POST", Path: "/v1/refunds", After: true, Status: 500})
		},
		"link lost": func(b *bench) { b.links.FailNextSave(errors.New("the database is away")) },
		"cut":       func(b *bench) { b.fake.Fail(fake.Failure{Method: "POST", Path: "/v1/refunds"}) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			o := b.refund(b.paid(), 11_500, 2)
			arrange(b)
			if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
				t.Fatalf("the first attempt: %v", err)
			}
			b.turn(25 * time.Hour)
			found, err := b.stripe.Reconcile(t.Context(), b.connection, o, b.links)
			if err != nil {
				t.Fatal(err)
			}
			if found.State == provider.Missing {
				o.Round++
				found = b.mustDo(o)
			}
			if fact := told(found); fact.Status != provider.RefundSucceeded || !strings.HasPrefix(fact.Reference, "re_") {
				t.Errorf("%+v", found)
			}
			if n := len(b.state().Refunds); n != 1 {
				t.Errorf("%d refunds", n)
			}
		})
	}
}

// Who sends no invoices for the studio is not told for whom there could be any.
func TestAnotherBiller(t *testing.T) {
	b := newBench(t)
	for _, kind := range []string{"household.created", "household.updated", "invoice.issued", "refund.created"} {
		c := b.change(kind, 1)
		c.Biller, c.Invoice.Biller = "recurly", "recurly"
		c.Refund = &provider.Refund{ID: id(210), Provider: "recurly", Payment: "x", Amount: 1, Currency: "USD"}
		if operations, err := b.stripe.Plan(c); err != nil || len(operations) != 0 {
			t.Errorf("%s: %v, %v", kind, operations, err)
		}
	}
}

// An invoice of a family that nothing may be sent to is there and not sent.
func TestUnsent(t *testing.T) {
	b := newBench(t)
	c := b.change("invoice.issued", 1)
	c.Household.Suppressed = true
	operations, err := b.stripe.Plan(c)
	if err != nil {
		t.Fatal(err)
	}
	b.mustDo(operations[0])
	b.mustDo(operations[0])
	b.expect("open", 0)
}
