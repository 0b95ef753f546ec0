package enrollment_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/class"
	record "github.com/barrehq/barre/ent/enrollment"
	"github.com/barrehq/barre/ent/waitlistentry"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

func TestJoinWaitlist(t *testing.T) {
	b := newBench(t)
	holder := b.students(t, 1)[0]
	_, err := b.JoinWaitlist(b.staff, b.A.Student, b.A.Class)
	wantCode(t, err, fault.WrongState) // there are seats
	b.reset(t, 1)
	b.enroll(t, holder)
	_, err = b.JoinWaitlist(b.staff, holder, b.A.Class)
	wantCode(t, err, fault.AlreadyEnrolled)
	b.exec(t, `UPDATE programs SET min_age = 11`)
	_, err = b.JoinWaitlist(b.staff, b.A.Student, b.A.Class)
	wantCode(t, err, fault.NotEligible)
	b.exec(t, `UPDATE programs SET min_age = 6`)
	entry, err := b.JoinWaitlist(b.A.As(t.Context(), viewer.Guardian), b.A.Student, b.A.Class)
	must(t, err)
	if entry.Status != waitlistentry.StatusWAITING || entry.HouseholdID != b.A.Household || !entry.JoinedAt.Equal(today) {
		t.Errorf("joined as %+v", entry)
	}
	_, err = b.JoinWaitlist(b.staff, b.A.Student, b.A.Class)
	wantCode(t, err, fault.Taken)
}

// From its first look on, joining the line holds the class: a seat that opens
// meanwhile waits and finds the student in the line.
func TestJoinWaitlistHoldsTheClass(t *testing.T) {
	var moment between
	b := newBench(t, func(c *store.Config) { c.Count = moment.count })
	b.reset(t, 0)
	var err error
	moment = between{`FROM classes c JOIN students`, func() {
		_, err = b.super.Exec(`SELECT FROM classes WHERE id = $1 FOR NO KEY UPDATE NOWAIT`, b.A.Class)
	}}
	b.join(t, b.A.Student)
	if err == nil {
		t.Error("the class was free")
	}
}

func TestDrop(t *testing.T) {
	b := newBench(t)
	b.reset(t, 1)
	first, second := b.students(t, 1)[0], b.students(t, 1)[0]
	held := b.enroll(t, b.A.Student)
	entry := b.join(t, first)
	b.join(t, second)
	stale, fresh := held.Version+1, held.Version
	guardian := b.A.As(t.Context(), viewer.Guardian)
	_, err := b.Drop(guardian, held.ID, &stale)
	wantCode(t, err, fault.VersionConflict)
	dropped, err := b.Drop(guardian, held.ID, &fresh)
	must(t, err)
	if dropped.Status != record.StatusDROPPED || dropped.DroppedAt == nil || !dropped.DroppedAt.Equal(today) || dropped.Version != fresh+1 {
		t.Errorf("dropped to %+v", dropped)
	}
	if !b.enrolled(t, first) || b.enrolled(t, second) || b.active(t) != 1 || b.waiting(t) != 1 {
		t.Error("the seat did not go to the first in the line alone")
	}
	actor := viewer.From(guardian).Actor()
	if n := b.count(t, `SELECT count(*) FROM events WHERE actor = $1 AND (type, entity_id) = ('waitlistentry.promoted', $2)`, actor, entry.ID); n != 1 {
		t.Errorf("%d events tell of the promotion; want 1", n)
	}
	_, err = b.Drop(guardian, held.ID, nil)
	wantCode(t, err, fault.WrongState)
}

func TestDropOfADeletedClass(t *testing.T) {
	b := newBench(t)
	held := b.enroll(t, b.A.Student)
	b.exec(t, `UPDATE classes SET deleted_at = now() WHERE id = $1`, b.A.Class)
	_, err := b.Drop(b.staff, held.ID, nil)
	wantCode(t, err, fault.WrongState)
	if !b.enrolled(t, b.A.Student) {
		t.Error("the refusal took the seat")
	}
}

