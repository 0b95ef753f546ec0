package query

import (
	"context"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Arguments of a list, as a resolver receives them.
type Arguments struct {
	First   *int
	After   *string
	Last    *int
	Before  *string
	Where   map[string]any
	OrderBy map[string]any
}

func (a Arguments) values() arguments {
	return arguments{
		first: pointer(a.First), last: pointer(a.Last), after: pointer(a.After), before: pointer(a.Before),
		where: objectValue(a.Where), orderBy: objectValue(a.OrderBy),
	}
}

func pointer[T any](p *T) value {
	if p == nil {
		return given(nil)
	}
	return given(*p)
}

func objectValue(m map[string]any) value {
	if m == nil {
		return given(nil)
	}
	return given(m)
}

// Parent narrows a list to the rows whose column points to one record.
type Parent struct {
	Column string
	ID     uuid.UUID
}

// Page is a page of records on the ordinary path.
type Page struct {
	Rows                 []ent.Row
	Cursors              []string
	HasNext, HasPrevious bool
	Total                int // where it was asked for
}

// List reads a page through ent alone, for fields that are not compiled.
func (r *Reader) List(ctx context.Context, entity *catalog.Entity, parent *Parent, a Arguments, withTotal bool) (*Page, error) {
	args := a.values()
	v := viewer.From(ctx)
	if v == nil {
		return nil, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	p, err := newPage(entity, args, nil, v)
	if err != nil {
		return nil, err
	}
	f := filter{ctx, r.store.Client(ctx), nil, new([]promise), r.store.Digests}
	var failed error
	narrow := func(s *sql.Selector) {
		if parent != nil {
			s.Where(sql.EQ(s.C(parent.Column), parent.ID))
		}
		where, err := f.predicate(s, entity, args.where)
		if err == nil {
			err = kept(ctx, f.client, *f.promises, nil)
		}
		if err != nil {
			failed = err
		}
		if where != nil {
			s.Where(where)
		}
	}
	ordering := p.ordering(entity)
	rows, err := ent.Kinds[entity.Name].List(ctx, f.client, func(s *sql.Selector) {
		narrow(s)
		p.apply(s, func(at value, i int) any {
			bound, err := position(r.cursors, v.TenantID, ordering, at.now, i, len(p.columns()))
			if err != nil {
				failed = err
			}
			return bound
		})
	})
	if failed != nil {
		return nil, failed
	}
	if err != nil {
		return nil, err
	}
	page := &Page{Rows: rows}
	r.finish(page, p, ordering, v)
	if withTotal {
		page.Total, err = r.total(ctx, entity, narrow)
	}
	return page, err
}

// finish cuts the row that shows whether there is more, and gives each row its cursor.
func (r *Reader) finish(page *Page, p page, ordering string, v *viewer.Viewer) {
	more := len(page.Rows) > p.size
	if more {
		page.Rows = page.Rows[:p.size]
	}
	page.HasNext, page.HasPrevious = more, p.hasAfter
	if p.backward {
		slices.Reverse(page.Rows)
		page.HasNext, page.HasPrevious = p.hasBefore, more
	}
	for _, row := range page.Rows {
		values := make([]cursor.Value, 0, 2)
		if p.field != nil {
			values = append(values, rowValue(p.field, row))
		}
		values = append(values, cursor.UUID(row.RowID()))
		page.Cursors = append(page.Cursors, string(r.cursors.Encode(nil, v.TenantID, ordering, values)))
	}
}

func (r *Reader) total(ctx context.Context, entity *catalog.Entity, narrow func(*sql.Selector)) (int, error) {
	s, err := ent.Kinds[entity.Name].Selector(ctx, r.store.Client(ctx))
	if err != nil {
		return 0, err
	}
	narrow(s)
	text, args := s.Select("count(*)").Query()
	rows, err := r.store.Run(ctx).QueryContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// rowValue is a column of a record in hand as a part of its cursor.
func rowValue(field *catalog.Field, row ent.Row) cursor.Value {
	switch v := row.Column(field.Column).(type) {
	case int:
		return cursor.Int(int64(v))
	case int64:
		return cursor.Int(v)
	case time.Time:
		if field.Kind == catalog.Date {
			return cursor.String(v.Format(time.DateOnly))
		}
		return cursor.Time(v)
	case string:
		return cursor.String(v)
	default:
		return cursor.Null()
	}
}
