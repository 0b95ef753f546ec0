package query

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// errOrdinary says that something is for the ordinary path to answer: a custom
// resolver, or an error that must stand at its place in the answer.
var errOrdinary = errors.New("query: not compiled")

// compiler turns a selection into levels of rows and a program that writes
// them. One level is one list (or one record) and all the single records
// around its rows; a nested list is a level of its own.
type compiler struct {
	filter
	op      *graphql.OperationContext
	viewer  *viewer.Viewer
	cursors *cursor.Codec
	levels  []*level
}

type level struct {
	index  int
	entity *catalog.Entity
	parent *table // whose rows the list belongs to; nil at the root
	column string // that points to the parent
	base   *sql.Selector
	page   page
	single bool
	tables []*table
	cells  []cell
	total  *sql.Selector // counts the whole list; nil unless asked for
	nested bool          // whether lists hang below it
	field  *ast.Field    // of the list, for its cost
	cursor []int         // cells of the cursor's columns
}

// table is one entity within a level: the list's own, or one that an edge
// leads to from each row.
type table struct {
	level   *level
	alias   string
	entity  *catalog.Entity
	rules   *sql.Selector // nil for the list's own
	from    *table        // whose row leads here
	column  string        // of from, that points here
	columns []string      // that the level needs of it
}

// cell is one value of a level's rows.
type cell struct {
	table  *table
	column string
}

func (c *compiler) newLevel(entity *catalog.Entity, parent *table, column string) (*level, *table, error) {
	base, err := ent.Kinds[entity.Name].Selector(c.ctx, c.client)
	if err != nil {
		return nil, nil, errOrdinary // a refusal stands at its place in the answer
	}
	l := &level{index: len(c.levels), entity: entity, parent: parent, column: column, base: base}
	c.levels = append(c.levels, l)
	own := &table{level: l, alias: "t0", entity: entity}
	l.tables = []*table{own}
	if parent != nil {
		parent.level.nested = true
		c.correlate(base, parent, column)
	}
	return l, own, nil
}

// correlate narrows a list to the rows of the parent's row at hand.
func (c *compiler) correlate(s *sql.Selector, parent *table, column string) {
	id := parent.cell("id")
	s.Where(sql.P(func(b *sql.Builder) {
		b.Ident(s.C(column)).WriteString(fmt.Sprintf(" = l%d.c%d", parent.level.index, id))
	}))
}

// cell returns the place of a column in the rows of the table's level.
func (t *table) cell(column string) int {
	for i, existing := range t.level.cells {
		if existing.table == t && existing.column == column {
			return i
		}
	}
	t.need(column)
	t.level.cells = append(t.level.cells, cell{t, column})
	return len(t.level.cells) - 1
}

// need selects a column inside the level without giving it a place in its rows.
func (t *table) need(column string) {
	for _, existing := range t.columns {
		if existing == column {
			return
		}
	}
	t.columns = append(t.columns, column)
}

// follow joins the record that an edge leads to from each row of t.
func (c *compiler) follow(t *table, edge *catalog.Edge) (*table, error) {
	rules, err := ent.Kinds[edge.Target].Selector(c.ctx, c.client)
	if err != nil {
		return nil, errOrdinary
	}
	t.need(edge.Column)
	there := &table{
		level: t.level, alias: fmt.Sprintf("t%d", len(t.level.tables)), entity: catalog.Entities[edge.Target],
		rules: rules, from: t, column: edge.Column,
	}
	t.level.tables = append(t.level.tables, there)
	return there, nil
}

// root compiles a root field that reads records.
func (c *compiler) root(field graphql.CollectedField) (output, error) {
	out := output{key: key(field.Alias)}
	if field.Name == "__typename" {
		out.constant = []byte(`"Query"`)
		return out, nil
	}
	for _, entity := range catalog.Entities {
		switch {
		case entity.Hidden:
		case field.Name == entity.Plural:
			var err error
			out.list, err = c.list(field, entity, nil, "")
			return out, err
		case field.Name == entity.Single:
			return c.single(out, field, entity)
		}
	}
	if field.Name == "node" {
		return c.node(out, field)
	}
	return out, errOrdinary
}

// node finds the entity by the prefix of the id.
func (c *compiler) node(out output, field graphql.CollectedField) (output, error) {
	id, _ := argument(field.Field, "id", c.vars)
	text, _ := id.now.(string)
	prefix, _, err := typeid.Parse(text)
	if err != nil {
		return out, errOrdinary
	}
	for _, entity := range catalog.Entities {
		if entity.Prefix == prefix && !entity.Hidden {
			return c.single(out, field, entity)
		}
	}
	return out, errOrdinary
}