// Whoever may not join when the seat opens keeps their place, and the log says
// why; the next one gets the seat.
func TestNobodyIsPassedOverSilently(t *testing.T) {
	b := newBench(t)
	b.reset(t, 1)
	line := b.students(t, 5)
	held := b.enroll(t, b.A.Student)
	entries := map[uuid.UUID]uuid.UUID{}
	for _, id := range line {
		entries[id] = b.join(t, id).ID
	}
	b.exec(t, `UPDATE programs SET min_level = 2`)
	b.exec(t, `UPDATE students SET level = 2 WHERE id = ANY (ARRAY[$1, $2, $3]::uuid[])`, line[1], line[3], line[4])
	b.exec(t, `UPDATE students SET deleted_at = now() WHERE id = $1`, line[1])
	b.exec(t, `UPDATE students SET birth_date = '2000-01-01' WHERE id = $1`, line[2])
	_, err := b.Drop(b.staff, held.ID, nil)
	must(t, err)
	for i, id := range line {
		if b.enrolled(t, id) != (i == 3) {
			t.Errorf("place %d: enrolled is %t", i+1, i != 3)
		}
	}
	for i, want := range []string{"LEVEL_TOO_LOW", "STUDENT_DELETED", "TOO_OLD, LEVEL_TOO_LOW"} {
		n := b.count(t, `SELECT count(*) FROM audit_entries WHERE action = $1 AND entity_id = $2 AND entity_type = 'WaitlistEntry' AND actor = $3`,
			"waitlistentry.passed_over ("+want+")", entries[line[i]], viewer.From(b.staff).Actor())
		if n != 1 {
			t.Errorf("place %d: %d entries in the log tell of %s; want 1", i+1, n, want)
		}
	}
	if n := b.count(t, `SELECT count(*) FROM audit_entries WHERE action LIKE 'waitlistentry.passed%'`); n != 3 || b.waiting(t) != 4 {
		t.Errorf("%d were passed over and %d wait; want 3 and 4", n, b.waiting(t))
	}
}

// A class that takes nobody passes nobody over.
func TestClosedClassOffersNothing(t *testing.T) {
	b := newBench(t)
	b.reset(t, 1)
	waiter := b.students(t, 1)[0]
	held := b.enroll(t, b.A.Student)
	b.join(t, waiter)
	b.setClass(t, class.StatusCLOSED)
	_, err := b.Drop(b.staff, held.ID, nil)
	must(t, err)
	if n := b.count(t, `SELECT count(*) FROM audit_entries WHERE action LIKE 'waitlistentry.passed%'`); n != 0 || b.active(t) != 0 || b.waiting(t) != 1 {
		t.Errorf("%d passed over, %d seats taken, %d waiting; want 0, 0, 1", n, b.active(t), b.waiting(t))
	}
	// Once it opens again, a stranger does not get past the line.
	b.setClass(t, class.StatusOPEN)
	_, err = b.Enroll(b.staff, b.A.Student, b.A.Class)
	wantCode(t, err, fault.ClassFull)
	if !b.enrolled(t, waiter) || b.active(t) != 1 {
		t.Error("the open seat did not go to the line")
	}
}

// Who stands in the line and asks for the open seat gets it once, in turn.
func TestEnrollFromTheLine(t *testing.T) {
	b := newBench(t)
	b.reset(t, 0)
	line := b.students(t, 3)
	for _, id := range line {
		b.join(t, id)
	}
	b.exec(t, `UPDATE classes SET capacity = 1, open_seats = 1 WHERE id = $1`, b.A.Class)
	_, err := b.Enroll(b.staff, line[1], b.A.Class) // the second in the line
	wantCode(t, err, fault.ClassFull)
	b.exec(t, `UPDATE classes SET capacity = 2, open_seats = 1 WHERE id = $1`, b.A.Class)
	made := b.enroll(t, line[1]) // the first by now
	b.exec(t, `UPDATE classes SET capacity = 4, open_seats = 2 WHERE id = $1`, b.A.Class)
	b.join0(t, b.A.Student)
	last := b.enroll(t, b.A.Student) // behind one who is served first
	if made.StudentID != line[1] || last.StudentID != b.A.Student || b.active(t) != 4 || b.waiting(t) != 0 {
		t.Errorf("%d seats taken, %d waiting; want 4 and 0", b.active(t), b.waiting(t))
	}
	if n := b.count(t, `SELECT count(*) FROM waitlist_entries WHERE status = 'ENROLLED'`); n != 4 {
		t.Errorf("%d entries became enrollments; want 4", n)
	}
}

