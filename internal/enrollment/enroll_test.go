package enrollment_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/class"
	record "github.com/barrehq/barre/ent/enrollment"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

func TestEnroll(t *testing.T) {
	var statements atomic.Int64
	b := newBench(t, func(c *store.Config) { c.Count = func(string) { statements.Add(1) } })
	guardian := b.A.As(t.Context(), viewer.Guardian)
	statements.Store(0)
	made, err := b.Enroll(guardian, b.A.Student, b.A.Class)
	must(t, err)
	// Facts, seat, enrollment, record; BEGIN and COMMIT go uncounted.
	if n := statements.Load(); n != 4 {
		t.Errorf("%d statements; want 4", n)
	}
	if made.Status != record.StatusACTIVE || made.HouseholdID != b.A.Household || made.StudentID != b.A.Student || !made.EnrolledAt.Equal(today) {
		t.Errorf("enrolled %+v", made)
	}
	if got := b.active(t); got != 1 {
		t.Errorf("%d seats are taken; want 1", got)
	}
	actor := viewer.From(guardian).Actor()
	if n := b.count(t, `SELECT count(*) FROM events WHERE actor = $1 AND type IN ('enrollment.created', 'class.updated')`, actor); n != 2 {
		t.Errorf("%d events name the guardian; want the enrollment's and the class's", n)
	}
	_, err = b.Enroll(guardian, b.A.Student, b.A.Class)
	wantCode(t, err, fault.AlreadyEnrolled)
}

// The question and the act give the same answer, whatever it is.
func TestEligibilityIsWhatEnrollSays(t *testing.T) {
	b := newBench(t)
	for name, c := range map[string]struct {
		change string
		codes  []enrollment.Code
		fault  fault.Code
	}{
		"young":           {`UPDATE programs SET min_age = 11`, []enrollment.Code{enrollment.TooYoung}, fault.NotEligible},
		"old":             {`UPDATE programs SET max_age = 9`, []enrollment.Code{enrollment.TooOld}, fault.NotEligible},
		"level":           {`UPDATE programs SET min_level = 2`, []enrollment.Code{enrollment.LevelTooLow}, fault.NotEligible},
		"draft":           {`UPDATE classes SET status = 'DRAFT'`, []enrollment.Code{enrollment.ClassNotOpen}, fault.NotEligible},
		"closed":          {`UPDATE classes SET status = 'CLOSED'`, []enrollment.Code{enrollment.ClassNotOpen}, fault.NotEligible},
		"full":            {`UPDATE classes SET open_seats = 0`, []enrollment.Code{enrollment.ClassFull}, fault.ClassFull},
		"over":            {`UPDATE seasons SET ends_on = '2026-09-14'`, []enrollment.Code{enrollment.SeasonOver}, fault.NotEligible},
		"full and closed": {`UPDATE classes SET open_seats = 0, status = 'CLOSED'`, []enrollment.Code{enrollment.ClassNotOpen, enrollment.ClassFull}, fault.NotEligible},
	} {
		b.exec(t, `UPDATE programs SET min_age = 6, max_age = 14, min_level = 1`)
		b.exec(t, `UPDATE classes SET status = 'OPEN', open_seats = capacity`)
		b.exec(t, `UPDATE seasons SET ends_on = '2026-09-15'`)
		reasons, err := b.Eligibility(b.staff, b.A.Student, b.A.Class)
		if err != nil || len(reasons) > 0 {
			t.Fatalf("%s: %v, %v before anything stands against it", name, reasons, err)
		}
		b.exec(t, c.change)
		reasons, err = b.Eligibility(b.staff, b.A.Student, b.A.Class)
		must(t, err)
		_, refusal := b.Enroll(b.staff, b.A.Student, b.A.Class)
		wantCode(t, refusal, c.fault)
		if got := codes(reasons); len(got) != len(c.codes) {
			t.Errorf("%s: %v; want %v", name, got, c.codes)
		}
		for i, r := range reasons {
			if r.Code != c.codes[i] || !strings.Contains(refusal.Error(), r.Message) {
				t.Errorf("%s: %v; want %v, told by %v", name, codes(reasons), c.codes, refusal)
			}
		}
	}
}

