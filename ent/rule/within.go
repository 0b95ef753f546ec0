package rule

import (
	"context"
	"slices"
	"strings"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// within narrows to the rows that a scope of a custom role reaches.
func within(w whereable, e Entity, scope viewer.Scope, v *viewer.Viewer) error {
	switch {
	case scope == "" || scope == viewer.ScopeAll:
		return nil
	case !slices.Contains(Scopes(e.Prefix, e.Household), scope):
		return fault.New(fault.Forbidden, "Your role reaches no %s.", e.Prefix) // the role was made when the scope could apply
	case scope == viewer.ScopeHousehold:
		if v.HouseholdID == uuid.Nil {
			return fault.New(fault.Forbidden, "Your membership is not tied to a household.")
		}
		w.WhereP(equals(e.Household, SlotHousehold, v))
		return nil
	}
	w.WhereP(func(s *sql.Selector) { s.Where(reached(s, e.Prefix, scope, v)) })
	return nil
}

// Scopes are those that can apply to an entity, by the prefix of its ids and
// the column that makes a row a household's, which may be empty.
func Scopes(prefix, household string) []viewer.Scope {
	scopes := []viewer.Scope{viewer.ScopeAll}
	if household != "" {
		scopes = append(scopes, viewer.ScopeHousehold)
	}
	switch prefix {
	case "class", "enrollment", "waitlistentry", "student", "household", "guardian", "staff", "membership":
		scopes = append(scopes, viewer.ScopeOwn)
	}
	if Rooted(prefix) || len(leads[prefix]) > 0 {
		scopes = append(scopes, viewer.ScopeLocation)
	}
	return scopes
}

// Rooted reports whether it is said here by what records with a prefix belong
// to a location. Of all others their references say it, from which leads is
// generated.
func Rooted(prefix string) bool {
	switch prefix {
	case "location", "class", "enrollment", "waitlistentry", "student", "household", "guardian", "staff":
		return true
	}
	return false
}

// lead is a reference of a record to another one that belongs to a location.
type lead struct {
	column, table, prefix string // of the other one but for the column
	nullable              bool
}

// Made reports whether a scope can be told of a record at the moment in which
// it is made: a family that has just come is in no class yet.
func Made(prefix string, scope viewer.Scope) bool {
	switch prefix {
	case "class", "enrollment", "waitlistentry":
		return true
	default:
		return scope == viewer.ScopeAll || scope == viewer.ScopeHousehold || scope == viewer.ScopeLocation && len(leads[prefix]) > 0
	}
}

// reached is the condition of ScopeOwn and ScopeLocation: by the record's own
// column, by its class, by the classes that a family is in or a teacher has, or
// by all that it refers to.
func reached(s *sql.Selector, prefix string, scope viewer.Scope, v *viewer.Viewer) *sql.Predicate {
	if led := leads[prefix]; scope == viewer.ScopeLocation && len(led) > 0 {
		return ledTo(s, led, v)
	}
	if prefix == "staff" && scope == viewer.ScopeLocation {
		return sql.In(s.C("id"), classes(scope, v).Select("teacher_id"))
	}
	switch prefix {
	case "membership":
		return sql.EQ(s.C("id"), Bound{SlotMembership, SlotMembership.Of(v)})
	case "staff":
		return sql.EQ(s.C("id"), Bound{SlotStaff, SlotStaff.Of(v)})
	case "location":
		return anyOf(s.C("id"), v)
	case "class":
		return anchor(s, scope, v)
	case "enrollment", "waitlistentry":
		return sql.In(s.C("class_id"), classes(scope, v))
	case "student":
		return sql.In(s.C("id"), enrolled("student_id", scope, v))
	case "guardian":
		return sql.In(s.C("household_id"), enrolled("household_id", scope, v))
	default: // household
		return sql.In(s.C("id"), enrolled("household_id", scope, v))
	}
}

// ledTo is the condition on a record that belongs to a location by what it
// refers to: it refers to something, and to nothing that is not reached.
func ledTo(s *sql.Selector, led []lead, v *viewer.Viewer) *sql.Predicate {
	var all, some []*sql.Predicate
	for _, l := range led {
		there := ofTenant(l.table, v)
		there.Where(reached(there, l.prefix, viewer.ScopeLocation, v)).Select(there.C("id"))
		one := sql.In(s.C(l.column), there)
		if l.nullable {
			one = sql.Or(sql.IsNull(s.C(l.column)), one)
		}
		all, some = append(all, one), append(some, sql.NotNull(s.C(l.column)))
	}
	return sql.And(append(all, sql.Or(some...))...)
}

// anchor is the condition on a class itself.
func anchor(s *sql.Selector, scope viewer.Scope, v *viewer.Viewer) *sql.Predicate {
	if scope == viewer.ScopeOwn {
		return sql.EQ(s.C("teacher_id"), Bound{SlotStaff, SlotStaff.Of(v)})
	}
	return anyOf(s.C("location_id"), v)
}

func anyOf(column string, v *viewer.Viewer) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		b.Ident(column).WriteString(" = ANY(").Arg(Bound{SlotLocations, SlotLocations.Of(v)}).WriteString("::uuid[])")
	})
}

