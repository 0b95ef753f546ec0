package query

import (
	"context"
	"strings"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// filter turns a where argument into predicates. Every table that a condition
// on a relation looks into comes with its own rules, from ent.
type filter struct {
	ctx      context.Context
	client   *ent.Client
	vars     map[string]any
	promises *[]promise // what the predicates take for granted, for kept
	digests  digests
}

// digests returns what a text is found by in a sealed column of a tenant.
type digests func(ctx context.Context, tenant uuid.UUID, entity, column, text string) ([][]byte, error)

// predicate returns what where asks of rows of entity in s; nil for nothing.
func (f filter) predicate(s *sql.Selector, entity *catalog.Entity, where value) (*sql.Predicate, error) {
	var all []*sql.Predicate
	for _, m := range where.members(f.vars) {
		if m.value.isNull() {
			continue
		}
		p, err := f.condition(s, entity, m)
		if err != nil {
			return nil, err
		}
		if p != nil {
			all = append(all, p)
		}
	}
	return join(sql.And, all), nil
}

func (f filter) condition(s *sql.Selector, entity *catalog.Entity, m member) (*sql.Predicate, error) {
	switch m.name {
	case "and", "or":
		return f.combine(s, entity, m)
	case "not":
		inner, err := f.predicate(s, entity, m.value)
		if inner == nil || err != nil {
			return nil, err
		}
		return sql.Not(inner), nil
	}
	if field := entity.Field(m.name); field != nil && field.Filter {
		if viewer.From(f.ctx).Masked(entity.Prefix + "." + field.Name) {
			return nil, masked(entity, field.Name)
		}
		if field.Sealed() {
			return f.sealed(s, entity, field, m.value)
		}
		return f.compare(s, field, m.value)
	}
	if edge := entity.Edge(m.name); edge != nil {
		return f.related(s, edge, m.value)
	}
	if m.name == "customFields" && entity.CustomFields {
		return f.custom(s, entity, m.value)
	}
	return nil, fault.New(fault.BadUserInput, "%s cannot be filtered by %s.", entity.Name, m.name)
}

// masked refuses to look for what the viewer's role does not see.
func masked(entity *catalog.Entity, name string) error {
	return fault.New(fault.Forbidden, "Your role is not allowed to read %s.%s.", entity.Name, name)
}

func (f filter) combine(s *sql.Selector, entity *catalog.Entity, m member) (*sql.Predicate, error) {
	var parts []*sql.Predicate
	for _, item := range m.value.items(f.vars) {
		p, err := f.predicate(s, entity, item)
		if err != nil {
			return nil, err
		}
		if p == nil {
			p = sql.ExprP("true")
		}
		parts = append(parts, p)
	}
	if m.name == "and" {
		return join(sql.And, parts), nil
	}
	if len(parts) == 0 {
		return sql.ExprP("false"), nil
	}
	return join(sql.Or, parts), nil
}

func join(with func(...*sql.Predicate) *sql.Predicate, parts []*sql.Predicate) *sql.Predicate {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	default:
		return with(parts...)
	}
}

// related asks for a row behind an edge that meets conditions of its own.
func (f filter) related(s *sql.Selector, edge *catalog.Edge, where value) (*sql.Predicate, error) {
	if !edge.Many {
		there, err := f.target(edge, where, "id")
		if err != nil {
			return nil, err
		}
		return sql.In(s.C(edge.Column), there), nil
	}
	var parts []*sql.Predicate
	for _, m := range where.members(f.vars) {
		if m.value.isNull() {
			continue
		}
		there, err := f.target(edge, m.value, edge.Column)
		if err != nil {
			return nil, err
		}
		p := sql.In(s.C("id"), there)
		if m.name == "none" {
			there.Where(sql.NotNull(there.C(edge.Column)))
			p = sql.NotIn(s.C("id"), there)
		}
		parts = append(parts, p)
	}
	return join(sql.And, parts), nil
}

// target selects a column of the rows behind an edge that meet where.
func (f filter) target(edge *catalog.Edge, where value, column string) (*sql.Selector, error) {
	there, err := ent.Kinds[edge.Target].Selector(f.ctx, f.client)
	if err != nil {
		return nil, err
	}
	p, err := f.predicate(there, catalog.Entities[edge.Target], where)
	if err != nil {
		return nil, err
	}
	if p != nil {
		there.Where(p)
	}
	return there.Select(there.C(column)), nil
}

