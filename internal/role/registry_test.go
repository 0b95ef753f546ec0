package role_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/role"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

type deaf struct{}

func (deaf) Forget(uuid.UUID) {}

// bench is a studio with two locations, and a person narrowed to the first.
type bench struct {
	*testkit.Kit
	registry     *role.Registry
	owner, coach context.Context
	other        uuid.UUID // a class at the second location, taught by nobody
	annex        uuid.UUID
}

func newBench(t *testing.T, permissions []string, masks ...string) *bench {
	b := &bench{Kit: testkit.New(t)}
	b.registry = role.New(b.Store, deaf{})
	b.owner = b.A.As(t.Context(), viewer.Owner)
	d, err := role.Definition{Name: "Coach", Base: viewer.Admin, Permissions: permissions, Masks: masks}.Normal()
	if err != nil {
		t.Fatal(err)
	}
	v := *viewer.From(b.A.As(t.Context(), viewer.Admin))
	v.Custom = &viewer.Custom{Permissions: d.Permissions, Masks: d.Masks, Staff: b.A.Teacher, Locations: []uuid.UUID{b.A.Location}}
	b.coach = viewer.With(t.Context(), &v)
	b.do(t, b.owner, func(ctx context.Context, c *ent.Client) error {
		annex, err := c.Location.Create().SetName("Annex").Save(ctx)
		if err != nil {
			return err
		}
		b.annex = annex.ID
		made, err := c.Class.Create().SetProgramID(b.A.Program).SetSeasonID(b.A.Season).SetLocationID(annex.ID).SetTuitionPlanID(b.A.Plan).
			SetName("Tap").SetWeekday(class.WeekdayMONDAY).SetStartsAt("17:00").SetDurationMinutes(60).SetCapacity(10).SetOpenSeats(10).Save(ctx)
		if err == nil {
			b.other = made.ID
		}
		return err
	})
	return b
}

func (b *bench) do(t *testing.T, ctx context.Context, fn func(context.Context, *ent.Client) error) {
	t.Helper()
	if err := b.try(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) try(ctx context.Context, fn func(context.Context, *ent.Client) error) error {
	return b.InTx(ctx, func(ctx context.Context) error { return fn(ctx, b.Client(ctx)) })
}

func (b *bench) enroll(t *testing.T, offered uuid.UUID) {
	t.Helper()
	b.do(t, viewer.ForTenant(t.Context(), b.A.Tenant, "test"), func(ctx context.Context, c *ent.Client) error {
		return c.Enrollment.Create().SetStudentID(b.A.Student).SetHouseholdID(b.A.Household).SetClassID(offered).Exec(ctx)
	})
}

func TestScopeOfLocation(t *testing.T) {
	b := newBench(t, []string{"class:read:location", "class:write:location", "location:read:location", "student:read:location", "student:update:location", "household:read:location"})
	c := b.Client(b.coach)
	if n := c.Class.Query().CountX(b.coach); n != 1 {
		t.Errorf("%d classes, want the one of the own location", n)
	}
	if n := c.Location.Query().CountX(b.coach); n != 1 {
		t.Errorf("%d locations", n)
	}
	if n := c.Student.Query().CountX(b.coach); n != 0 {
		t.Errorf("%d students of a class that nobody is in", n)
	}
	b.enroll(t, b.other)
	if n := c.Student.Query().CountX(b.coach); n != 0 {
		t.Errorf("%d students of another location", n)
	}
	b.enroll(t, b.A.Class)
	if n, h := c.Student.Query().CountX(b.coach), c.Household.Query().CountX(b.coach); n != 1 || h != 1 {
		t.Errorf("%d students and %d households of the own location", n, h)
	}
	if err := b.try(b.coach, func(ctx context.Context, c *ent.Client) error {
		return c.Class.UpdateOneID(b.other).SetName("Mine").Exec(ctx)
	}); !ent.IsNotFound(err) {
		t.Errorf("changing a class of another location: %v", err)
	}
	if err := b.try(b.coach, func(ctx context.Context, c *ent.Client) error {
		return c.Class.UpdateOneID(b.A.Class).SetLocationID(b.annex).Exec(ctx)
	}); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("moving the own class to another location: %v", err)
	}
	b.do(t, b.coach, func(ctx context.Context, c *ent.Client) error {
		return c.Class.UpdateOneID(b.A.Class).SetName("Ballet III").Exec(ctx)
	})
	for location, want := range map[uuid.UUID]bool{b.A.Location: true, b.annex: false} {
		err := b.try(b.coach, func(ctx context.Context, c *ent.Client) error {
			return c.Class.Create().SetProgramID(b.A.Program).SetSeasonID(b.A.Season).SetLocationID(location).SetTuitionPlanID(b.A.Plan).
				SetName("Jazz").SetWeekday(class.WeekdayMONDAY).SetStartsAt("18:00").SetDurationMinutes(60).SetCapacity(5).SetOpenSeats(5).Exec(ctx)
		})
		if want != (err == nil) || !want && fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("making a class, own location %t: %v", want, err)
		}
	}
	if _, err := c.Guardian.Query().Count(b.coach); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("a type that the role does not name: %v", err)
	}
}

