package query

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/encode"
	"github.com/barrehq/barre/internal/typeid"
)

// errMissing says that a record is not there which the schema promises.
var errMissing = errors.New("query: a record that must be there is not")

// output is one member of an object: a constant, a value, a record or a list.
type output struct {
	key      []byte
	constant []byte
	field    *catalog.Field
	cell     int
	sealed   string // entity of a field whose text is sealed; else empty
	id       int    // cell of that record's id
	record   *object
	nullable bool
	level    *level // of a root record
	list     *list
}

// object writes one record.
type object struct {
	entity  *catalog.Entity
	id      int // cell that is null where there is no record
	members []output
}

// list writes a connection.
type list struct {
	level    *level
	ordering string
	members  []listMember
	bare     bool // its nodes alone, not a connection
}

type listKind uint8

const (
	nodes listKind = iota + 1
	edges
	pageInfo
	totalCount
)

type listMember struct {
	key      []byte
	constant []byte
	kind     listKind
	record   *object
	edge     []edgeMember
	info     []infoMember
}

type edgeMember struct {
	key      []byte
	constant []byte
	isCursor bool
	record   *object
}

type infoMember struct {
	key  []byte
	name string
}

// writer writes the answer of one run.
type writer struct {
	result  *result
	cursors *cursor.Codec
	tenant  uuid.UUID
	tally   Tally
	open    func(entity, column string, id uuid.UUID, text []byte) ([]byte, error)

	counting Counting // nil but for the operator's staff
}

