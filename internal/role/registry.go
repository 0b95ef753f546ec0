package role

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/customrole"
	"github.com/barrehq/barre/ent/household"
	"github.com/barrehq/barre/ent/location"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/ent/rule"
	entstaff "github.com/barrehq/barre/ent/staff"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Door forgets what it believes of a credential.
type Door interface{ Forget(id uuid.UUID) }

// Registry keeps the roles of studios.
type Registry struct {
	store *store.Store
	door  Door
}

// New returns a registry on s. Whose role changes, door forgets at once.
func New(s *store.Store, door Door) *Registry { return &Registry{s, door} }

// Create makes a role. For OWNER and ADMIN; it bounds itself by its base, so
// that neither grants what it lacks.
func (r *Registry) Create(ctx context.Context, d Definition) (made *ent.CustomRole, err error) {
	if _, err := auth.Keeper(ctx, "make roles"); err != nil {
		return nil, err
	}
	if d, err = d.Normal(); err != nil {
		return nil, err
	}
	err = r.store.InTx(ctx, func(ctx context.Context) (err error) {
		made, err = r.store.Client(ctx).CustomRole.Create().SetName(d.Name).SetBase(customrole.Base(d.Base)).
			SetPermissions(d.Permissions).SetMasks(d.Masks).Save(ctx)
		return err
	})
	return settled(made, err)
}

// Change is what of a role is to be different; nil leaves a part as it is.
type Change struct {
	ID          uuid.UUID
	Name        *string
	Permissions []string
	Masks       []string
}

// Update changes a role for everybody who holds it, within a second. For OWNER
// and ADMIN.
func (r *Registry) Update(ctx context.Context, c Change) (changed *ent.CustomRole, err error) {
	v, err := auth.Keeper(ctx, "change roles")
	if err != nil {
		return nil, err
	}
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		found, err := r.store.Client(ctx).CustomRole.Query().Where(customrole.ID(c.ID)).ForUpdate().Only(ctx)
		if err != nil {
			return err
		}
		d := Definition{Name: found.Name, Base: viewer.Role(found.Base), Permissions: found.Permissions, Masks: found.Masks}
		if c.Name != nil {
			d.Name = *c.Name
		}
		if c.Permissions != nil {
			d.Permissions = c.Permissions
		}
		if c.Masks != nil {
			d.Masks = c.Masks
		}
		if d, err = d.Normal(); err != nil {
			return err
		}
		changed, err = found.Update().SetName(d.Name).SetPermissions(d.Permissions).SetMasks(d.Masks).Save(ctx)
		r.store.AfterCommit(ctx, func() { r.door.Forget(v.TenantID) })
		return err
	})
	return settled(changed, err)
}

// Delete removes a role that nobody holds. For OWNER and ADMIN.
func (r *Registry) Delete(ctx context.Context, id uuid.UUID) (gone *ent.CustomRole, err error) {
	if _, err := auth.Keeper(ctx, "delete roles"); err != nil {
		return nil, err
	}
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		client := r.store.Client(ctx)
		if gone, err = client.CustomRole.Query().Where(customrole.ID(id)).ForUpdate().Only(ctx); err != nil {
			return err
		}
		held, err := client.Membership.Query().Where(membership.CustomRoleID(id)).Count(ctx)
		if err != nil {
			return err
		}
		if held > 0 {
			return fault.User(fault.InUse, []string{"input", "id"}, "%s hold the role. Give them another one first.", people(held))
		}
		return rule.Removing(ctx, "CustomRole", gone, func() error { return client.CustomRole.DeleteOne(gone).Exec(ctx) })
	})
	return settled(gone, err)
}

// settled turns what the database says into what a person can correct.
func settled[T any](row *T, err error) (*T, error) {
	switch {
	case err == nil:
		return row, nil
	case ent.IsNotFound(err):
		err = fault.User(fault.NotFound, []string{"input", "id"}, "There is no such record.")
	case ent.IsConstraintError(err):
		err = fault.User(fault.Taken, []string{"input", "name"}, "Another role has this name.")
	}
	return nil, err
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}

// Assignment gives a member a role.
type Assignment struct {
	Member    uuid.UUID
	Role      viewer.Role // a built-in one; empty with Custom
	Custom    *uuid.UUID
	Household *uuid.UUID  // of a GUARDIAN
	Staff     *uuid.UUID  // the person as staff, for the scope own
	Locations []uuid.UUID // for the scope location
}

