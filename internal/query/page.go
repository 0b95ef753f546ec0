package query

import (
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Sizes of a page.
const (
	defaultPage = 25
	maxPage     = 250
)

// page is which part of a list is asked for.
type page struct {
	size      int
	backward  bool           // from the end
	field     *catalog.Field // ordered by, beside the id; nil for the id alone
	desc      bool
	after     value
	before    value
	hasAfter  bool
	hasBefore bool
}

// arguments of a list, however they come.
type arguments struct{ first, last, after, before, where, orderBy value }

// newPage checks the arguments of a list of entity. A field that is
// masked for v orders nothing either: the order would tell of its values.
func newPage(entity *catalog.Entity, args arguments, vars map[string]any, v *viewer.Viewer) (page, error) {
	p := page{size: defaultPage}
	if !args.first.isNull() && !args.last.isNull() {
		return p, fault.New(fault.BadUserInput, "Give first or last, not both.")
	}
	size := args.first
	if !args.last.isNull() {
		size, p.backward = args.last, true
	}
	if !size.isNull() {
		n, err := integer("first", size.now)
		if err != nil || n < 1 || n > maxPage {
			return p, fault.New(fault.BadUserInput, "A page holds 1 to %d items.", maxPage)
		}
		p.size = int(n)
	}
	p.after, p.hasAfter = args.after, !args.after.isNull()
	p.before, p.hasBefore = args.before, !args.before.isNull()
	for _, m := range args.orderBy.members(vars) {
		name, _ := m.value.now.(string)
		switch {
		case m.name == "direction":
			p.desc = name == "DESC"
		case name != "ID":
			p.field = entity.ByColumn(strings.ToLower(name))
			if p.field == nil || !p.field.Order {
				return p, fault.New(fault.BadUserInput, "%s cannot be ordered by %s.", entity.Name, name)
			}
			if v.Masked(entity.Prefix + "." + p.field.Name) {
				return p, masked(entity, p.field.Name)
			}
		}
	}
	return p, nil
}

// ordering names the order of the list, which its cursors are bound to.
func (p page) ordering(entity *catalog.Entity) string {
	name := entity.Name
	if p.field != nil {
		name += "." + p.field.Column
	}
	if p.desc {
		return name + " desc"
	}
	return name
}

// columns are those that a cursor holds.
func (p page) columns() []string {
	if p.field == nil {
		return []string{"id"}
	}
	return []string{p.field.Column, "id"}
}

// apply orders and bounds s, with one row more than the page to see whether
// there is another.
func (p page) apply(s *sql.Selector, positions func(value, int) any) {
	if p.hasAfter {
		s.Where(p.beyond(s, p.after, !p.desc, positions))
	}
	if p.hasBefore {
		s.Where(p.beyond(s, p.before, p.desc, positions))
	}
	for _, column := range p.columns() {
		if p.desc != p.backward {
			s.OrderBy(sql.Desc(s.C(column)))
		} else {
			s.OrderBy(sql.Asc(s.C(column)))
		}
	}
	s.Limit(p.size + 1)
}

// beyond is the condition of standing after a cursor's position: a comparison
// of rows, which is one range of the index.
func (p page) beyond(s *sql.Selector, at value, greater bool, positions func(value, int) any) *sql.Predicate {
	columns := p.columns()
	names, args := make([]string, len(columns)), make([]any, len(columns))
	for i, column := range columns {
		names[i], args[i] = s.C(column), positions(at, i)
	}
	switch {
	case len(names) == 1 && greater:
		return sql.GT(names[0], args[0])
	case len(names) == 1:
		return sql.LT(names[0], args[0])
	case greater:
		return sql.CompositeGT(names, args...)
	default:
		return sql.CompositeLT(names, args...)
	}
}

// position reads part i of a cursor.
func position(codec *cursor.Codec, tenant uuid.UUID, ordering string, text any, i, parts int) (any, error) {
	s, _ := text.(string)
	values, err := codec.Decode(s, tenant, ordering)
	if err != nil {
		return nil, err
	}
	if len(values) != parts {
		return nil, fault.New(fault.BadUserInput, "A cursor is not one of this list's.")
	}
	return values[i].Any(), nil
}