// A season ends with the day of the place where the class meets.
func TestSeasonEndsWhereTheClassMeets(t *testing.T) {
	b := newBench(t)
	b.exec(t, `UPDATE seasons SET ends_on = '2026-09-15'`)
	for zone, hours := range map[string]int{"UTC": 24, "America/New_York": 28, "Asia/Tokyo": 15, "Nowhere/At_All": 24} {
		b.exec(t, `UPDATE locations SET time_zone = $1`, zone)
		end := day(2026, 9, 15).Add(time.Duration(hours) * time.Hour)
		for at, want := range map[time.Time]int{end.Add(-time.Second): 0, end: 1} {
			desk := enrollment.New(b.Store, func() time.Time { return at })
			if reasons, err := desk.Eligibility(b.staff, b.A.Student, b.A.Class); err != nil || len(reasons) != want {
				t.Errorf("%s at %s: %v, %v; want %d reasons", zone, at, reasons, err, want)
			}
		}
	}
}

// What the recycle bin holds answers like what never was.
func TestEnrollFindsNothingDeleted(t *testing.T) {
	b := newBench(t)
	for table, id := range map[string]uuid.UUID{"students": b.A.Student, "classes": b.A.Class} {
		b.exec(t, `UPDATE `+table+` SET deleted_at = now() WHERE id = $1`, id)
		_, deleted := b.Enroll(b.staff, b.A.Student, b.A.Class)
		student, offered := b.A.Student, b.A.Class
		if table == "students" {
			student = uuid.New()
		} else {
			offered = uuid.New()
		}
		_, missing := b.Enroll(b.staff, student, offered)
		wantCode(t, missing, fault.NotFound)
		wantSame(t, deleted, missing)
		b.exec(t, `UPDATE `+table+` SET deleted_at = NULL WHERE id = $1`, id)
	}
}

// between runs act once, just before the first statement that holds the given
// text. It must not be set while others use the store.
type between struct {
	text string
	act  func()
}

func (m *between) count(text string) {
	if m.act != nil && strings.Contains(text, m.text) {
		act := m.act
		m.act = nil
		act()
	}
}

// Whatever happens between the look at a class and the hand on its seat, the
// answer is the one of the later moment.
func TestEnrollLooksAgain(t *testing.T) {
	var moment between
	b := newBench(t, func(c *store.Config) { c.Count = moment.count })
	const seat, row = `UPDATE "classes"`, `INSERT INTO "enrollments"`
	insert := func() {
		b.exec(t, `INSERT INTO enrollments (id, created_at, updated_at, tenant_id, class_id, student_id, household_id, enrolled_at)
			VALUES (gen_random_uuid(), now(), now(), $1, $2, $3, $4, now())`, b.A.Tenant, b.A.Class, b.A.Student, b.A.Household)
	}
	for name, c := range map[string]struct {
		before string
		act    func()
		want   fault.Code
	}{
		"the last seat goes":   {seat, func() { b.exec(t, `UPDATE classes SET open_seats = 0, capacity = 0`) }, fault.ClassFull},
		"the class closes":     {seat, func() { b.setClass(t, class.StatusCLOSED) }, fault.NotEligible},
		"the class is deleted": {seat, func() { b.exec(t, `UPDATE classes SET deleted_at = now()`) }, fault.NotFound},
		"the student is demoted": {seat, func() {
			b.exec(t, `UPDATE programs SET min_level = 5`)
			b.exec(t, `UPDATE classes SET version = version + 1`)
		}, fault.NotEligible},
		"the student gets the seat": {row, insert, fault.AlreadyEnrolled},
	} {
		b.reset(t, seats)
		b.exec(t, `UPDATE classes SET status = 'OPEN', deleted_at = NULL`)
		b.exec(t, `UPDATE programs SET min_level = 1`)
		moment = between{c.before, c.act}
		_, err := b.Enroll(b.staff, b.A.Student, b.A.Class)
		if moment.act != nil || fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
		if n := b.count(t, `SELECT capacity - open_seats FROM classes WHERE id = $1`, b.A.Class); n != 0 {
			t.Errorf("%s: %d seats were lost", name, n)
		}
	}
}

// The last seat goes to whoever takes it, also where another was faster at the
// one before.
func TestEnrollTakesTheLastSeat(t *testing.T) {
	var moment between
	b := newBench(t, func(c *store.Config) { c.Count = moment.count })
	other := b.students(t, 1)[0]
	b.reset(t, 2)
	moment = between{`UPDATE "classes"`, func() { b.enroll(t, other) }}
	b.enroll(t, b.A.Student)
	if got := b.active(t); got != 2 {
		t.Errorf("%d seats are taken; want 2", got)
	}
}
