package enrollment

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/internal/customfield"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// NewClass is what a class is made of.
type NewClass struct {
	ProgramID, SeasonID, LocationID, TuitionPlanID uuid.UUID
	TeacherID                                      *uuid.UUID
	Name                                           string
	Weekday                                        class.Weekday
	StartsAt                                       string // local time, as 16:00
	DurationMinutes                                int    // 5 to 600
	Capacity                                       int    // 0 to 10000
	CustomFields                                   any    // values by keys; nil for none
}

// CreateClass makes a class with all seats open, for those who may make classes.
func (d *Desk) CreateClass(ctx context.Context, in NewClass) (*ent.Class, error) {
	create := d.client(ctx).Class.Create()
	if err := class.Policy.EvalMutation(ctx, create.Mutation()); err != nil {
		return nil, err
	}
	in.Name = strings.TrimSpace(in.Name)
	if err := in.check(); err != nil {
		return nil, err
	}
	var made *ent.Class
	err := d.store.InTx(ctx, func(ctx context.Context) error {
		if err := d.checkParts(ctx, in); err != nil {
			return err
		}
		defined, err := customfield.Load(ctx, d.client(ctx), "Class")
		if err != nil {
			return err
		}
		values, err := defined.Merge(nil, in.CustomFields, viewer.From(ctx).Role, true)
		if err != nil {
			return err
		}
		made, err = d.client(ctx).Class.Create().SetProgramID(in.ProgramID).SetSeasonID(in.SeasonID).SetLocationID(in.LocationID).
			SetTuitionPlanID(in.TuitionPlanID).SetNillableTeacherID(in.TeacherID).SetName(in.Name).SetWeekday(in.Weekday).
			SetStartsAt(in.StartsAt).SetDurationMinutes(in.DurationMinutes).SetCapacity(in.Capacity).SetOpenSeats(in.Capacity).
			SetCustomFields(values).Save(ctx)
		if err != nil {
			return fmt.Errorf("enrollment: create class: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// check refuses values that no class can have.
func (in NewClass) check() error {
	for _, c := range []struct {
		field   string
		err     error
		message string
	}{
		{"name", class.NameValidator(in.Name), "A class has a name of 1 to 200 bytes."},
		{"weekday", class.WeekdayValidator(in.Weekday), "There is no such day of the week."},
		{"startsAt", class.StartsAtValidator(in.StartsAt), "A class begins at a local time such as 16:00."},
		{"durationMinutes", class.DurationMinutesValidator(in.DurationMinutes), "A meeting lasts 5 to 600 minutes."},
		{"capacity", class.CapacityValidator(in.Capacity), seatsRange},
	} {
		if c.err != nil {
			return fault.User(fault.Invalid, path(c.field), "%s", c.message)
		}
	}
	return nil
}

const seatsRange = "A class has 0 to 10000 seats."

// checkParts refuses what the class would refer to and the studio does not
// have; what lies in the recycle bin counts as gone.
func (d *Desk) checkParts(ctx context.Context, in NewClass) error {
	const query = `SELECT
		EXISTS (SELECT FROM programs WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL),
		EXISTS (SELECT FROM seasons WHERE tenant_id = $1 AND id = $3 AND deleted_at IS NULL),
		EXISTS (SELECT FROM locations WHERE tenant_id = $1 AND id = $4 AND deleted_at IS NULL),
		EXISTS (SELECT FROM tuition_plans WHERE tenant_id = $1 AND id = $5 AND deleted_at IS NULL),
		$6::uuid IS NULL OR EXISTS (SELECT FROM staff WHERE tenant_id = $1 AND id = $6 AND deleted_at IS NULL)`
	var program, season, location, plan, teacher bool
	args := []any{viewer.From(ctx).TenantID, in.ProgramID, in.SeasonID, in.LocationID, in.TuitionPlanID, in.TeacherID}
	if _, err := d.one(ctx, query, args, &program, &season, &location, &plan, &teacher); err != nil {
		return err
	}
	for _, c := range []struct {
		exists      bool
		field, noun string
	}{
		{program, "programId", "program"}, {season, "seasonId", "season"}, {location, "locationId", "location"},
		{plan, "tuitionPlanId", "tuition plan"}, {teacher, "teacherId", "teacher"},
	} {
		if !c.exists {
			return missing(c.field, c.noun)
		}
	}
	return nil
}

// SetCapacity changes the number of seats of a class, for those who may change
// classes. Seats that open up are offered to the line in the same moment.
func (d *Desk) SetCapacity(ctx context.Context, id uuid.UUID, capacity int, ifVersion *int) (*ent.Class, error) {
	update := d.client(ctx).Class.UpdateOneID(id)
	if err := class.Policy.EvalMutation(ctx, update.Mutation()); err != nil {
		return nil, err
	}
	if class.CapacityValidator(capacity) != nil {
		return nil, fault.User(fault.Invalid, path("capacity"), seatsRange)
	}
	var changed *ent.Class
	err := d.store.InTx(ctx, func(ctx context.Context) error {
		// How it stands is for those whose role reaches it.
		if there, err := d.client(ctx).Class.Query().Where(class.ID(id)).Exist(ctx); err != nil || !there {
			return cmp.Or(err, missing("id", "class"))
		}
		open, err := d.openSeats(ctx, id, capacity, ifVersion)
		if err != nil {
			return err
		}
		changed, err = d.client(ctx).Class.UpdateOneID(id).SetCapacity(capacity).SetOpenSeats(open).Save(ctx)
		if ent.IsNotFound(err) { // it is where the caller's role does not reach
			return missing("id", "class")
		}
		if err != nil {
			return fmt.Errorf("enrollment: set the capacity: %w", err)
		}
		made, err := d.offer(ctx, id, open)
		if err != nil || len(made) == 0 {
			return err
		}
		changed, err = d.client(ctx).Class.Get(ctx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// openSeats locks a class and returns how many seats are open with a new
// capacity.
func (d *Desk) openSeats(ctx context.Context, id uuid.UUID, capacity int, ifVersion *int) (int, error) {
	row, err := d.lock(ctx, viewer.From(ctx).TenantID, id)
	if err != nil {
		return 0, err
	}
	if row == nil {
		return 0, missing("id", "class")
	}
	if err := conflict(ifVersion, row.version); err != nil {
		return 0, err
	}
	taken := row.capacity - row.openSeats
	if capacity < taken {
		return 0, fault.User(fault.Invalid, path("capacity"), "%d seats are taken; the class cannot have fewer.", taken)
	}
	return capacity - taken, nil
}
