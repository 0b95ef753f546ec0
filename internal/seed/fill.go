package seed

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/customfield"
	"github.com/barrehq/barre/ent/household"
	"github.com/barrehq/barre/ent/tuitionplan"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/viewer"
)

// filling is one studio on its way.
type filling struct {
	Verbs
	studio    Studio
	year      int
	season    uuid.UUID
	locations []uuid.UUID
	teachers  []uuid.UUID
	plans     []uuid.UUID
	programs  []uuid.UUID
	families  []uuid.UUID
	pupils    []*pupil
}

// pupil is a student with what decides where he or she may enroll.
type pupil struct {
	id, household uuid.UUID
	family, age   int
	seats         []uuid.UUID // enrollments
}

// fill writes the whole studio in one transaction, so that it is there or not.
func (v Verbs) fill(owner context.Context, s Studio) error {
	full, err := v.Store.Client(owner).Program.Query().Exist(owner)
	if err != nil || full {
		return err
	}
	f := &filling{Verbs: v, studio: s, year: v.schoolYear()}
	return v.Store.InTx(owner, func(ctx context.Context) error {
		for _, step := range []struct {
			name string
			do   func(context.Context, *ent.Client) error
		}{
			{"brand", f.brand}, {"places", f.places}, {"programs", f.offers}, {"families", f.everybody},
			{"classes", f.classes}, {"tags and notes", f.remarks}, {"deals and tickets", f.inquiries}, {"invoices", f.invoices},
		} {
			if err := step.do(ctx, v.Store.Client(ctx)); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
		}
		return nil
	})
}

// firstFamily is the household of the guardian who signs in.
func (v Verbs) firstFamily(owner context.Context, s Studio) (uuid.UUID, error) {
	return v.Store.Client(owner).Household.Query().Where(household.Name(title(s.family(0).surname))).FirstID(owner)
}

func title(surname string) string { return "The " + surname + " family" }

func (f *filling) brand(ctx context.Context, c *ent.Client) error {
	return c.Tenant.UpdateOneID(viewer.From(ctx).TenantID).SetPrimaryColor(f.studio.Primary).SetAccentColor(f.studio.Accent).Exec(ctx)
}

func (f *filling) places(ctx context.Context, c *ent.Client) error {
	for _, p := range f.studio.Locations {
		made, err := c.Location.Create().SetName(p.name).SetAddress(p.address).Save(ctx)
		if err != nil {
			return err
		}
		f.locations = append(f.locations, made.ID)
	}
	for _, t := range f.studio.Teachers {
		made, err := c.Staff.Create().SetDisplayName(t.name).SetTitle(t.title).SetEmail(t.email).Save(ctx)
		if err != nil {
			return err
		}
		f.teachers = append(f.teachers, made.ID)
	}
	return nil
}

func (f *filling) offers(ctx context.Context, c *ent.Client) error {
	first, last := date(f.year, time.September, 1), date(f.year+1, time.June, 20)
	season, err := c.Season.Create().SetName(fmt.Sprintf("School year %d/%02d", f.year, (f.year+1)%100)).
		SetStartsOn(first).SetEndsOn(last).Save(ctx)
	if err != nil {
		return err
	}
	f.season = season.ID
	if err := c.Season.Create().SetName(fmt.Sprintf("Summer %d", f.year+1)).
		SetStartsOn(date(f.year+1, time.July, 5)).SetEndsOn(date(f.year+1, time.August, 13)).Exec(ctx); err != nil {
		return err
	}
	for _, p := range f.studio.Plans {
		made, err := c.TuitionPlan.Create().SetName(p.name).SetAmount(p.amount).SetInterval(tuitionplan.IntervalMONTH).Save(ctx)
		if err != nil {
			return err
		}
		f.plans = append(f.plans, made.ID)
	}
	for _, p := range f.studio.Programs {
		made, err := c.Program.Create().SetName(p.name).SetDescription(p.about).SetMinAge(p.minAge).SetMaxAge(p.maxAge).SetMinLevel(p.minLevel).Save(ctx)
		if err != nil {
			return err
		}
		f.programs = append(f.programs, made.ID)
	}
	return nil
}