// join0 puts a student into the line of a class that has seats.
func (b *bench) join0(t testing.TB, student uuid.UUID) {
	t.Helper()
	must(t, b.InTx(b.staff, func(ctx context.Context) error {
		return b.Client(ctx).WaitlistEntry.Create().SetClassID(b.A.Class).SetStudentID(student).SetHouseholdID(b.A.Household).
			SetJoinedAt(today.Add(time.Minute)).Exec(ctx)
	}))
}

// A line longer than one page is served to its end.
func TestLongLine(t *testing.T) {
	b := newBench(t)
	b.reset(t, 0)
	line := b.students(t, 205)
	for _, id := range line {
		b.join(t, id)
	}
	b.exec(t, `UPDATE programs SET min_level = 2`)
	b.exec(t, `UPDATE students SET level = 2 WHERE id = ANY (ARRAY[$1, $2, $3]::uuid[])`, line[50], line[200], line[204])
	changed, err := b.SetCapacity(b.staff, b.A.Class, 3, nil)
	must(t, err)
	if b.active(t) != 3 || changed.OpenSeats != 0 || !b.enrolled(t, line[204]) {
		t.Errorf("%d of 3 were found in a long line; the class shows %d open seats", b.active(t), changed.OpenSeats)
	}
}

func TestSetCapacity(t *testing.T) {
	b := newBench(t)
	others := b.students(t, 3)
	b.reset(t, 2)
	b.enroll(t, others[0])
	b.enroll(t, others[1])
	b.join(t, others[2])
	before, err := b.Client(b.staff).Class.Get(b.staff, b.A.Class)
	must(t, err)
	for capacity, want := range map[int]fault.Code{-1: fault.Invalid, 10001: fault.Invalid, 1: fault.Invalid} {
		_, err := b.SetCapacity(b.staff, b.A.Class, capacity, nil)
		wantCode(t, err, want)
	}
	stale := before.Version - 1
	_, err = b.SetCapacity(b.staff, b.A.Class, 5, &stale)
	wantCode(t, err, fault.VersionConflict)
	changed, err := b.SetCapacity(b.staff, b.A.Class, 5, &before.Version)
	must(t, err)
	if changed.Capacity != 5 || changed.OpenSeats != 2 || !b.enrolled(t, others[2]) || b.active(t) != 3 {
		t.Errorf("changed to %d seats, %d open; want 5, 2", changed.Capacity, changed.OpenSeats)
	}
	changed, err = b.SetCapacity(b.staff, b.A.Class, 3, nil)
	must(t, err)
	if changed.Capacity != 3 || changed.OpenSeats != 0 || b.active(t) != 3 {
		t.Errorf("changed to %d seats, %d open; want 3, 0", changed.Capacity, changed.OpenSeats)
	}
}

