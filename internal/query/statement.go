package query

import (
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/viewer"
)

// form is a type of column in which cells travel, in the binary form that
// Postgres sends. Levels have different columns but one answer: each cell takes
// the next column of its form, and what a level does not use is null.
type form uint8

const (
	uuidForm form = iota
	intForm
	boolForm
	dateForm
	timeForm
	textForm
	forms
)

var formTypes = [forms]string{"uuid", "bigint", "boolean", "date", "timestamptz", "text"}

// form of a cell; what has no field of its own is an id or a text.
func (c cell) form() form {
	field := c.table.entity.ByColumn(c.column)
	switch {
	case field == nil:
		return textForm
	case field.Kind == catalog.ID:
		return uuidForm
	case field.Kind == catalog.Int:
		return intForm
	case field.Kind == catalog.Bool:
		return boolForm
	case field.Kind == catalog.Date:
		return dateForm
	case field.Kind == catalog.Time:
		return timeForm
	default:
		return textForm
	}
}

// layout gives each cell of each level its column, and says of which form the
// columns behind the head are.
func layout(levels []*level) (slots [][]int, columns []form) {
	var most [forms]int
	for _, l := range levels {
		var used [forms]int
		for _, c := range l.cells {
			f := c.form()
			used[f]++
			most[f] = max(most[f], used[f])
		}
	}
	var first [forms]int
	for f, n := range most {
		first[f] = head + len(columns)
		columns = append(columns, slices.Repeat([]form{form(f)}, n)...)
	}
	slots = make([][]int, len(levels))
	for i, l := range levels {
		next := first
		for _, c := range l.cells {
			f := c.form()
			slots[i] = append(slots[i], next[f])
			next[f]++
		}
	}
	return slots, columns
}

// statement composes all levels into one text. Each row of its result is one
// record: level, parent, order, number, and the columns of layout; a row of
// level -1-n is the total of level n, in place of its order.
func statement(levels []*level) (text string, arguments []any, slots [][]int) {
	slots, columns := layout(levels)
	b := &sql.Builder{}
	b.SetDialect(dialect.Postgres)
	for i, l := range levels {
		b.WriteString([]string{"WITH ", ", "}[min(i, 1)])
		writef(b, "l%d AS (", i)
		l.write(b)
		b.WriteString(")")
	}
	for i := range levels {
		if i > 0 {
			b.WriteString(" UNION ALL")
		}
		writef(b, " SELECT %d::bigint, p, o, g", i)
		cells := make([]int, len(columns))
		for c, slot := range slots[i] {
			cells[slot-head] = c + 1
		}
		for c, f := range columns {
			if cells[c] == 0 {
				writef(b, ", NULL::%s", formTypes[f])
			} else {
				writef(b, ", c%d::%s", cells[c]-1, formTypes[f])
			}
		}
		writef(b, " FROM l%d", i)
	}
	for i, l := range levels {
		if l.total == nil {
			continue
		}
		parent := "0"
		if l.parent != nil {
			parent = fmt.Sprintf("l%d.g", l.parent.level.index)
		}
		writef(b, " UNION ALL SELECT %d, %s, (", -1-i, parent)
		b.Join(l.total)
		b.WriteString("), 0")
		for _, f := range columns {
			writef(b, ", NULL::%s", formTypes[f])
		}
		if l.parent != nil {
			writef(b, " FROM l%d", l.parent.level.index)
		}
	}
	return b.String(), args(b), slots
}

func args(b *sql.Builder) []any { _, list := b.Query(); return list }

// write composes one level: its own rows in their order, and around each the
// records that its edges lead to.
func (l *level) write(b *sql.Builder) {
	number, parent := "0::bigint", "0::bigint"
	if l.parent != nil {
		parent = fmt.Sprintf("l%d.g", l.parent.level.index)
	}
	switch {
	case l.nested && l.parent == nil:
		number = "t0.o" // the place in the only list there is
	case l.nested:
		number = "row_number() OVER ()"
	}
	writef(b, "SELECT %s AS g, %s AS p, t0.o", number, parent)
	for i, c := range l.cells {
		writef(b, ", %s.%q AS c%d", c.table.alias, c.column, i)
	}
	b.WriteString(" FROM ")
	if l.parent != nil {
		writef(b, "l%d CROSS JOIN LATERAL ", l.parent.level.index)
	}
	own, order := l.tables[0], "row_number() OVER ()"
	if l.single {
		order = "1::bigint"
	}
	// The window numbers the rows in the order in which they come out below.
	writef(b, "(SELECT s.*, %s AS o FROM (", order)
	b.Join(l.base.Select(own.columns...))
	b.WriteString(") s) t0")
	for _, t := range l.tables[1:] {
		t.need("id")
		b.WriteString(" LEFT JOIN (")
		b.Join(t.rules.Select(t.columns...))
		writef(b, ") %s ON %[1]s.\"id\" = %s.%q", t.alias, t.from.alias, t.column)
	}
}

// binding gives the argument of a statement for one run.
type binding func(ctx context.Context, vars map[string]any, v *viewer.Viewer) (any, error)

// bindings finds where each argument comes from.
func bindings(args []any) []binding {
	list := make([]binding, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case rule.Bound:
			list[i] = func(_ context.Context, _ map[string]any, v *viewer.Viewer) (any, error) { return arg.Slot.Of(v), nil }
		case slot:
			list[i] = func(_ context.Context, vars map[string]any, _ *viewer.Viewer) (any, error) {
				return arg.convert(arg.value.find(vars))
			}
		case digestSlot:
			arg.now = nil // a plan outlives it
			list[i] = func(ctx context.Context, vars map[string]any, v *viewer.Viewer) (any, error) {
				return arg.convert(ctx, v.TenantID, arg.value.find(vars))
			}
		case cursorSlot:
			list[i] = arg.bind
		default:
			list[i] = func(context.Context, map[string]any, *viewer.Viewer) (any, error) { return arg, nil }
		}
	}
	return list
}

// recordID is the id of a record in hand.
type recordID struct{ uuid.UUID }

// cursorSlot is one part of a cursor's position.
type cursorSlot struct {
	value       value
	codec       *cursor.Codec
	tenant      uuid.UUID
	ordering    string
	part, parts int
}

func (c cursorSlot) bind(_ context.Context, vars map[string]any, v *viewer.Viewer) (any, error) {
	return position(c.codec, v.TenantID, c.ordering, c.value.find(vars), c.part, c.parts)
}

func writef(b *sql.Builder, format string, args ...any) { b.WriteString(fmt.Sprintf(format, args...)) }