// Assign changes what a member may do, within a second. For OWNER and ADMIN;
// only an OWNER makes or unmakes an OWNER, the last one stays, and nobody
// changes the own role.
func (r *Registry) Assign(ctx context.Context, a Assignment) (changed *ent.Membership, err error) {
	v, err := auth.Keeper(ctx, "change roles of members")
	if err != nil {
		return nil, err
	}
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		changed, err = r.assign(ctx, v, a)
		r.store.AfterCommit(ctx, func() { r.door.Forget(a.Member) })
		return err
	})
	return settled(changed, err)
}

func (r *Registry) assign(ctx context.Context, v *viewer.Viewer, a Assignment) (*ent.Membership, error) {
	client := r.store.Client(ctx)
	// All owners are locked in one order, so that two of them cannot unmake each other.
	owners, err := client.Membership.Query().Where(membership.RoleEQ(membership.RoleOWNER), membership.StatusEQ(membership.StatusACTIVE)).
		Order(membership.ByID()).ForUpdate().All(ctx)
	if err != nil {
		return nil, err
	}
	found, err := client.Membership.Query().Where(membership.ID(a.Member)).ForUpdate().Only(ctx)
	if err != nil {
		return nil, err
	}
	role := a.Role
	if a.Custom != nil {
		if role != "" {
			return nil, fault.User(fault.Invalid, []string{"input", "role"}, "Give role or customRoleId, not both: a custom role has its base.")
		}
		custom, err := client.CustomRole.Get(ctx, *a.Custom)
		if ent.IsNotFound(err) {
			return nil, fault.User(fault.NotFound, []string{"input", "customRoleId"}, "There is no such role.")
		}
		if err != nil {
			return nil, err
		}
		role = viewer.Role(custom.Base)
	}
	switch wasOwner := found.Role == membership.RoleOWNER; {
	case role == "":
		return nil, fault.User(fault.Required, []string{"input", "role"}, "Give role or customRoleId.")
	case found.ID == v.MembershipID:
		return nil, fault.User(fault.WrongState, []string{"input", "id"}, "Nobody changes the own role. Ask another OWNER or ADMIN.")
	case found.Status == membership.StatusREVOKED:
		return nil, fault.User(fault.WrongState, []string{"input", "id"}, "The membership was revoked. Invite the person again.")
	case (wasOwner || role == viewer.Owner) && v.Role != viewer.Owner:
		return nil, fault.New(fault.Forbidden, "Only an OWNER may make or unmake an OWNER.")
	case wasOwner && role != viewer.Owner && len(owners) <= 1:
		return nil, fault.User(fault.WrongState, []string{"input", "id"}, "A studio keeps at least one OWNER.")
	}
	if err := r.check(ctx, role, a); err != nil {
		return nil, err
	}
	update := found.Update().SetRole(membership.Role(role)).ClearCustomRoleID().ClearHouseholdID().ClearStaffID().SetLocationIds(texts(a.Locations))
	if a.Custom != nil {
		update.SetCustomRoleID(*a.Custom)
	}
	if a.Household != nil {
		update.SetHouseholdID(*a.Household)
	}
	if a.Staff != nil {
		update.SetStaffID(*a.Staff)
	}
	return update.Save(ctx)
}

// check refuses what the assignment names and the studio has not, and a
// guardian without a household.
func (r *Registry) check(ctx context.Context, role viewer.Role, a Assignment) error {
	client := r.store.Client(ctx)
	there := func(field, noun string, exists bool, err error) error {
		if err == nil && !exists {
			err = fault.User(fault.NotFound, []string{"input", field}, "There is no such %s.", noun)
		}
		return err
	}
	if a.Household != nil {
		exists, err := client.Household.Query().Where(household.ID(*a.Household)).Exist(ctx)
		if err := there("householdId", "household", exists, err); err != nil {
			return err
		}
	}
	if a.Staff != nil {
		exists, err := client.Staff.Query().Where(entstaff.ID(*a.Staff)).Exist(ctx)
		if err := there("staffId", "staff member", exists, err); err != nil {
			return err
		}
	}
	if len(a.Locations) > 100 {
		return fault.User(fault.Invalid, []string{"input", "locationIds"}, "Name at most 100 locations.")
	}
	if len(a.Locations) > 0 {
		n, err := client.Location.Query().Where(location.IDIn(a.Locations...)).Count(ctx)
		if err := there("locationIds", "location", n == len(a.Locations), err); err != nil {
			return err
		}
	}
	switch {
	case role == viewer.Guardian && a.Household == nil:
		return fault.User(fault.Required, []string{"input", "householdId"}, "Say which household the guardian answers for.")
	case role != viewer.Guardian && a.Household != nil && a.Custom == nil:
		return fault.User(fault.Invalid, []string{"input", "householdId"}, "Only a GUARDIAN belongs to a household.")
	}
	return nil
}

func texts(ids []uuid.UUID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return list
}
