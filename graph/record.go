package graph

import (
	"context"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/externalreference"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/typeid"
)

// The ordinary path: what the compiled reads leave to gqlgen's executor, and
// the oracle that they are held against.

// one returns the record of an entity with a typed id; nil where there is none.
func (r *Resolver) one(ctx context.Context, entity, id string) (ent.Row, error) {
	key, err := query.ParseID(entity, id)
	if err != nil {
		return nil, err
	}
	return r.byKey(ctx, entity, key)
}

func (r *Resolver) byKey(ctx context.Context, entity string, key uuid.UUID) (ent.Row, error) {
	rows, err := ent.Kinds[entity].List(ctx, r.Store.Client(ctx), func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), key)) })
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// related returns the record that a row's column points to.
func (r *Resolver) related(ctx context.Context, from ent.Row, entity, column string) (ent.Row, error) {
	key, ok := from.Column(column).(uuid.UUID)
	if !ok {
		return nil, nil
	}
	return r.byKey(ctx, entity, key)
}

// node returns the record with a typed id, of whatever type.
func (r *Resolver) node(ctx context.Context, id string) (ent.Row, error) {
	entity, key, err := named(id)
	if err != nil || entity == nil {
		return nil, err
	}
	return r.byKey(ctx, entity.Name, key)
}

// named returns what a typed id names; nil where its type is unknown.
func named(id string) (*catalog.Entity, uuid.UUID, error) {
	prefix, key, err := typeid.Parse(id)
	if err != nil {
		return nil, key, fault.New(fault.BadUserInput, "An id is not well formed. Ids look like student_01jd8m4w2xe5ktd7zcv4n8q3fa.")
	}
	for _, entity := range catalog.Entities {
		if entity.Prefix == prefix && !entity.Hidden {
			return entity, key, nil
		}
	}
	return nil, key, nil
}

// nodes returns the records with typed ids, one query for each type among them.
func (r *Resolver) nodes(ctx context.Context, ids []string) ([]ent.Row, error) {
	const most = 100
	if len(ids) > most {
		return nil, fault.New(fault.InputTooLarge, "nodes takes at most %d ids.", most)
	}
	wanted := map[string][]any{}
	for _, id := range ids {
		prefix, key, err := typeid.Parse(id)
		if err != nil {
			return nil, fault.New(fault.BadUserInput, "An id is not well formed. Ids look like student_01jd8m4w2xe5ktd7zcv4n8q3fa.")
		}
		wanted[prefix] = append(wanted[prefix], key)
	}
	found := map[string]ent.Row{}
	for _, entity := range catalog.Entities {
		keys := wanted[entity.Prefix]
		if len(keys) == 0 || entity.Hidden {
			continue
		}
		rows, err := ent.Kinds[entity.Name].List(ctx, r.Store.Client(ctx), func(s *sql.Selector) { s.Where(sql.In(s.C("id"), keys...)) })
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			found[row.TypeID()] = row
		}
	}
	list := make([]ent.Row, len(ids))
	for i, id := range ids {
		list[i] = found[id]
	}
	return list, nil
}

// referenced returns the record that another system knows under its own id.
func (r *Resolver) referenced(ctx context.Context, entity, system, externalID string) (ent.Row, error) {
	refs, err := ent.Kinds["ExternalReference"].List(ctx, r.Store.Client(ctx), func(s *sql.Selector) {
		s.Where(sql.And(sql.EQ(s.C("entity_type"), entity), sql.EQ(s.C("system"), system), sql.EQ(s.C("external_id"), externalID)))
	})
	if err != nil || len(refs) == 0 {
		return nil, err
	}
	return r.byKey(ctx, entity, refs[0].Column("entity_id").(uuid.UUID))
}

// either returns the record with a typed id or with that in another system.
func (r *Resolver) either(ctx context.Context, entity string, id *string, reference *model.ExternalReferenceInput) (ent.Row, error) {
	switch {
	case (id == nil) == (reference == nil):
		return nil, fault.New(fault.BadUserInput, "Give id or externalReference: one of the two.")
	case id != nil:
		return r.one(ctx, entity, *id)
	default:
		return r.referenced(ctx, entity, reference.System, reference.ExternalID)
	}
}