func (f *filling) everybody(ctx context.Context, c *ent.Client) error {
	if err := c.CustomField.Create().SetEntity(customfield.EntitySTUDENT).SetKey("shoeSize").SetLabel("Shoe size").
		SetKind(customfield.KindNUMBER).SetFamilyAccess(customfield.FamilyAccessWRITE).Exec(ctx); err != nil {
		return err
	}
	for n := range families {
		if err := f.household(ctx, c, n); err != nil {
			return err
		}
	}
	return nil
}

func (f *filling) household(ctx context.Context, c *ent.Client, n int) error {
	who := f.studio.family(n)
	made, err := c.Household.Create().SetName(title(who.surname)).SetEmail(f.studio.email(n)).
		SetAddressLine1(fmt.Sprintf("%d %s Street", 3+n*4, streets[n%len(streets)])).SetCity("Beacon").SetRegion("NY").SetPostalCode("12508").Save(ctx)
	if err != nil {
		return err
	}
	f.families = append(f.families, made.ID)
	for i, name := range who.adults {
		adult := c.Guardian.Create().SetHouseholdID(made.ID).SetFirstName(name).SetLastName(who.surname).SetPhone(phone(n*2 + i))
		if i == 0 {
			adult.SetEmail(f.studio.email(n))
		}
		if err := adult.Exec(ctx); err != nil {
			return err
		}
	}
	for i, k := range who.children {
		student := c.Student.Create().SetHouseholdID(made.ID).SetFirstName(k.name).SetLastName(who.surname).
			SetBirthDate(born(f.year, k.age, n+i*3)).SetLevel(level(k.age)).
			SetCustomFields(json.RawMessage(fmt.Sprintf(`{"shoeSize": %d}`, 24+k.age)))
		if (n+i)%17 == 5 {
			student.SetMedicalNote("Carries an inhaler in the front pocket of the bag.")
		}
		saved, err := student.Save(ctx)
		if err != nil {
			return err
		}
		f.pupils = append(f.pupils, &pupil{id: saved.ID, household: made.ID, family: n, age: k.age})
	}
	return nil
}

func (f *filling) classes(ctx context.Context, _ *ent.Client) error {
	for n := range f.studio.Classes {
		if err := f.class(ctx, n); err != nil {
			return fmt.Errorf("class %d: %w", n, err)
		}
	}
	return nil
}

// class makes a class, enrolls those who fit and brings it to the open seats
// that the offer asks for.
func (f *filling) class(ctx context.Context, n int) error {
	o := f.studio.Classes[n]
	p := f.studio.Programs[o.program]
	made, err := f.Desk.CreateClass(ctx, enrollment.NewClass{
		ProgramID: f.programs[o.program], SeasonID: f.season, LocationID: f.locations[p.location], TuitionPlanID: f.plans[p.charge],
		TeacherID: &f.teachers[o.teacher], Name: fmt.Sprintf("%s – %s", p.name, weekdays[o.weekday]),
		Weekday: o.weekday, StartsAt: o.at, DurationMinutes: o.minutes, Capacity: o.capacity,
	})
	if err != nil {
		return err
	}
	taken, rest := 0, []*pupil{}
	for _, who := range f.fitting(p, n) {
		if taken >= o.capacity-max(o.open, 3) {
			rest = append(rest, who)
			continue
		}
		seat, err := f.Desk.Enroll(ctx, who.id, made.ID)
		if err != nil {
			return err
		}
		who.seats = append(who.seats, seat.ID)
		taken++
	}
	if o.open < 0 {
		return nil
	}
	if _, err := f.Desk.SetCapacity(ctx, made.ID, taken+o.open, nil); err != nil || o.open > 0 {
		return err
	}
	for _, who := range rest[:min(2, len(rest))] {
		if _, err := f.Desk.JoinWaitlist(ctx, who.id, made.ID); err != nil {
			return err
		}
	}
	return nil
}

// fitting returns who may join class n, in another order for each class. The
// first family keeps to the first class, so that whoever tries Barre out finds
// much to enroll in.
func (f *filling) fitting(p program, n int) (list []*pupil) {
	for i := range f.pupils {
		who := f.pupils[(i+n*11)%len(f.pupils)]
		if who.age < p.minAge || who.age > p.maxAge || level(who.age) < p.minLevel || len(who.seats) >= 3 || who.family == 0 && n != 0 {
			continue
		}
		list = append(list, who)
	}
	if n == 0 { // Emma first
		for i, who := range list {
			if who.family == 0 {
				list[0], list[i] = list[i], list[0]
			}
		}
	}
	return list
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