// compare turns one comparison input into predicates. All but contains can be
// conditions of an index below row level security: no LIKE among them.
func (f filter) compare(s *sql.Selector, field *catalog.Field, comparison value) (*sql.Predicate, error) {
	column, convert := s.C(field.Column), converter(field)
	var all []*sql.Predicate
	for _, m := range comparison.members(f.vars) {
		if m.value.isNull() {
			continue
		}
		if _, err := checked(m, convert, f.vars); err != nil {
			return nil, err
		}
		one, many := slot{m.value, convert}, slot{m.value, listOf(convert)}
		switch m.name {
		case "eq":
			all = append(all, sql.EQ(column, one))
		case "neq":
			all = append(all, sql.Or(sql.NEQ(column, one), sql.IsNull(column)))
		case "lt":
			all = append(all, sql.LT(column, one))
		case "lte":
			all = append(all, sql.LTE(column, one))
		case "gt":
			all = append(all, sql.GT(column, one))
		case "gte":
			all = append(all, sql.GTE(column, one))
		case "in":
			all = append(all, anyOf(column, many))
		case "notIn":
			all = append(all, sql.Or(sql.Not(anyOf(column, many)), sql.IsNull(column)))
		case "startsWith":
			all = append(all, prefixed(column, m.value))
		case "contains":
			all = append(all, containing(column, one))
		case "isNull":
			if m.value.now == true {
				all = append(all, sql.IsNull(column))
			} else {
				all = append(all, sql.NotNull(column))
			}
		}
	}
	return join(sql.And, all), nil
}

// sealed turns the comparison of a sealed column into predicates on its digests,
// for those who may read it: whoever could ask for every value would know it.
func (f filter) sealed(s *sql.Selector, entity *catalog.Entity, field *catalog.Field, comparison value) (*sql.Predicate, error) {
	if !entity.Shows(field, viewer.From(f.ctx)) {
		return nil, masked(entity, field.Name)
	}
	var all []*sql.Predicate
	for _, m := range comparison.members(f.vars) {
		switch {
		case m.value.isNull():
		case m.name == "isNull" && m.value.now == true:
			all = append(all, sql.IsNull(s.C(field.Column)))
		case m.name == "isNull":
			all = append(all, sql.NotNull(s.C(field.Column)))
		default:
			if _, err := checked(m, converter(field), f.vars); err != nil {
				return nil, err
			}
			sought := digestSlot{value: m.value, entity: entity.Name, field: field, digests: f.digests, now: f.ctx}
			all = append(all, sql.P(func(b *sql.Builder) {
				b.Ident(s.C(entity.Digest(field).Column)).WriteString(" = ANY(").Arg(sought).WriteByte(')')
			}))
		}
	}
	return join(sql.And, all), nil
}

// checked converts a comparison's value once while compiling, so that bad
// input is refused before anything runs.
func checked(m member, convert func(any) (any, error), vars map[string]any) (any, error) {
	if m.name == "isNull" {
		return nil, nil
	}
	if m.name == "in" || m.name == "notIn" {
		return listOf(convert)(m.value.find(vars))
	}
	return convert(m.value.find(vars))
}

// anyOf compares with an array, so that the text of the statement does not
// depend on its length.
func anyOf(column string, list slot) *sql.Predicate {
	return sql.P(func(b *sql.Builder) { b.Ident(column).WriteString(" = ANY(").Arg(list).WriteByte(')') })
}

// containing looks for a text as it stands: nothing in it is a pattern.
func containing(column string, part slot) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		b.WriteString("strpos(").Ident(column).WriteString(", ").Arg(part).WriteString("::text) > 0")
	})
}

// prefixed is a range of the index in the order of code points, which is that
// of every text column.
func prefixed(column string, prefix value) *sql.Predicate {
	same := func(v any) (any, error) { return text("startsWith", v) }
	next := func(v any) (any, error) {
		s, err := text("startsWith", v)
		return after(s), err
	}
	return sql.And(sql.GTE(column, slot{prefix, same}), sql.LT(column, slot{prefix, next}))
}

// after is the least text that comes after every text with the prefix.
func after(prefix string) string {
	runes := []rune(prefix)
	for i := len(runes) - 1; i >= 0; i-- {
		if next := runes[i] + 1; next <= utf8.MaxRune {
			if next == 0xD800 {
				next = 0xE000 // surrogates are no characters
			}
			return string(runes[:i]) + string(next)
		}
	}
	return strings.Repeat(string(utf8.MaxRune), len(runes)+1)
}
