package enrollment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/auditentry"
	"github.com/barrehq/barre/ent/waitlistentry"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/viewer"
)

// JoinWaitlist puts a student into the line for a class that is full and that
// the student could otherwise join. It is for those who may make entries of
// the student's household.
func (d *Desk) JoinWaitlist(ctx context.Context, studentID, classID uuid.UUID) (*ent.WaitlistEntry, error) {
	create := d.client(ctx).WaitlistEntry.Create()
	if v := viewer.From(ctx); v != nil {
		create.SetHouseholdID(v.HouseholdID)
	}
	if err := waitlistentry.Policy.EvalMutation(ctx, create.Mutation()); err != nil {
		return nil, err
	}
	var joined *ent.WaitlistEntry
	err := d.store.InTx(ctx, func(ctx context.Context) (err error) {
		joined, err = d.join(ctx, request{studentID, classID})
		return err
	})
	if err != nil {
		return nil, err
	}
	return joined, nil
}

// join holds the class while it looks, so that a seat which opens meanwhile
// finds the student in the line.
func (d *Desk) join(ctx context.Context, r request) (*ent.WaitlistEntry, error) {
	if _, err := d.lock(ctx, viewer.From(ctx).TenantID, r.class); err != nil {
		return nil, err
	}
	f, err := d.read(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := waitable(f); err != nil {
		return nil, err
	}
	entry, err := d.client(ctx).WaitlistEntry.Create().SetClassID(r.class).SetStudentID(f.student).
		SetHouseholdID(f.household).SetJoinedAt(d.moment()).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("enrollment: join the line: %w", err)
	}
	return entry, nil
}

// waitable refuses whoever has nothing to wait for.
func waitable(f *file) error {
	reasons := slices.DeleteFunc(Judge(f.Facts), func(r Reason) bool { return r.Code == ClassFull })
	if err := refuse(reasons); err != nil {
		return err
	}
	if f.OpenSeats > 0 {
		return fault.User(fault.WrongState, path("classId"), "The class has open seats; enroll the student instead.")
	}
	if f.entry != nil {
		return fault.User(fault.Taken, path("studentId"), "The student already waits for this class.")
	}
	return nil
}

// serve offers the open seats of a class to its line, in a transaction.
func (d *Desk) serve(ctx context.Context, class uuid.UUID) (made []*ent.Enrollment, err error) {
	err = d.store.InTx(ctx, func(ctx context.Context) error {
		row, err := d.lock(ctx, viewer.From(ctx).TenantID, class)
		if err != nil || row == nil {
			return err
		}
		made, err = d.offer(ctx, class, row.openSeats)
		return err
	})
	return made, err
}

// offer gives open seats to those who wait, first come first served. Whoever
// may not join when it is their turn keeps their place, and the audit log
// keeps why. The class must be locked.
func (d *Desk) offer(ctx context.Context, class uuid.UUID, open int) (made []*ent.Enrollment, err error) {
	ctx = viewer.Elevated(ctx, "offer a seat to the line")
	var last *file
	for open > 0 {
		waiting, err := d.line(ctx, class, last)
		if err != nil || len(waiting) == 0 {
			return made, err
		}
		seated, done, err := d.offerTo(ctx, class, waiting, open)
		made, open = append(made, seated...), open-len(seated)
		if err != nil || done {
			return made, err
		}
		last = waiting[len(waiting)-1]
	}
	return made, nil
}

// offerTo offers seats to some of the line; done means that the class takes
// nobody at all.
func (d *Desk) offerTo(ctx context.Context, class uuid.UUID, waiting []*file, open int) (made []*ent.Enrollment, done bool, err error) {
	var passed []*ent.AuditEntryCreate
	for _, f := range waiting {
		if len(made) == open {
			break
		}
		f.OpenSeats = open - len(made)
		reasons := Judge(f.Facts)
		if has(reasons, ClassNotOpen) || has(reasons, SeasonOver) {
			return made, true, nil
		}
		if f.gone || len(reasons) > 0 {
			passed = append(passed, d.passOver(ctx, f, reasons))
			continue
		}
		e, err := d.promote(ctx, class, f)
		if err != nil {
			return made, false, err
		}
		made = append(made, e)
	}
	if len(passed) > 0 {
		if err := d.client(ctx).AuditEntry.CreateBulk(passed...).Exec(ctx); err != nil {
			return made, false, fmt.Errorf("enrollment: record who was passed over: %w", err)
		}
	}
	return made, false, nil
}

// promote takes a seat for the one whose turn it is.
func (d *Desk) promote(ctx context.Context, class uuid.UUID, f *file) (*ent.Enrollment, error) {
	taken, err := d.takeSeat(ctx, class)
	if err != nil {
		return nil, err
	}
	if taken == nil {
		return nil, fmt.Errorf("enrollment: class %s lost an open seat under its lock", class)
	}
	return d.seat(ctx, class, f)
}

// passOver is the record of somebody whose turn it was and who may not join.
func (d *Desk) passOver(ctx context.Context, f *file, reasons []Reason) *ent.AuditEntryCreate {
	codes := make([]string, 0, len(reasons)+1)
	if f.gone {
		codes = append(codes, "STUDENT_DELETED")
	}
	for _, r := range reasons {
		codes = append(codes, string(r.Code))
	}
	return d.client(ctx).AuditEntry.Create().SetCategory(auditentry.CategoryCONTENT).
		SetAction("waitlistentry.passed_over (" + strings.Join(codes, ", ") + ")").
		SetActor(viewer.From(ctx).Actor()).SetEntityType("WaitlistEntry").SetEntityID(*f.entry).
		SetRequestID(outbox.Request(ctx)).SetOccurredAt(d.moment())
}
