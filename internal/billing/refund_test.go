package billing_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/fault"
)

// A payment goes back at most once, in parts or whole; one that came through a
// provider goes back there.
func TestRefundPayment(t *testing.T) {
	b := newBench(t)
	issued, err := b.IssueInvoice(b.staff, b.A.Household, []uuid.UUID{b.enroll(t, b.A.Student, offering{amount: 9_000})}, due)
	must(t, err)
	cash, err := b.RecordPayment(b.staff, billing.Receipt{InvoiceID: issued.ID, Amount: 4_000, Method: payment.MethodCASH})
	must(t, err)
	card, err := b.RecordPayment(b.staff, billing.Receipt{
		InvoiceID: issued.ID, Amount: 5_000, Method: payment.MethodCARD, Provider: "stripe", ProviderReference: "pi_1",
	})
	must(t, err)
	part, all, more := int64(1_500), int64(2_500), int64(1)
	for _, c := range []struct {
		amount *int64
		want   fault.Code
	}{{&part, ""}, {&more, ""}, {&all, fault.Invalid}, {nil, ""}, {&more, fault.Invalid}, {nil, fault.Invalid}} {
		if _, err := b.RefundPayment(b.staff, cash.ID, c.amount, "moved away"); (err == nil) != (c.want == "") || err != nil && fault.CodeOf(err) != c.want {
			t.Errorf("%v: %v; want %q", c.amount, err, c.want)
		}
	}
	if _, err := b.RefundPayment(b.staff, card.ID, nil, ""); fault.CodeOf(err) != fault.WrongState {
		t.Errorf("a provider's payment: %v", err)
	}
	found, err := b.Client(b.staff).Invoice.Get(b.staff, issued.ID)
	must(t, err)
	if found.Status != "PAID" || found.AmountPaid != 9_000 || found.AmountRefunded != 4_000 {
		t.Errorf("invoice %+v", found)
	}
}
