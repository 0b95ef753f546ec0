package billing_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/ent/refund"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
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
		t.Errorf("a payment of a provider that is not connected: %v", err)
	}
	found, err := b.Client(b.staff).Invoice.Get(b.staff, issued.ID)
	must(t, err)
	if found.Status != "PAID" || found.AmountPaid != 9_000 || found.AmountRefunded != 4_000 {
		t.Errorf("invoice %+v", found)
	}
}

// plug connects studio A to a provider, which bills or does not.
func (b *bench) plug(t *testing.T, name string, bills bool) {
	t.Helper()
	must(t, b.InTx(viewer.ForTenant(t.Context(), b.A.Tenant, "test"), func(ctx context.Context) error {
		return b.Client(ctx).Integration.Create().SetProvider(name).SetCredential([]byte{1}).SetBills(bills).Exec(ctx)
	}))
}

// What a provider was asked to give back counts until it says that it could
// not, which it may say at any time, and which is its last word.
func TestSettleRefund(t *testing.T) {
	b := newBench(t)
	b.plug(t, "stripe", true)
	issued, err := b.IssueInvoice(b.staff, b.A.Household, []uuid.UUID{b.enroll(t, b.A.Student, offering{amount: 5_000})}, due)
	must(t, err)
	card, err := b.RecordPayment(b.staff, billing.Receipt{
		InvoiceID: issued.ID, Amount: 5_000, Method: payment.MethodCARD, Provider: "stripe", ProviderReference: "pi_1",
	})
	must(t, err)
	part := int64(2_000)
	asked, err := b.RefundPayment(b.staff, card.ID, &part, "moved away")
	must(t, err)
	if asked.Status != refund.StatusPENDING || asked.Provider != "stripe" || asked.Reference != nil {
		t.Errorf("asked for %+v", asked)
	}
	more := int64(3_001)
	if _, err := b.RefundPayment(b.staff, card.ID, &more, ""); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("more than is left: %v", err)
	}
	platform := viewer.ForTenant(t.Context(), b.A.Tenant, "write down what stripe says")
	for i, c := range []struct {
		verdict   billing.Verdict
		news      bool
		status    refund.Status
		reference string
		counted   int64
	}{
		{billing.Verdict{Status: refund.StatusPENDING}, false, refund.StatusPENDING, "", 2_000},
		{billing.Verdict{Status: refund.StatusPENDING, Reference: "re_1"}, true, refund.StatusPENDING, "re_1", 2_000},
		{billing.Verdict{Status: refund.StatusSUCCEEDED, Reference: "re_1"}, true, refund.StatusSUCCEEDED, "re_1", 2_000},
		{billing.Verdict{Status: refund.StatusPENDING, Reference: "re_1"}, false, refund.StatusSUCCEEDED, "re_1", 2_000},
		{billing.Verdict{Status: refund.StatusFAILED, Reference: "re_1", Code: "expired_or_canceled_card"}, true, refund.StatusFAILED, "re_1", 0},
		{billing.Verdict{Status: refund.StatusFAILED, Reference: "re_1", Code: "expired_or_canceled_card"}, false, refund.StatusFAILED, "re_1", 0},
		{billing.Verdict{Status: refund.StatusSUCCEEDED, Reference: "re_1"}, false, refund.StatusFAILED, "re_1", 0},
	} {
		c.verdict.RefundID = asked.ID
		news, err := b.SettleRefund(platform, c.verdict)
		if err != nil || news != c.news {
			t.Errorf("%d: %v, %v", i, news, err)
		}
		r, err := b.Client(b.staff).Refund.Get(b.staff, asked.ID)
		must(t, err)
		invoice, err := b.Client(b.staff).Invoice.Get(b.staff, issued.ID)
		must(t, err)
		if r.Status != c.status || text(r.Reference) != c.reference || invoice.AmountRefunded != c.counted || invoice.Status != "PAID" {
			t.Errorf("%d: refund %+v, invoice %+v", i, r, invoice)
		}
	}
	if again, err := b.RefundPayment(b.staff, card.ID, nil, ""); err != nil || again.Amount != 5_000 {
		t.Errorf("after one that failed: %+v, %v", again, err)
	}
	if _, err := b.SettleRefund(viewer.ForTenant(t.Context(), b.B.Tenant, "test"), billing.Verdict{RefundID: asked.ID, Status: refund.StatusFAILED}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor's refund: %v", err)
	}
}

func text(of *string) string {
	if of == nil {
		return ""
	}
	return *of
}

// An invoice keeps who collects it, whatever is connected later.
func TestBiller(t *testing.T) {
	b := newBench(t)
	id := b.enroll(t, b.A.Student, offering{amount: 5_000})
	issue := func() *ent.Invoice {
		made, err := b.IssueInvoice(b.staff, b.A.Household, []uuid.UUID{id}, due)
		must(t, err)
		return made
	}
	alone := issue()
	b.plug(t, "recurly", false)
	b.plug(t, "stripe", true)
	if through := issue(); alone.Biller != "" || through.Biller != "stripe" {
		t.Errorf("billers %q and %q", alone.Biller, through.Biller)
	}
	b.exec(t, `UPDATE integrations SET status = 'PAUSED'`)
	if paused := issue(); paused.Biller != "" {
		t.Errorf("a paused connection bills through %q", paused.Biller)
	}
	if _, err := b.super.Exec(`UPDATE integrations SET bills = true`); err == nil {
		t.Error("two connections can bill")
	}
}
