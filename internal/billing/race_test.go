package billing_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// race runs n at once.
func race(n int, act func(i int)) {
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			act(i)
		})
	}
	close(start)
	wg.Wait()
}

// Twenty payments at once never come to more than the invoice, and whatever
// fits is taken.
func TestRaceOfPayments(t *testing.T) {
	b := newBench(t)
	id := b.enroll(t, b.A.Student, offering{amount: 1000})
	for range 20 {
		made := b.issue(t, id)
		var accepted, refused atomic.Int64
		race(20, func(int) {
			switch err := b.pay(made.ID, 150); {
			case err == nil:
				accepted.Add(1)
			case fault.CodeOf(err) == fault.Invalid:
				refused.Add(1)
			default:
				t.Errorf("pay: %v", err)
			}
		})
		sum := b.count(t, `SELECT sum(amount) FROM payments WHERE invoice_id = $1`, made.ID)
		counted := b.count(t, `SELECT amount_paid FROM invoices WHERE id = $1`, made.ID)
		if sum != 900 || counted != sum || accepted.Load() != 6 || refused.Load() != 14 {
			t.Fatalf("%d accepted, %d refused, %d paid, %d counted; want 6, 14, 900, 900", accepted.Load(), refused.Load(), sum, counted)
		}
	}
}

// A payment and a void at once: one of them happens.
func TestRaceOfPaymentAndVoid(t *testing.T) {
	b := newBench(t)
	id := b.enroll(t, b.A.Student, offering{amount: 1000})
	for range 20 {
		made := b.issue(t, id)
		var done atomic.Int64
		race(2, func(i int) {
			var err error
			if i == 0 {
				err = b.pay(made.ID, 10)
			} else {
				_, err = b.VoidInvoice(b.staff, made.ID, nil)
			}
			if err == nil {
				done.Add(1)
			} else if fault.CodeOf(err) != fault.WrongState {
				t.Errorf("act %d: %v", i, err)
			}
		})
		if done.Load() != 1 {
			t.Fatalf("%d of a payment and a void happened; want 1", done.Load())
		}
	}
}

// Thirty invoices at once in two studios, and as many that fail after they
// took a number: each studio's numbers are 1 to 30.
func TestRaceOfNumbers(t *testing.T) {
	b := newBench(t)
	mine := b.enroll(t, b.A.Student, offering{amount: 1000})
	theirs := b.enrollIn(t, b.B, b.B.Student, offering{amount: 1000})
	b.exec(t, `ALTER TABLE invoice_lines ADD CONSTRAINT never CHECK (unit_amount <> 666)`)
	broken := b.enroll(t, b.A.Student, offering{amount: 666})
	neighbor := b.B.As(t.Context(), viewer.FrontDesk)
	race(90, func(i int) {
		switch i % 3 {
		case 0:
			if _, err := b.IssueInvoice(b.staff, b.A.Household, []uuid.UUID{mine}, due); err != nil {
				t.Errorf("issue: %v", err)
			}
		case 1:
			if _, err := b.IssueInvoice(neighbor, b.B.Household, []uuid.UUID{theirs}, due); err != nil {
				t.Errorf("issue next door: %v", err)
			}
		case 2:
			if _, err := b.IssueInvoice(b.staff, b.A.Household, []uuid.UUID{broken}, due); err == nil {
				t.Error("issued what the database refuses")
			}
		}
	})
	for _, studio := range []uuid.UUID{b.A.Tenant, b.B.Tenant} {
		n := b.count(t, `SELECT count(DISTINCT number) FROM invoices WHERE tenant_id = $1 AND number BETWEEN 1 AND 30`, studio)
		if all := b.count(t, `SELECT count(*) FROM invoices WHERE tenant_id = $1`, studio); n != 30 || all != 30 {
			t.Errorf("%d invoices with %d numbers of 1 to 30; want 30", all, n)
		}
	}
}

// Whatever the prices and however it is paid: the lines add up to the total,
// the payments to what counts as paid, and nothing is paid beyond it.
func TestSums(t *testing.T) {
	b := newBench(t)
	var plans []uuid.UUID
	var enrollments []uuid.UUID
	for range 6 {
		id := b.enroll(t, b.A.Student, offering{})
		var plan uuid.UUID
		must(t, b.super.QueryRow(`SELECT tuition_plan_id FROM classes JOIN enrollments e ON e.class_id = classes.id WHERE e.id = $1`, id).Scan(&plan))
		enrollments, plans = append(enrollments, id), append(plans, plan)
	}
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, len(plans)).Draw(r, "lines")
		var want int64
		for i := range n {
			amount := rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, 1e12)).Draw(r, "amount")
			b.exec(t, `UPDATE tuition_plans SET amount = $2 WHERE id = $1`, plans[i], amount)
			want += amount
		}
		made := b.issue(t, enrollments[:n]...)
		lines := b.count(t, `SELECT sum(amount) FROM invoice_lines WHERE invoice_id = $1 AND amount = quantity * unit_amount`, made.ID)
		if made.Total != want || lines != want {
			r.Fatalf("total %d of lines %d; want %d", made.Total, lines, want)
		}
		var paid int64
		for range rapid.IntRange(0, 5).Draw(r, "payments") {
			amount := rapid.OneOf(rapid.Just(want-paid), rapid.Int64Range(-1, want+1)).Draw(r, "payment")
			fits := amount > 0 && amount <= want-paid
			if err := b.pay(made.ID, amount); (err == nil) != fits {
				r.Fatalf("pay %d of %d: %v", amount, want-paid, err)
			}
			if fits {
				paid += amount
			}
		}
		ok := b.count(t, `SELECT count(*) FROM invoices i WHERE id = $1 AND amount_paid = $2 AND (status = 'PAID') = (amount_paid = total)
			AND amount_paid = (SELECT COALESCE(sum(amount), 0) FROM payments p WHERE p.invoice_id = i.id)`, made.ID, paid)
		if ok != 1 {
			r.Fatalf("the invoice disagrees with its payments of %d", paid)
		}
	})
}