func TestCreateClass(t *testing.T) {
	b := newBench(t)
	good := enrollment.NewClass{
		ProgramID: b.A.Program, SeasonID: b.A.Season, LocationID: b.A.Location, TuitionPlanID: b.A.Plan, TeacherID: &b.A.Teacher,
		Name: " Jazz I ", Weekday: class.WeekdayMONDAY, StartsAt: "17:30", DurationMinutes: 45, Capacity: 12,
	}
	made, err := b.CreateClass(b.staff, good)
	must(t, err)
	if made.Name != "Jazz I" || made.Capacity != 12 || made.OpenSeats != 12 || made.Status != class.StatusOPEN || *made.TeacherID != b.A.Teacher {
		t.Errorf("made %+v", made)
	}
	neighbor, unknown := b.B, uuid.New()
	for name, c := range map[string]struct {
		change, again func(*enrollment.NewClass)
		code          fault.Code
	}{
		"no name":  {func(c *enrollment.NewClass) { c.Name = " " }, nil, fault.Invalid},
		"weekday":  {func(c *enrollment.NewClass) { c.Weekday = "SOMEDAY" }, nil, fault.Invalid},
		"time":     {func(c *enrollment.NewClass) { c.StartsAt = "24:00" }, nil, fault.Invalid},
		"length":   {func(c *enrollment.NewClass) { c.DurationMinutes = 4 }, nil, fault.Invalid},
		"seats":    {func(c *enrollment.NewClass) { c.Capacity = -1 }, nil, fault.Invalid},
		"program":  {func(c *enrollment.NewClass) { c.ProgramID = neighbor.Program }, func(c *enrollment.NewClass) { c.ProgramID = unknown }, fault.NotFound},
		"season":   {func(c *enrollment.NewClass) { c.SeasonID = neighbor.Season }, func(c *enrollment.NewClass) { c.SeasonID = unknown }, fault.NotFound},
		"location": {func(c *enrollment.NewClass) { c.LocationID = neighbor.Location }, func(c *enrollment.NewClass) { c.LocationID = unknown }, fault.NotFound},
		"plan":     {func(c *enrollment.NewClass) { c.TuitionPlanID = neighbor.Plan }, func(c *enrollment.NewClass) { c.TuitionPlanID = unknown }, fault.NotFound},
		"teacher":  {func(c *enrollment.NewClass) { c.TeacherID = &neighbor.Teacher }, func(c *enrollment.NewClass) { c.TeacherID = &unknown }, fault.NotFound},
	} {
		in := good
		c.change(&in)
		_, err := b.CreateClass(b.staff, in)
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v; want %s", name, err, c.code)
		}
		if c.again != nil {
			c.again(&in)
			_, missing := b.CreateClass(b.staff, in)
			wantSame(t, err, missing)
		}
	}
	alone := good
	alone.TeacherID = nil
	if _, err := b.CreateClass(b.staff, alone); err != nil {
		t.Errorf("without a teacher: %v", err)
	}
}

// Of two drops of one enrollment the slower one learns that it was dropped.
func TestDropLooksAgain(t *testing.T) {
	var moment between
	b := newBench(t, func(c *store.Config) { c.Count = moment.count })
	held := b.enroll(t, b.A.Student)
	moment = between{`UPDATE "classes"`, func() {
		_, err := b.Drop(b.staff, held.ID, nil)
		must(t, err)
	}}
	_, late := b.Drop(b.staff, held.ID, nil)
	_, later := b.Drop(b.staff, held.ID, nil)
	wantCode(t, late, fault.WrongState)
	wantSame(t, late, later)
}

// Nobody is passed over for themselves.
func TestEnrollOfTheOnlyOneInLine(t *testing.T) {
	b := newBench(t)
	b.reset(t, 0)
	b.join(t, b.A.Student)
	b.exec(t, `UPDATE classes SET capacity = 1, open_seats = 1 WHERE id = $1`, b.A.Class)
	b.exec(t, `UPDATE programs SET min_level = 2`)
	_, err := b.Enroll(b.staff, b.A.Student, b.A.Class)
	wantCode(t, err, fault.NotEligible)
	if n := b.count(t, `SELECT count(*) FROM audit_entries WHERE action LIKE 'waitlistentry.passed%'`); n != 0 {
		t.Errorf("%d entries say that the student was passed over", n)
	}
	b.exec(t, `UPDATE programs SET min_level = 1`)
	b.enroll(t, b.A.Student)
	if b.waiting(t) != 0 || b.active(t) != 1 {
		t.Errorf("%d wait, %d seats are taken; want 0 and 1", b.waiting(t), b.active(t))
	}
}
