package billing_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/invoice"
	"github.com/barrehq/barre/ent/invoiceline"
	"github.com/barrehq/barre/ent/tuitionplan"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
)

func TestIssueInvoice(t *testing.T) {
	b := newBench(t)
	weekly := b.enroll(t, b.A.Student, offering{amount: 9500})
	season := b.enroll(t, b.A.Student, offering{name: "Jazz I", plan: "All year", amount: 30000, interval: tuitionplan.IntervalSEASON})
	made := b.issue(t, season, weekly)
	if made.Number != 1 || made.Total != 39500 || made.AmountPaid != 0 || made.Currency != "USD" || made.Status != invoice.StatusOPEN ||
		made.HouseholdID != b.A.Household || !made.DueOn.Equal(due) || !made.IssuedAt.Equal(today) {
		t.Errorf("issued %+v", made)
	}
	if made.StudentID == nil || *made.StudentID != b.A.Student {
		t.Errorf("the invoice is for student %v; want %v", made.StudentID, b.A.Student)
	}
	lines, err := b.Client(b.staff).InvoiceLine.Query().Where(invoiceline.InvoiceID(made.ID)).Order(invoiceline.ByID()).All(b.staff)
	must(t, err)
	want := []string{"Jazz I, All year, tuition for Year", "Ballet II – Tuesday, Once a week, tuition for September 2026"}
	if len(lines) != len(want) {
		t.Fatalf("%d lines; want %d", len(lines), len(want))
	}
	for i, line := range lines {
		if line.Description != want[i] || line.Amount != line.UnitAmount*int64(line.Quantity) || line.HouseholdID != b.A.Household {
			t.Errorf("line %d is %+v; want %q", i, line, want[i])
		}
	}
	both := b.issue(t, weekly, b.enroll(t, b.sibling(t), offering{amount: 100}))
	if both.StudentID != nil || both.Number != 2 {
		t.Errorf("an invoice for two students has number %d and names %v", both.Number, both.StudentID)
	}
}

func TestIssueInvoiceOverNothingIsPaid(t *testing.T) {
	b := newBench(t)
	if made := b.issue(t, b.enroll(t, b.A.Student, offering{})); made.Status != invoice.StatusPAID || made.Total != 0 {
		t.Errorf("issued %+v; want it paid", made)
	}
}

func TestIssueInvoiceDescribesWithinBounds(t *testing.T) {
	b := newBench(t)
	long := strings.Repeat("é", 100)
	made := b.issue(t, b.enroll(t, b.A.Student, offering{name: long, plan: long, interval: tuitionplan.IntervalSEASON}))
	line, err := b.Client(b.staff).InvoiceLine.Query().Where(invoiceline.InvoiceID(made.ID)).Only(b.staff)
	must(t, err)
	name := strings.Repeat("é", 58) + "…"
	if want := name + ", " + name + ", tuition for Year"; line.Description != want {
		t.Errorf("described as %q; want %q", line.Description, want)
	}
}

func TestIssueInvoiceRefuses(t *testing.T) {
	b := newBench(t)
	good := b.enroll(t, b.A.Student, offering{amount: 9500})
	euros := b.enroll(t, b.A.Student, offering{amount: 9500, currency: "EUR"})
	dropped := b.enroll(t, b.A.Student, offering{amount: 9500})
	b.exec(t, `UPDATE enrollments SET status = 'DROPPED' WHERE id = $1`, dropped)
	many := make([]uuid.UUID, 51)
	for i := range many {
		many[i] = uuid.New()
	}
	for name, c := range map[string]struct {
		ids   []uuid.UUID
		due   time.Time
		code  fault.Code
		field string
	}{
		"none":           {nil, due, fault.Required, "enrollmentIds"},
		"too many":       {many, due, fault.Invalid, "enrollmentIds"},
		"twice":          {[]uuid.UUID{good, euros, good}, due, fault.Invalid, "enrollmentIds"},
		"two days ago":   {[]uuid.UUID{good}, today.AddDate(0, 0, -2), fault.Invalid, "dueOn"},
		"not active":     {[]uuid.UUID{good, dropped}, due, fault.WrongState, "enrollmentIds"},
		"two currencies": {[]uuid.UUID{good, euros}, due, fault.Invalid, "enrollmentIds"},
		"missing":        {[]uuid.UUID{good, uuid.New()}, due, fault.NotFound, "enrollmentIds"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.IssueInvoice(b.staff, b.A.Household, c.ids, c.due)
			wantCode(t, err, c.code)
			if f := fault.From(err); f == nil || !slices.Equal(f.Field, []string{"input", c.field}) {
				t.Errorf("%v does not point to %s", err, c.field)
			}
		})
	}
	if n := b.count(t, `SELECT count(*) FROM invoices`) + b.count(t, `SELECT count(*) FROM tenant_counters WHERE kind = 'INVOICE'`); n != 0 {
		t.Errorf("refusals left %d rows", n)
	}
	if _, err := b.IssueInvoice(b.staff, b.A.Household, []uuid.UUID{good}, today.AddDate(0, 0, -1)); err != nil {
		t.Errorf("due yesterday: %v", err)
	}
}

func TestVoidInvoice(t *testing.T) {
	b := newBench(t)
	id := b.enroll(t, b.A.Student, offering{amount: 9500})
	open, part, paid := b.issue(t, id), b.issue(t, id), b.issue(t, id)
	must(t, b.pay(part.ID, 1))
	must(t, b.pay(paid.ID, 9500))
	stale, fresh := open.Version+1, open.Version
	_, err := b.VoidInvoice(b.staff, open.ID, &stale)
	wantCode(t, err, fault.VersionConflict)
	voided, err := b.VoidInvoice(b.staff, open.ID, &fresh)
	must(t, err)
	if voided.Status != invoice.StatusVOID || voided.Version != fresh+1 {
		t.Errorf("voided to %+v", voided)
	}
	for name, i := range map[string]uuid.UUID{"void": open.ID, "paid in part": part.ID, "paid": paid.ID} {
		if _, err := b.VoidInvoice(b.staff, i, nil); fault.CodeOf(err) != fault.WrongState {
			t.Errorf("%s: %v; want %s", name, err, fault.WrongState)
		}
	}
	if next := b.issue(t, id); next.Number != 4 {
		t.Errorf("the next number is %d; a void invoice keeps its own", next.Number)
	}
}

// An enrollment that is being charged cannot be dropped meanwhile.
func TestIssueInvoiceHoldsWhatItCharges(t *testing.T) {
	var act func()
	b := newBench(t, func(c *store.Config) {
		c.Count = func(text string) {
			if act != nil && strings.Contains(text, "INSERT INTO tenant_counters") {
				act()
			}
		}
	})
	id := b.enroll(t, b.A.Student, offering{amount: 9500})
	held := false
	act = func() {
		_, err := b.super.Exec(`SELECT FROM enrollments WHERE id = $1 FOR NO KEY UPDATE NOWAIT`, id)
		held = err != nil
	}
	b.issue(t, id)
	if !held {
		t.Error("the enrollment was free")
	}
}
