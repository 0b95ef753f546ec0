package enrollment_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// today is when all tests happen: within the season of the kit's class.
var today = time.Date(2026, 9, 15, 15, 0, 0, 0, time.UTC)

// bench is a desk in studio A.
type bench struct {
	*testkit.Kit
	*enrollment.Desk
	staff context.Context
	super *sql.DB
}

func newBench(t testing.TB, configure ...func(*store.Config)) *bench {
	t.Helper()
	kit := testkit.New(t, configure...)
	desk := enrollment.New(kit.Store, func() time.Time { return today })
	return &bench{kit, desk, kit.A.As(t.Context(), viewer.FrontDesk), kit.Super(t)}
}

// students makes n more students of the kit's household who may join its class.
func (b *bench) students(t testing.TB, n int) []uuid.UUID {
	t.Helper()
	ids := make([]uuid.UUID, n)
	err := b.InTx(b.staff, func(ctx context.Context) error {
		for i := range ids {
			s, err := b.Client(ctx).Student.Create().SetHouseholdID(b.A.Household).SetFirstName(fmt.Sprint("Student ", i)).
				SetLastName("Okafor").SetBirthDate(day(2016, 5, 1)).Save(ctx)
			if err != nil {
				return err
			}
			ids[i] = s.ID
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// reset empties the kit's class and gives it the capacity.
func (b *bench) reset(t testing.TB, capacity int) {
	t.Helper()
	b.exec(t, `DELETE FROM enrollments WHERE class_id = $1`, b.A.Class)
	b.exec(t, `DELETE FROM waitlist_entries WHERE class_id = $1`, b.A.Class)
	b.exec(t, `UPDATE classes SET capacity = $2, open_seats = $2 WHERE id = $1`, b.A.Class, capacity)
}

func (b *bench) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := b.super.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	if err := b.super.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// active counts the seats that are taken and fails where they and the open
// ones do not make the capacity.
func (b *bench) active(t testing.TB) int {
	t.Helper()
	taken := b.count(t, `SELECT count(*) FROM enrollments WHERE class_id = $1 AND status = 'ACTIVE'`, b.A.Class)
	if counted := b.count(t, `SELECT capacity - open_seats FROM classes WHERE id = $1`, b.A.Class); counted != taken {
		t.Fatalf("the class counts %d taken seats; there are %d", counted, taken)
	}
	return taken
}

func (b *bench) waiting(t testing.TB) int {
	t.Helper()
	return b.count(t, `SELECT count(*) FROM waitlist_entries WHERE class_id = $1 AND status = 'WAITING'`, b.A.Class)
}

// enroll takes a seat that nothing stands against.
func (b *bench) enroll(t testing.TB, student uuid.UUID) *ent.Enrollment {
	t.Helper()
	e, err := b.Enroll(b.staff, student, b.A.Class)
	if err != nil {
		t.Fatalf("enroll: %v", err)
	}
	return e
}

// join joins the line.
func (b *bench) join(t testing.TB, student uuid.UUID) *ent.WaitlistEntry {
	t.Helper()
	w, err := b.JoinWaitlist(b.staff, student, b.A.Class)
	if err != nil {
		t.Fatalf("join the line: %v", err)
	}
	return w
}

// enrolled reports whether the student has a seat.
func (b *bench) enrolled(t testing.TB, student uuid.UUID) bool {
	t.Helper()
	return b.count(t, `SELECT count(*) FROM enrollments WHERE class_id = $1 AND student_id = $2 AND status = 'ACTIVE'`, b.A.Class, student) == 1
}

// setClass changes the class behind every rule's back.
func (b *bench) setClass(t testing.TB, status class.Status) {
	t.Helper()
	b.exec(t, `UPDATE classes SET status = $2 WHERE id = $1`, b.A.Class, status)
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

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