func TestScopeOfOwn(t *testing.T) {
	b := newBench(t, []string{"class:read:own", "student:read:own", "staff:read:own", "enrollment:read:own"})
	b.enroll(t, b.A.Class)
	b.enroll(t, b.other)
	c := b.Client(b.coach)
	if k, s, e, f := c.Class.Query().CountX(b.coach), c.Student.Query().CountX(b.coach), c.Enrollment.Query().CountX(b.coach), c.Staff.Query().CountX(b.coach); k != 1 || s != 1 || e != 1 || f != 1 {
		t.Errorf("%d classes, %d students, %d enrollments, %d staff; want one of each", k, s, e, f)
	}
}

func TestMaskedFieldsAreNotWritten(t *testing.T) {
	b := newBench(t, []string{"student:read:all", "student:update:all"}, "student.birthDate")
	b.do(t, b.coach, func(ctx context.Context, c *ent.Client) error {
		return c.Student.UpdateOneID(b.A.Student).SetFirstName("Emilia").Exec(ctx)
	})
	seen := b.Client(b.coach).Student.GetX(b.coach, b.A.Student)
	err := b.try(b.coach, func(ctx context.Context, c *ent.Client) error {
		return c.Student.UpdateOneID(b.A.Student).SetBirthDate(seen.BirthDate.AddDate(1, 0, 0)).Exec(ctx)
	})
	if fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("writing a masked field: %v", err)
	}
}

func TestAssign(t *testing.T) {
	b := newBench(t, []string{"student:read:all"})
	var owner, admin, desk *ent.Membership
	b.do(t, viewer.ForTenant(t.Context(), b.A.Tenant, "test"), func(ctx context.Context, c *ent.Client) error {
		for address, into := range map[membership.Role]**ent.Membership{membership.RoleOWNER: &owner, membership.RoleADMIN: &admin, membership.RoleFRONT_DESK: &desk} {
			made, err := c.Membership.Create().SetEmail(string(address) + "@example.com").SetRole(address).SetStatus(membership.StatusACTIVE).Save(ctx)
			if err != nil {
				return err
			}
			*into = made
		}
		return nil
	})
	made, err := b.registry.Create(b.owner, role.Definition{Name: "Coach", Base: viewer.Teacher, Permissions: []string{"class:read:all"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.registry.Create(b.owner, role.Definition{Name: "Coach", Base: viewer.Teacher, Permissions: []string{"class:read:all"}}); fault.CodeOf(err) != fault.Taken {
		t.Errorf("a second role of one name: %v", err)
	}
	for who, code := range map[context.Context]fault.Code{b.coach: fault.Forbidden, b.A.As(t.Context(), viewer.FrontDesk): fault.Forbidden, b.A.As(t.Context(), viewer.Key): fault.Forbidden} {
		if _, err := b.registry.Assign(who, role.Assignment{Member: desk.ID, Custom: &made.ID}); fault.CodeOf(err) != code {
			t.Errorf("%s assigns: %v", viewer.From(who).Role, err)
		}
	}
	admins := b.A.As(t.Context(), viewer.Admin)
	changed, err := b.registry.Assign(admins, role.Assignment{Member: desk.ID, Custom: &made.ID, Staff: &b.A.Teacher, Locations: []uuid.UUID{b.A.Location}})
	if err != nil || changed.Role != membership.RoleTEACHER || changed.CustomRoleID == nil || *changed.CustomRoleID != made.ID {
		t.Errorf("assign: %v, %v", changed, err)
	}
	if _, err := b.registry.Delete(admins, made.ID); fault.CodeOf(err) != fault.InUse {
		t.Errorf("deleting a role that somebody holds: %v", err)
	}
	if _, err := b.registry.Assign(admins, role.Assignment{Member: desk.ID, Role: viewer.Owner}); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("an admin makes an owner: %v", err)
	}
	if _, err := b.registry.Assign(b.owner, role.Assignment{Member: owner.ID, Role: viewer.Admin}); fault.CodeOf(err) != fault.WrongState {
		t.Errorf("the last owner goes: %v", err)
	}
	if _, err := b.registry.Assign(b.owner, role.Assignment{Member: admin.ID, Custom: &made.ID, Locations: []uuid.UUID{b.B.Location}}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor's location: %v", err)
	}
	if _, err := b.registry.Assign(b.owner, role.Assignment{Member: desk.ID, Role: viewer.FrontDesk}); err != nil {
		t.Error(err)
	}
	if _, err := b.registry.Delete(admins, made.ID); err != nil {
		t.Errorf("deleting a role that nobody holds: %v", err)
	}
}
