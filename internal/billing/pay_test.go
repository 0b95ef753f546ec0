package billing_test

import (
	"strings"
	"testing"

	"github.com/barrehq/barre/ent/invoice"
	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/fault"
)

func TestRecordPayment(t *testing.T) {
	b := newBench(t)
	made := b.issue(t, b.enroll(t, b.A.Student, offering{amount: 9500, currency: "EUR"}))
	reference := "  check 118 "
	part, err := b.RecordPayment(b.staff, billing.Receipt{InvoiceID: made.ID, Amount: 9000, Method: payment.MethodCHECK, Reference: &reference})
	must(t, err)
	if part.Amount != 9000 || part.Currency != "EUR" || part.HouseholdID != b.A.Household || part.Reference == nil || *part.Reference != "check 118" {
		t.Errorf("recorded %+v", part)
	}
	read := func() (invoice.Status, int64) {
		i, err := b.Client(b.staff).Invoice.Get(b.staff, made.ID)
		must(t, err)
		return i.Status, i.AmountPaid
	}
	if status, paid := read(); status != invoice.StatusOPEN || paid != 9000 {
		t.Errorf("after a part: %s, %d", status, paid)
	}
	wantCode(t, b.pay(made.ID, 501), fault.Invalid)
	must(t, b.pay(made.ID, 500))
	if status, paid := read(); status != invoice.StatusPAID || paid != 9500 {
		t.Errorf("after all: %s, %d", status, paid)
	}
	wantCode(t, b.pay(made.ID, 1), fault.WrongState)
	if n := b.count(t, `SELECT sum(amount) FROM payments`); n != 9500 {
		t.Errorf("%d were recorded; want 9500", n)
	}
	if n := b.count(t, `SELECT count(*) FROM events WHERE type = 'invoice.paid'`); n != 1 {
		t.Errorf("%d events say that it is paid; want 1", n)
	}
}

func TestRecordPaymentRefuses(t *testing.T) {
	b := newBench(t)
	id := b.enroll(t, b.A.Student, offering{amount: 9500})
	open, void := b.issue(t, id), b.issue(t, id)
	_, err := b.VoidInvoice(b.staff, void.ID, nil)
	must(t, err)
	wantCode(t, b.pay(void.ID, 1), fault.WrongState)
	wantCode(t, b.pay(open.ID, 0), fault.Invalid)
	wantCode(t, b.pay(open.ID, -1), fault.Invalid)
	_, err = b.RecordPayment(b.staff, billing.Receipt{InvoiceID: open.ID, Amount: 1, Method: "GOLD"})
	wantCode(t, err, fault.Invalid)
	if n := b.count(t, `SELECT count(*) FROM payments`) + b.count(t, `SELECT sum(amount_paid) FROM invoices`); n != 0 {
		t.Errorf("refusals left traces: %d", n)
	}
}

// The numbers are those that card schemes publish for tests.
func TestReferencesThatLookLikeCards(t *testing.T) {
	b := newBench(t)
	made := b.issue(t, b.enroll(t, b.A.Student, offering{amount: 9500}))
	for text, refused := range map[string]bool{
		"4111111111111111":               true,
		"4111 1111 1111 1111":            true,
		"card 4111-1111-1111-1111 09/27": true,
		"4111 1111 1111 1111 0927 123":   true,
		"12 4111111111111111":            true,
		"378282246310005":                true,
		"3782 822463 10005":              true,
		"4222222222222":                  true,
		"6304000000000000000":            true,
		"4111111111111112":               false,
		"XXXX XXXX XXXX 1111":            false,
		"check 118":                      false,
		"411111111111":                   false,
		"DE89370400440532013000":         false,
		"2026-09-15 #12":                 false,
		strings.Repeat("a", 200):         false,
		strings.Repeat("a", 201):         true,
		"\xff":                           true,
		"   ":                            false,
	} {
		_, err := b.RecordPayment(b.staff, billing.Receipt{InvoiceID: made.ID, Amount: 1, Method: payment.MethodCARD, Reference: &text})
		if (err != nil) != refused || refused && fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v; refused should be %t", text, err, refused)
		}
		if f := fault.From(err); f != nil && len(text) > 5 && strings.Contains(f.Message, text) {
			t.Errorf("the refusal repeats %q", text)
		}
	}
}
