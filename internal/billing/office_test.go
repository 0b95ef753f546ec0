package billing_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/ent/tuitionplan"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// today is when all tests happen; due is a day that suits every invoice.
var (
	today = time.Date(2026, 9, 15, 15, 0, 0, 0, time.UTC)
	due   = time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC)
)

// bench is an office in studio A.
type bench struct {
	*testkit.Kit
	*billing.Office
	staff context.Context
	super *sql.DB
}

func newBench(t testing.TB, configure ...func(*store.Config)) *bench {
	t.Helper()
	kit := testkit.New(t, configure...)
	office := billing.New(kit.Store, func() time.Time { return today })
	return &bench{kit, office, kit.A.As(t.Context(), viewer.FrontDesk), kit.Super(t)}
}

// offering is a class with a price.
type offering struct {
	name, plan, currency string
	amount               int64
	interval             tuitionplan.Interval
}

// enroll gives a student of studio A a seat in a new class of the offering.
func (b *bench) enroll(t testing.TB, student uuid.UUID, o offering) uuid.UUID {
	t.Helper()
	return b.enrollIn(t, b.A, student, o)
}

func (b *bench) enrollIn(t testing.TB, s testkit.Studio, student uuid.UUID, o offering) (id uuid.UUID) {
	t.Helper()
	must(t, b.InTx(viewer.ForTenant(t.Context(), s.Tenant, "test"), func(ctx context.Context) error {
		c := b.Client(ctx)
		plan := c.TuitionPlan.Create().SetName(or(o.plan, "Once a week")).SetAmount(o.amount).SetCurrency(or(o.currency, "USD"))
		if o.interval != "" {
			plan.SetInterval(o.interval)
		}
		p, err := plan.Save(ctx)
		if err != nil {
			return err
		}
		k, err := c.Class.Create().SetProgramID(s.Program).SetSeasonID(s.Season).SetLocationID(s.Location).SetTuitionPlanID(p.ID).
			SetName(or(o.name, "Ballet II – Tuesday")).SetWeekday(class.WeekdayTUESDAY).SetStartsAt("16:00").SetDurationMinutes(60).
			SetCapacity(10).SetOpenSeats(9).Save(ctx)
		if err != nil {
			return err
		}
		e, err := c.Enrollment.Create().SetClassID(k.ID).SetStudentID(student).SetHouseholdID(s.Household).Save(ctx)
		if err == nil {
			id = e.ID
		}
		return err
	}))
	return id
}

// sibling makes another student of the household.
func (b *bench) sibling(t testing.TB) (id uuid.UUID) {
	t.Helper()
	must(t, b.InTx(b.staff, func(ctx context.Context) error {
		s, err := b.Client(ctx).Student.Create().SetHouseholdID(b.A.Household).SetFirstName("Obi").SetLastName("Okafor").SetBirthDate(due).Save(ctx)
		if err == nil {
			id = s.ID
		}
		return err
	}))
	return id
}

// issue issues an invoice that nothing stands against.
func (b *bench) issue(t testing.TB, enrollments ...uuid.UUID) *ent.Invoice {
	t.Helper()
	i, err := b.IssueInvoice(b.staff, b.A.Household, enrollments, due)
	must(t, err)
	return i
}

// pay records a payment in cash.
func (b *bench) pay(invoice uuid.UUID, amount int64) error {
	_, err := b.RecordPayment(b.staff, billing.Receipt{InvoiceID: invoice, Amount: amount, Method: payment.MethodCASH})
	return err
}

func (b *bench) count(t testing.TB, query string, args ...any) (n int64) {
	t.Helper()
	must(t, b.super.QueryRow(query, args...).Scan(&n))
	return n
}

func (b *bench) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	_, err := b.super.Exec(query, args...)
	must(t, err)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func wantCode(t testing.TB, err error, code fault.Code) {
	t.Helper()
	if got := fault.CodeOf(err); err == nil || got != code {
		t.Errorf("error %v; want %s", err, code)
	}
}

// wantSame checks that two refusals do not differ by a byte.
func wantSame(t testing.TB, err, other error) {
	t.Helper()
	a, b := fault.From(err), fault.From(other)
	if a == nil || b == nil || a.Code != b.Code || a.Message != b.Message || fmt.Sprint(a.Field) != fmt.Sprint(b.Field) {
		t.Errorf("%v and %v differ", err, other)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