// single compiles one record by its id.
func (c *compiler) single(out output, field graphql.CollectedField, entity *catalog.Entity) (output, error) {
	l, own, err := c.newLevel(entity, nil, "")
	if err != nil {
		return out, err
	}
	l.single = true
	if err := c.identify(l.base, entity, field); err != nil {
		return out, err
	}
	out.record, err = c.object(field.Selections, own)
	out.level, out.nullable = l, true
	return out, err
}

// identify narrows to the record that the arguments of its field name: by its
// id, or by that in another system.
func (c *compiler) identify(s *sql.Selector, entity *catalog.Entity, field graphql.CollectedField) error {
	id, _ := argument(field.Field, "id", c.vars)
	reference, _ := argument(field.Field, "externalReference", c.vars)
	if id.isNull() == reference.isNull() {
		return errOrdinary
	}
	if !id.isNull() {
		convert := converter(&entity.Fields[0])
		if _, err := convert(id.now); err != nil {
			return errOrdinary
		}
		s.Where(sql.EQ(s.C("id"), slot{id, convert}))
		return nil
	}
	refs, err := ent.Kinds["ExternalReference"].Selector(c.ctx, c.client)
	if err != nil {
		return errOrdinary
	}
	refs.Where(sql.EQ(refs.C("entity_type"), entity.Name))
	for _, m := range reference.members(c.vars) {
		column := map[string]string{"system": "system", "externalId": "external_id"}[m.name]
		refs.Where(sql.EQ(refs.C(column), slot{m.value, func(v any) (any, error) { return text(m.name, v) }}))
	}
	s.Where(sql.In(s.C("id"), refs.Select(refs.C("entity_id"))))
	return nil
}

// byID compiles the selection of one record in hand, for a mutation's payload.
func (c *compiler) byID(selections ast.SelectionSet, entity *catalog.Entity, id uuid.UUID) (output, error) {
	l, own, err := c.newLevel(entity, nil, "")
	if err != nil {
		return output{}, err
	}
	l.single = true
	l.base.Where(sql.EQ(l.base.C("id"), recordID{id}))
	record, err := c.object(selections, own)
	return output{record: record, level: l, nullable: true}, err
}

// object compiles a selection on the rows of t.
func (c *compiler) object(selections ast.SelectionSet, t *table) (*object, error) {
	o := &object{entity: t.entity, id: t.cell("id")}
	for _, field := range graphql.CollectFields(c.op, selections, []string{t.entity.Name, "Node"}) {
		out, err := c.member(field, t)
		if err != nil {
			return nil, err
		}
		out.key = key(field.Alias)
		o.members = append(o.members, out)
	}
	return o, nil
}

func (c *compiler) member(field graphql.CollectedField, t *table) (output, error) {
	if len(field.Directives) > 0 && !onlyConditions(field.Directives) {
		return output{}, errOrdinary
	}
	if field.Name == "__typename" {
		return output{constant: quoted(t.entity.Name)}, nil
	}
	if f := t.entity.Field(field.Name); f != nil && !f.Hidden {
		if !t.entity.Shows(f, c.viewer) || f.Column == rule.CustomColumn && c.viewer.Role == viewer.Guardian {
			return output{}, errOrdinary // a guardian sees those alone that are for families
		}
		out := output{field: f, cell: t.cell(f.Column)}
		if f.Sealed() {
			out.sealed, out.id = t.entity.Name, t.cell("id")
		}
		return out, nil
	}
	if field.Name == "externalReferences" && t.entity.ExternalReferences {
		list, err := c.references(field, t)
		return output{list: list}, err
	}
	edge := t.entity.Edge(field.Name)
	switch {
	case edge == nil:
		return output{}, errOrdinary
	case edge.Many:
		list, err := c.list(field, catalog.Entities[edge.Target], t, edge.Column)
		return output{list: list}, err
	}
	there, err := c.follow(t, edge)
	if err != nil {
		return output{}, err
	}
	record, err := c.object(field.Selections, there)
	return output{record: record, nullable: edge.Nullable}, err
}

// references compiles the ids under which other systems know the rows of t.
func (c *compiler) references(field graphql.CollectedField, t *table) (*list, error) {
	l, own, err := c.newLevel(catalog.Entities["ExternalReference"], t, "entity_id")
	if err != nil {
		return nil, err
	}
	l.page, l.field = page{size: catalog.MaxReferences}, field.Field
	l.page.apply(l.base, nil)
	record, err := c.object(field.Selections, own)
	return &list{level: l, members: []listMember{{kind: nodes, record: record}}, bare: true}, err
}

// onlyConditions reports whether all directives are those that CollectFields
// has already obeyed.
func onlyConditions(directives ast.DirectiveList) bool {
	for _, d := range directives {
		if d.Name != "skip" && d.Name != "include" {
			return false
		}
	}
	return true
}

func listArguments(field *ast.Field, vars map[string]any) arguments {
	var args arguments
	for name, into := range map[string]*value{
		"first": &args.first, "last": &args.last, "after": &args.after,
		"before": &args.before, "where": &args.where, "orderBy": &args.orderBy,
	} {
		*into, _ = argument(field, name, vars)
	}
	return args
}