// root appends the members of the data object.
func (w *writer) root(dst []byte, members []output) ([]byte, error) {
	var err error
	dst = append(dst, '{')
	for i := range members {
		m := &members[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, m.key...)
		if dst, err = w.rootMember(dst, m); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func (w *writer) rootMember(dst []byte, m *output) ([]byte, error) {
	if m.level == nil {
		return w.member(dst, m, row{})
	}
	found := w.result.levels[m.level.index].list
	if len(found) == 0 {
		return append(dst, "null"...), nil
	}
	return w.object(dst, m.record, found[0])
}

func (w *writer) member(dst []byte, m *output, at row) ([]byte, error) {
	switch {
	case m.constant != nil:
		return append(dst, m.constant...), nil
	case m.sealed != "":
		cell := w.result.value(at, m.cell)
		if cell == nil {
			return append(dst, "null"...), nil
		}
		text, err := w.open(m.sealed, m.field.Column, id(w.result.value(at, m.id)), cell)
		if err != nil {
			return nil, err
		}
		return encode.String(dst, text), nil
	case m.field != nil:
		return scalar(dst, m.field, w.result.value(at, m.cell)), nil
	case m.list != nil:
		return w.list(dst, m.list, at.number)
	case w.result.value(at, m.record.id) == nil:
		if !m.nullable {
			return nil, errMissing
		}
		return append(dst, "null"...), nil
	default:
		return w.object(dst, m.record, at)
	}
}

func (w *writer) object(dst []byte, o *object, at row) ([]byte, error) {
	if w.counting != nil {
		w.counting.Read(o.entity.Name, 1)
	}
	var err error
	dst = append(dst, '{')
	for i := range o.members {
		m := &o.members[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, m.key...)
		if dst, err = w.member(dst, m, at); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// list appends a connection: the rows of its level that belong to the parent.
func (w *writer) list(dst []byte, l *list, parent int32) ([]byte, error) {
	found := w.result.levels[l.level.index].of(parent)
	more := len(found) > l.level.page.size
	if more {
		found = found[:l.level.page.size]
	}
	if l.level.page.backward {
		found = slices.Clone(found)
		slices.Reverse(found)
	}
	if w.tally != nil {
		w.tally.Delivered(l.level.field, len(found))
	}
	if l.bare {
		return w.nodes(dst, l.members[0].record, found)
	}
	dst = append(dst, '{')
	for i := range l.members {
		m := &l.members[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, m.key...)
		var err error
		switch m.kind {
		case nodes:
			dst, err = w.nodes(dst, m.record, found)
		case edges:
			dst, err = w.edges(dst, l, m.edge, found)
		case pageInfo:
			dst = w.pageInfo(dst, l, m.info, found, more)
		case totalCount:
			dst = strconv.AppendInt(dst, w.result.levels[l.level.index].totals[parent], 10)
		default:
			dst = append(dst, m.constant...)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func (w *writer) nodes(dst []byte, o *object, found []row) ([]byte, error) {
	var err error
	dst = append(dst, '[')
	for i, at := range found {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = w.object(dst, o, at); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func (w *writer) edges(dst []byte, l *list, members []edgeMember, found []row) ([]byte, error) {
	var err error
	dst = append(dst, '[')
	for i, at := range found {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		for j := range members {
			m := &members[j]
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, m.key...)
			switch {
			case m.isCursor:
				dst = w.cursor(dst, l, at)
			case m.record != nil:
				if dst, err = w.object(dst, m.record, at); err != nil {
					return nil, err
				}
			default:
				dst = append(dst, m.constant...)
			}
		}
		dst = append(dst, '}')
	}
	return append(dst, ']'), nil
}

func (w *writer) pageInfo(dst []byte, l *list, members []infoMember, found []row, more bool) []byte {
	p := l.level.page
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, m.key...)
		switch m.name {
		case "hasNextPage":
			dst = strconv.AppendBool(dst, !p.backward && more || p.backward && p.hasBefore)
		case "hasPreviousPage":
			dst = strconv.AppendBool(dst, p.backward && more || !p.backward && p.hasAfter)
		case "startCursor", "endCursor":
			if len(found) == 0 {
				dst = append(dst, "null"...)
				continue
			}
			at := found[0]
			if m.name == "endCursor" {
				at = found[len(found)-1]
			}
			dst = w.cursor(dst, l, at)
		case "__typename":
			dst = append(dst, `"PageInfo"`...)
		}
	}
	return append(dst, '}')
}

func (w *writer) cursor(dst []byte, l *list, at row) []byte {
	var values [2]cursor.Value
	for i, cell := range l.level.cursor {
		kind := catalog.ID
		if i == 0 && len(l.level.cursor) == 2 {
			kind = l.level.page.field.Kind
		}
		values[i] = cursorValue(kind, w.result.value(at, cell)) // #nosec G602 -- an order has at most two parts
	}
	dst = append(dst, '"')
	dst = w.cursors.Encode(dst, w.tenant, l.ordering, values[:len(l.level.cursor)])
	return append(dst, '"')
}

// cursorValue reads a cell as a part of a cursor.
func cursorValue(kind catalog.Kind, cell []byte) cursor.Value {
	switch kind {
	case catalog.ID:
		return cursor.UUID(id(cell))
	case catalog.Int:
		return cursor.Int(whole(cell))
	case catalog.Time:
		return cursor.Time(moment(cell))
	case catalog.Date:
		return cursor.String(day(cell).Format(time.DateOnly))
	default:
		return cursor.String(string(cell))
	}
}

// scalar appends a cell as JSON.
func scalar(dst []byte, field *catalog.Field, cell []byte) []byte {
	if cell == nil {
		return append(dst, "null"...)
	}
	switch field.Kind {
	case catalog.ID:
		dst = append(dst, '"')
		dst = typeid.Append(dst, catalog.Entities[field.Target].Prefix, id(cell))
		return append(dst, '"')
	case catalog.Int:
		return strconv.AppendInt(dst, whole(cell), 10)
	case catalog.JSON, catalog.List:
		return append(dst, cell...)
	case catalog.Bool:
		return strconv.AppendBool(dst, cell[0] != 0)
	case catalog.Time:
		dst = append(dst, '"')
		dst = moment(cell).AppendFormat(dst, time.RFC3339Nano)
		return append(dst, '"')
	case catalog.Date:
		dst = append(dst, '"')
		dst = day(cell).AppendFormat(dst, time.DateOnly)
		return append(dst, '"')
	default:
		return encode.String(dst, cell)
	}
}

func id(cell []byte) uuid.UUID {
	var id uuid.UUID
	copy(id[:], cell)
	return id
}
