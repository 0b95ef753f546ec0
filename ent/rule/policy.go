package rule

import (
	"context"

	"entgo.io/ent"
	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// policy decides by the viewer's role alone; it asks the database nothing, so
// that it may run once per statement or once per compiled operation.
type policy struct{ entity Entity }

// EvalQuery refuses roles without Read and narrows Own to the household.
func (p policy) EvalQuery(ctx context.Context, q ent.Query) error {
	if !stands(Deciding, p.entity) {
		return nil
	}
	grant, err := p.grant(ctx, asked(ctx))
	if err != nil {
		return err
	}
	if grant.Own {
		q.(whereable).WhereP(equals(p.entity.Household, SlotHousehold, viewer.From(ctx)))
	}
	return within(q.(whereable), p.entity, grant.Within, viewer.From(ctx))
}

// EvalMutation refuses roles without the action and narrows Own to the household.
func (p policy) EvalMutation(ctx context.Context, m ent.Mutation) error {
	if !stands(Deciding, p.entity) {
		return nil
	}
	grant, err := p.grant(ctx, action(m))
	if err != nil {
		return err
	}
	if err := unseen(ctx, p.entity, m); err != nil {
		return err
	}
	if !m.Op().Is(ent.OpCreate) { // what is made is looked at afterwards, see confirm
		if err := within(m.(whereable), p.entity, grant.Within, viewer.From(ctx)); err != nil {
			return err
		}
	}
	if !grant.Own {
		return nil
	}
	household := viewer.From(ctx).HouseholdID
	if m.Op().Is(ent.OpCreate) {
		given, _ := m.Field(p.entity.Household)
		if given != household {
			return fault.User(fault.NotFound, []string{"input", "householdId"}, "There is no such household.")
		}
		return nil
	}
	m.(whereable).WhereP(equals(p.entity.Household, SlotHousehold, viewer.From(ctx)))
	if given, set := m.Field(p.entity.Household); set && given != household {
		return fault.User(fault.NotFound, []string{"input", "householdId"}, "There is no such household.")
	}
	return nil
}

// grant returns what the viewer may do, or a refusal.
func (p policy) grant(ctx context.Context, a Action) (Grant, error) {
	grant, err := p.entity.Access.Of(viewer.From(ctx), p.entity.Prefix, a)
	if err != nil {
		return Grant{}, err
	}
	if grant.Own && viewer.From(ctx).HouseholdID == uuid.Nil {
		return Grant{}, fault.New(fault.Forbidden, "Your membership is not tied to a household.")
	}
	return grant, nil
}

// Of returns the grant of v for action a on the entity with the given id
// prefix, or the fault that refuses it.
func (access Access) Of(v *viewer.Viewer, prefix string, a Action) (Grant, error) {
	if v == nil {
		return Grant{}, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	if v.IsStaff() && !StaffMay(prefix, a, v.Role == viewer.Platform) {
		return Grant{}, fault.New(fault.Forbidden, "Barre's staff may not %s %s, whatever access they were given.", a, prefix)
	}
	if v.Role == viewer.Platform {
		return All, nil
	}
	role := v.Role
	if role == viewer.Key {
		role = viewer.Admin
	}
	grant := access[role]
	if grant.Actions&a != a || v.Custom == nil && !v.Can(prefix, verb(a)) {
		return Grant{}, fault.New(fault.Forbidden, "%s is not allowed to %s %s.", v.Role, a, prefix)
	}
	if v.Custom != nil {
		scope, ok := v.Custom.Scope(prefix, a.String())
		if !ok {
			return Grant{}, fault.New(fault.Forbidden, "Your role is not allowed to %s %s.", a, prefix)
		}
		grant.Within = scope
	}
	return grant, nil
}

// action says what m does. A change of deleted_at is a deletion or a restore.
func action(m ent.Mutation) Action {
	switch {
	case m.Op().Is(ent.OpCreate):
		return Create
	case m.Op().Is(ent.OpDelete | ent.OpDeleteOne):
		return Delete
	}
	if _, set := m.Field(DeletedColumn); set || m.FieldCleared(DeletedColumn) {
		return Delete
	}
	return Update
}

// verb is the scope of an API key that an action needs.
func verb(a Action) string {
	if a == Read {
		return "read"
	}
	return "write"
}

func (a Action) String() string {
	switch a {
	case Read:
		return "read"
	case Create:
		return "create"
	case Update:
		return "update"
	case Delete:
		return "delete"
	default:
		return "change"
	}
}

// platformOnly guards what belongs to no tenant.
type platformOnly struct{ name string }

func (p platformOnly) EvalQuery(ctx context.Context, _ ent.Query) error { return p.check(ctx) }

func (p platformOnly) EvalMutation(ctx context.Context, _ ent.Mutation) error { return p.check(ctx) }

func (p platformOnly) check(ctx context.Context) error {
	if !stands(Deciding, Entity{Prefix: p.name}) || viewer.From(ctx).IsAcrossTenants() {
		return nil
	}
	return fault.New(fault.Forbidden, "%s is reserved for the platform.", p.name)
}
