package recurly_test

import (
	"errors"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/recurly"
)

func (b *bench) refund(payment string, amount int64) provider.Operation {
	b.Helper()
	c := b.change("refund.created", 9)
	c.Refund = &provider.Refund{ID: id(220), Provider: recurly.ID, Payment: payment, Amount: amount, Currency: "USD"}
	operations, err := b.recurly.Plan(c)
	if err != nil || len(operations) != 1 {
		b.Fatalf("Plan = %v, %v", operations, err)
	}
	return operations[0]
}

// paid issues the invoice, has it paid and returns Recurly's id of the payment.
func (b *bench) paid() (payment, number string) {
	b.Helper()
	b.mustDo(b.plan("invoice.issued", 1))
	number = b.fake.Pay(po(), 12_545)
	return b.handle("charge_invoice.paid", "number-"+number)[0].(provider.PaymentSucceeded).Reference, number
}

func told(o provider.Outcome) provider.Refunded {
	if len(o.Facts) != 1 {
		return provider.Refunded{}
	}
	fact, _ := o.Facts[0].(provider.Refunded)
	return fact
}

func TestRefund(t *testing.T) {
	b := newBench(t, plain)
	payment, _ := b.paid()
	ours := provider.Ref{Type: "refund", ID: id(220)}
	outcome := b.mustDo(b.refund(payment, 545))
	if fact := told(outcome); fact.Refund != ours || fact.Payment != payment || fact.Amount != 545 || fact.Status != provider.RefundSucceeded || fact.Reference == "" {
		t.Errorf("%+v", outcome)
	}
	polled, err := b.recurly.Poll(t.Context(), b.connection, b.now.Add(-time.Minute), nil)
	if err != nil {
		t.Fatal(err)
	}
	if fact, is := polled[len(polled)-1].(provider.Refunded); !is || fact.Refund != ours || fact.Reference != told(outcome).Reference {
		t.Errorf("Poll = %+v", polled)
	}
	for name, o := range map[string]provider.Operation{"too much": b.refund(payment, 12_001), "of nothing": b.refund("none", 1)} {
		o.Key += name
		if outcome := b.mustDo(o); outcome.State != provider.Skipped || told(outcome).Status != provider.RefundFailed || told(outcome).Code == "" {
			t.Errorf("%s: %+v", name, outcome)
		}
	}
}

// Whatever breaks off, and however late it is tried again, money goes back once.
func TestRefundInterrupted(t *testing.T) {
	for name, arrange := range map[string]func(*bench){
		"cut after": func(b *bench) { b.fake.Fail(fake.Failure{Suffix: "/refund", After: true}) },
		"500 after": func(b *bench) { b.fake.Fail(fake.Failure{Suffix: "/refund", After: true, Status: 500}) },
		"cut":       func(b *bench) { b.fake.Fail(fake.Failure{Suffix: "/refund"}) },
		"link lost": func(b *bench) { b.links.FailNextSave(errors.New("the database is away")) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, plain)
			payment, _ := b.paid()
			o := b.refund(payment, 12_545)
			arrange(b)
			if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
				t.Fatalf("the first attempt: %v", err)
			}
			b.turn(2 * time.Hour)
			found, err := b.recurly.Reconcile(t.Context(), b.connection, o, b.links)
			if err != nil {
				t.Fatal(err)
			}
			if found.State == provider.Missing {
				o.Round++
				found = b.mustDo(o)
			}
			if told(found).Status != provider.RefundSucceeded {
				t.Errorf("%+v", found)
			}
			credits := 0
			for _, invoice := range b.state().Invoices {
				if invoice["type"] == "credit" {
					credits++
				}
			}
			if credits != 1 {
				t.Errorf("%d credit invoices", credits)
			}
		})
	}
}

// Recurly writes to whatever address it has; one to which nothing may be sent
// it is not told.
func TestSuppressedAddress(t *testing.T) {
	b := newBench(t, plain)
	c := b.change("household.created", 1)
	c.Household.Suppressed = true
	operations, err := b.recurly.Plan(c)
	if err != nil {
		t.Fatal(err)
	}
	b.mustDo(operations[0])
	if accounts := b.state().Accounts; len(accounts) != 1 || accounts[0]["email"] != nil {
		t.Errorf("accounts %v", accounts)
	}
}
