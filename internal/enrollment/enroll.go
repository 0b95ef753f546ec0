package enrollment

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	record "github.com/barrehq/barre/ent/enrollment"
	"github.com/barrehq/barre/ent/student"
	"github.com/barrehq/barre/ent/waitlistentry"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Eligibility returns everything that stands against a student's joining a
// class. It is for those who may read both; NOT_FOUND for everybody else.
func (d *Desk) Eligibility(ctx context.Context, studentID, classID uuid.UUID) ([]Reason, error) {
	client := d.client(ctx)
	if err := student.Policy.EvalQuery(ctx, client.Student.Query()); err != nil {
		return nil, err
	}
	if err := class.Policy.EvalQuery(ctx, client.Class.Query()); err != nil {
		return nil, err
	}
	f, err := d.read(ctx, request{studentID, classID})
	if err != nil {
		return nil, err
	}
	return Judge(f.Facts), nil
}

// errLine says that seats are open while others wait, who may come first.
var errLine = errors.New("enrollment: the line comes first")

// Enroll takes a seat for a student, for those who may make enrollments of the
// student's household. Seats that are open while others wait are offered to
// the line first.
func (d *Desk) Enroll(ctx context.Context, studentID, classID uuid.UUID) (*ent.Enrollment, error) {
	r := request{studentID, classID}
	if err := d.permitEnroll(ctx); err != nil {
		return nil, err
	}
	made, err := d.enroll(ctx, r, true)
	if !errors.Is(err, errLine) {
		return made, err
	}
	// What the line took stays taken, whatever becomes of the request.
	served, err := d.serve(ctx, classID)
	if err != nil {
		return nil, err
	}
	for _, e := range served {
		if e.StudentID == studentID {
			return e, nil
		}
	}
	return d.enroll(ctx, r, false)
}

// permitEnroll refuses who may enroll nobody, before anything is read.
func (d *Desk) permitEnroll(ctx context.Context) error {
	create := d.client(ctx).Enrollment.Create()
	if v := viewer.From(ctx); v != nil {
		create.SetHouseholdID(v.HouseholdID)
	}
	return record.Policy.EvalMutation(ctx, create.Mutation())
}

// enroll takes a seat in one transaction. It looks at the class without a lock,
// so that nobody waits to hear that it is full, and again where somebody was
// faster at the lock.
func (d *Desk) enroll(ctx context.Context, r request, behindLine bool) (made *ent.Enrollment, err error) {
	err = d.store.InTx(ctx, func(ctx context.Context) error {
		f, err := d.read(ctx, r)
		if err != nil {
			return err
		}
		if behindLine && f.others && f.OpenSeats > 0 {
			return errLine
		}
		if err := refuse(Judge(f.Facts)); err != nil {
			return err
		}
		taken, err := d.takeSeat(ctx, r.class)
		if err != nil {
			return err
		}
		if taken == nil || taken.Version != f.version+1 {
			if f, err = d.reconsider(ctx, r, taken != nil); err != nil {
				return err
			}
		}
		made, err = d.seat(store.Hold(ctx), r.class, f)
		return err
	})
	if store.Breaks(err, oneLive) {
		return nil, refuse([]Reason{{Code: AlreadyEnrolled}})
	}
	if err != nil {
		return nil, err
	}
	return made, nil
}

// reconsider judges again after another has changed the class meanwhile. A
// seat that was taken already counts as open.
func (d *Desk) reconsider(ctx context.Context, r request, taken bool) (*file, error) {
	f, err := d.read(ctx, r)
	if err != nil {
		return nil, err
	}
	if taken {
		f.OpenSeats++
	} else {
		f.OpenSeats = 0 // the seat was gone when it was asked for
	}
	return f, refuse(Judge(f.Facts))
}

// takeSeat is the only way to a seat: the database lowers the count where it
// is above zero and the class is open. It returns nil where there is none.
func (d *Desk) takeSeat(ctx context.Context, id uuid.UUID) (*ent.Class, error) {
	ctx = viewer.Elevated(ctx, "take a seat")
	taken, err := d.client(ctx).Class.UpdateOneID(id).AddOpenSeats(-1).
		Where(class.OpenSeatsGT(0), class.StatusEQ(class.StatusOPEN)).Save(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("enrollment: take a seat: %w", err)
	}
	return taken, nil
}

// giveSeat returns a seat and holds the row of the class. It returns nil where
// the class is gone.
func (d *Desk) giveSeat(ctx context.Context, id uuid.UUID) (*ent.Class, error) {
	ctx = viewer.Elevated(ctx, "give a seat back")
	given, err := d.client(ctx).Class.UpdateOneID(id).AddOpenSeats(1).
		Where(func(s *sql.Selector) { s.Where(sql.ColumnsLT(s.C(class.FieldOpenSeats), s.C(class.FieldCapacity))) }).Save(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("enrollment: give a seat back: %w", err)
	}
	return given, nil
}

// oneLive is the index that lets a student have one seat in a class.
const oneLive = "enrollments_one_live"

// seat writes down whose the seat is that was just taken, as the viewer of
// ctx, and takes the student out of the line.
func (d *Desk) seat(ctx context.Context, classID uuid.UUID, f *file) (*ent.Enrollment, error) {
	made, err := d.client(ctx).Enrollment.Create().SetClassID(classID).SetStudentID(f.student).
		SetHouseholdID(f.household).SetEnrolledAt(d.moment()).Save(ctx)
	if store.Breaks(err, oneLive) {
		return nil, refuse([]Reason{{Code: AlreadyEnrolled}})
	}
	if err != nil {
		return nil, fmt.Errorf("enrollment: %w", err)
	}
	if f.entry == nil {
		return made, nil
	}
	ctx = viewer.Elevated(ctx, "leave the line for a seat")
	err = d.client(ctx).WaitlistEntry.UpdateOneID(*f.entry).SetStatus(waitlistentry.StatusENROLLED).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("enrollment: leave the line: %w", err)
	}
	return made, nil
}
