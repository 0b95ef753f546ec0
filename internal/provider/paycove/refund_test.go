package paycove_test

import (
	"testing"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/paycove"
)

func (b *bench) refund(payment string, amount int64) provider.Operation {
	b.Helper()
	c := b.change(id(202), "refund.created", 9)
	c.Refund = &provider.Refund{ID: id(220), Provider: paycove.ID, Payment: payment, Amount: amount, Currency: "USD"}
	return b.planned(c)
}

// paid issues the invoice, has it paid and returns our name of the payment.
func (b *bench) paid() string {
	b.Helper()
	b.mustDo(b.plan("invoice.issued", 1))
	facts, err := b.paycove.Handle(b.Context(), b.connection, provider.Inbound{Object: b.fake.Pay(ref(), 11_545)})
	if err != nil {
		b.Fatal(err)
	}
	return facts[0].(provider.PaymentSucceeded).Reference
}

func told(o provider.Outcome) provider.Refunded {
	if len(o.Facts) != 1 {
		return provider.Refunded{}
	}
	fact, _ := o.Facts[0].(provider.Refunded)
	return fact
}

// A payment that goes back whole has one name, whether we or the deal tell.
func TestRefund(t *testing.T) {
	b := newBench(t, plain)
	payment := b.paid()
	ours := provider.Ref{Type: "refund", ID: id(220)}
	outcome := b.mustDo(b.refund(payment, 11_545))
	if fact := told(outcome); fact.Refund != ours || fact.Status != provider.RefundSucceeded || fact.Amount != 11_545 {
		t.Errorf("%+v", outcome)
	}
	facts, err := b.paycove.Poll(t.Context(), b.connection, b.now, []provider.Subject{{RemoteID: "1"}})
	if err != nil || len(facts) != 2 || facts[1].(provider.Refunded).Reference != told(outcome).Reference {
		t.Errorf("Poll = %+v, %v; we say %+v", facts, err, told(outcome))
	}
	if again := b.mustDo(b.refund(payment, 11_545)); told(again).Reference != told(outcome).Reference {
		t.Errorf("again: %+v", again)
	}
	if outcome = b.mustDo(b.refund("test-1-999", 1)); told(outcome).Status != provider.RefundFailed {
		t.Errorf("of nothing: %+v", outcome)
	}
}

// Of a part nobody can find out whether it went back; a person looks.
func TestRefundInterrupted(t *testing.T) {
	for name, c := range map[string]struct {
		amount int64
		after  bool
		want   provider.State
	}{
		"all, and it was done":        {11_545, true, provider.Done},
		"all, and it was not":         {11_545, false, provider.Missing},
		"a part, and nobody can tell": {545, true, provider.Unresolved},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, plain)
			o := b.refund(b.paid(), c.amount)
			b.fake.Fail(fake.Failure{Path: "/api/v1/issue-refund", After: c.after, Status: 500})
			if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
				t.Fatalf("the first attempt: %v", err)
			}
			found, err := b.paycove.Reconcile(t.Context(), b.connection, o, b.links)
			if err != nil || found.State != c.want {
				t.Errorf("%+v, %v; want %s", found, err, c.want)
			}
		})
	}
}