func classes(scope viewer.Scope, v *viewer.Viewer) *sql.Selector {
	s := ofTenant("classes", v)
	return s.Where(anchor(s, scope, v)).Select(s.C("id"))
}

// enrolled selects a column of the active enrollments in the classes reached.
func enrolled(column string, scope viewer.Scope, v *viewer.Viewer) *sql.Selector {
	s := ofTenant("enrollments", v)
	return s.Where(sql.And(sql.EQ(s.C("status"), "ACTIVE"), sql.In(s.C("class_id"), classes(scope, v)))).Select(s.C(column))
}

func ofTenant(table string, v *viewer.Viewer) *sql.Selector {
	s := sql.Dialect(dialect.Postgres).Select().From(sql.Table(table))
	return s.Where(sql.EQ(s.C(TenantColumn), Bound{SlotTenant, SlotTenant.Of(v)}))
}

type askedKey struct{}

// asked is the action for which rows are read: Read, unless confirm looks at
// what another one has left.
func asked(ctx context.Context) Action {
	if a, ok := ctx.Value(askedKey{}).(Action); ok {
		return a
	}
	return Read
}

// Witness tells whether a row is among those that the rules let ctx see. The
// recorder of a transaction is one.
type Witness interface {
	Sees(ctx context.Context, name string, id uuid.UUID) (bool, error)
}

// confirm refuses a change that has left a row where the viewer's custom role
// does not reach: a class that was made at, or moved to, another location.
func confirm(e Entity) ent.Hook {
	return func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
			value, err := next.Mutate(ctx, m)
			v, act := viewer.From(ctx), action(m)
			row, one := value.(Row)
			if err != nil || v == nil || v.Custom == nil || v.Role == viewer.Platform || !one || act == Delete {
				return value, err
			}
			if scope, _ := v.Custom.Scope(e.Prefix, act.String()); scope == viewer.ScopeAll || !stands(Deciding, e) {
				return value, nil
			}
			witness, ok := ctx.Value(recorderKey{}).(Witness)
			if !ok {
				return nil, fault.New(fault.Internal, "A narrowed role writes in recorded transactions alone.")
			}
			seen, err := witness.Sees(context.WithValue(ctx, askedKey{}, act), m.Type(), row.RowID())
			if err == nil && !seen {
				err = fault.New(fault.Forbidden, "Your role does not reach this %s.", e.Prefix)
			}
			if err != nil {
				return nil, err
			}
			return value, nil
		})
	}
}

// unseen refuses to write over what the viewer may not see or set.
func unseen(ctx context.Context, e Entity, m ent.Mutation) error {
	v := viewer.From(ctx)
	if _, domains := m.Field("custom_domains"); domains && v.IsStaff() && e.Prefix == "tenant" {
		return fault.New(fault.Forbidden, "Barre's staff may not change a studio's domains, whatever access they were given.")
	}
	if v.Custom == nil || v.Role == viewer.Platform || m.Op().Is(ent.OpCreate) {
		return nil
	}
	for _, column := range slices.Concat(m.Fields(), m.ClearedFields()) {
		if v.Masked(e.Prefix + "." + camel(column)) {
			return fault.New(fault.Forbidden, "Your role may not write %s.%s.", e.Prefix, camel(column))
		}
	}
	return nil
}

// camel is a column's name in GraphQL.
func camel(column string) string {
	words := strings.Split(column, "_")
	for i := 1; i < len(words); i++ {
		if words[i] != "" {
			words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
		}
	}
	return strings.Join(words, "")
}