// references returns the ids under which other systems know a record.
func (r *Resolver) references(ctx context.Context, of ent.Row) ([]*ent.ExternalReference, error) {
	return r.Store.Client(ctx).ExternalReference.Query().Where(externalreference.EntityID(of.RowID())).
		Order(externalreference.ByID()).Limit(catalog.MaxReferences).All(ctx)
}

// parent is the record whose list is asked for.
type parent struct {
	row    ent.Row
	column string
}

// arguments of a list in the order of the schema.
type arguments struct {
	first          *int
	after          *string
	last           *int
	before         *string
	where, orderBy map[string]any
}

// listPage is a page as the generated resolvers give it its types.
type listPage struct {
	Rows    []ent.Row
	Cursors []string
	Info    *model.PageInfo
	Total   int
}

// page reads a page of an entity's records.
func (r *Resolver) page(ctx context.Context, entity string, of *parent, a arguments) (*listPage, error) {
	var owner *query.Parent
	if of != nil {
		owner = &query.Parent{Column: of.column, ID: of.row.RowID()}
	}
	found, err := r.Reader.List(ctx, catalog.Entities[entity], owner,
		query.Arguments{First: a.first, After: a.after, Last: a.last, Before: a.before, Where: a.where, OrderBy: a.orderBy}, selects(ctx, "totalCount"))
	if err != nil {
		return nil, err
	}
	info := &model.PageInfo{HasNextPage: found.HasNext, HasPreviousPage: found.HasPrevious}
	if n := len(found.Cursors); n > 0 {
		info.StartCursor, info.EndCursor = &found.Cursors[0], &found.Cursors[n-1]
	}
	return &listPage{Rows: found.Rows, Cursors: found.Cursors, Info: info, Total: found.Total}, nil
}

// selects reports whether the field at hand asks for a member of the given name.
func selects(ctx context.Context, name string) bool {
	for _, field := range graphql.CollectFieldsCtx(ctx, nil) {
		if field.Name == name {
			return true
		}
	}
	return false
}

// as gives a record its type; a record that is not there stays nil.
func as[T ent.Row](row ent.Row, err error) (T, error) { return typed[T](row), err }

func typed[T ent.Row](row ent.Row) T {
	t, _ := row.(T)
	return t
}

func typedList[T ent.Row](rows []ent.Row) []T {
	list := make([]T, len(rows))
	for i, row := range rows {
		list[i] = typed[T](row)
	}
	return list
}

func edgesOf[T ent.Row, E any](page *listPage, edge func(T, string) E) []E {
	list := make([]E, len(page.Rows))
	for i, row := range page.Rows {
		list[i] = edge(typed[T](row), page.Cursors[i])
	}
	return list
}

// userErrors maps what a person can correct. What the mutation did until then
// is undone.
func userErrors(ctx context.Context, faults []*fault.Fault) []*model.UserError {
	if len(faults) > 0 {
		probed(ctx, faults)
		undo(ctx, faults[0].Code)
	}
	return listed(faults)
}

func listed(faults []*fault.Fault) []*model.UserError {
	list := make([]*model.UserError, len(faults))
	for i, f := range faults {
		path := f.Field
		if path == nil {
			path = []string{}
		}
		list[i] = &model.UserError{Code: string(f.Code), Field: path, Message: f.Message}
	}
	return list
}

// rowErrors maps what was wrong with single rows. Where no other row was
// written, what the mutation did until then is undone.
func rowErrors(ctx context.Context, written []ent.Row, faults []*fault.Fault) []*model.UserError {
	if len(written) == 0 {
		return userErrors(ctx, faults)
	}
	return listed(faults)
}

// verdictOf sorts the error of a verb: what a person can correct becomes user
// errors of the payload, all else stays an error of the request.
func verdictOf(ctx context.Context, err error) ([]*model.UserError, error) {
	f := fault.From(err)
	if f == nil || !f.User {
		return userErrors(ctx, nil), err
	}
	return userErrors(ctx, []*fault.Fault{f}), nil
}