// list compiles a connection.
func (c *compiler) list(field graphql.CollectedField, entity *catalog.Entity, parent *table, column string) (*list, error) {
	args := listArguments(field.Field, c.vars)
	p, err := newPage(entity, args, c.vars, c.viewer)
	if err != nil {
		return nil, errOrdinary
	}
	l, own, err := c.newLevel(entity, parent, column)
	if err != nil {
		return nil, err
	}
	l.page, l.field = p, field.Field
	if err := c.narrow(l.base, entity, args.where); err != nil {
		return nil, err
	}
	out := &list{level: l, ordering: p.ordering(entity)}
	for _, f := range graphql.CollectFields(c.op, field.Selections, []string{entity.Name + "Connection"}) {
		member, err := c.listMember(f, own, args)
		if err != nil {
			return nil, err
		}
		member.key = key(f.Alias)
		out.members = append(out.members, member)
	}
	p.apply(l.base, func(v value, i int) any {
		return cursorSlot{value: v, codec: c.cursors, tenant: c.viewer.TenantID, ordering: out.ordering, part: i, parts: len(p.columns())}
	})
	if p.hasAfter || p.hasBefore {
		if err := c.checkCursors(p, out.ordering); err != nil {
			return nil, errOrdinary
		}
	}
	return out, nil
}

func (c *compiler) checkCursors(p page, ordering string) error {
	for _, at := range []value{p.after, p.before} {
		if at.isNull() {
			continue
		}
		if _, err := position(c.cursors, c.viewer.TenantID, ordering, at.now, 0, len(p.columns())); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) narrow(s *sql.Selector, entity *catalog.Entity, where value) error {
	p, err := c.predicate(s, entity, where)
	if err != nil {
		return errOrdinary
	}
	if p != nil {
		s.Where(p)
	}
	return nil
}

func (c *compiler) listMember(f graphql.CollectedField, own *table, args arguments) (listMember, error) {
	l := own.level
	switch f.Name {
	case "__typename":
		return listMember{constant: quoted(l.entity.Name + "Connection")}, nil
	case "nodes":
		record, err := c.object(f.Selections, own)
		return listMember{kind: nodes, record: record}, err
	case "edges":
		return c.edges(f, own)
	case "pageInfo":
		out := listMember{kind: pageInfo}
		for _, info := range graphql.CollectFields(c.op, f.Selections, []string{"PageInfo"}) {
			out.info = append(out.info, infoMember{key(info.Alias), info.Name})
			if info.Name == "startCursor" || info.Name == "endCursor" {
				c.cursorCells(own)
			}
		}
		return out, nil
	case "totalCount":
		return listMember{kind: totalCount}, c.countAll(l, args)
	}
	return listMember{}, errOrdinary
}

func (c *compiler) edges(f graphql.CollectedField, own *table) (listMember, error) {
	out := listMember{kind: edges}
	for _, part := range graphql.CollectFields(c.op, f.Selections, []string{own.entity.Name + "Edge"}) {
		member := edgeMember{key: key(part.Alias)}
		switch part.Name {
		case "__typename":
			member.constant = quoted(own.entity.Name + "Edge")
		case "cursor":
			c.cursorCells(own)
			member.isCursor = true
		case "node":
			record, err := c.object(part.Selections, own)
			if err != nil {
				return out, err
			}
			member.record = record
		}
		out.edge = append(out.edge, member)
	}
	return out, nil
}

// cursorCells gives the columns of the list's cursors a place in its rows.
func (c *compiler) cursorCells(own *table) {
	l := own.level
	if l.cursor != nil {
		return
	}
	for _, column := range l.page.columns() {
		l.cursor = append(l.cursor, own.cell(column))
	}
}

// countAll counts the whole list beside its page.
func (c *compiler) countAll(l *level, args arguments) error {
	if l.total != nil {
		return nil
	}
	total, err := ent.Kinds[l.entity.Name].Selector(c.ctx, c.client)
	if err != nil {
		return errOrdinary
	}
	if l.parent != nil {
		c.correlate(total, l.parent, l.column)
	}
	if err := c.narrow(total, l.entity, args.where); err != nil {
		return err
	}
	l.total = total.Select("count(*)")
	return nil
}

// newCompiler returns a compiler for one operation of the viewer of ctx.
func newCompiler(ctx context.Context, s *store.Store, op *graphql.OperationContext, cursors *cursor.Codec) *compiler {
	return &compiler{filter: filter{ctx, s.Client(ctx), op.Variables, new([]promise), s.Digests}, op: op, viewer: viewer.From(ctx), cursors: cursors}
}

func key(alias string) []byte { return append(quoted(alias), ':') }

func quoted(name string) []byte { return []byte(`"` + name + `"`) }
