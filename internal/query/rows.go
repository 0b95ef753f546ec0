package query

import (
	"encoding/binary"
	"errors"
	"sort"
	"time"
)

// result holds the rows of one run.
type result struct {
	bytes  []byte // of all cells, one after another
	cells  []span
	levels []rows
}

// span is where a cell's bytes stand; a null has start -1.
type span struct{ start, end int32 }

// rows of one level, ordered by parent and place.
type rows struct {
	list   []row
	totals map[int32]int64 // by parent
}

type row struct {
	parent, order, number int32
	first                 int // of its cells
}

var errRecord = errors.New("query: malformed record")

// The columns before the cells: the level, the parent's number, the place
// among its rows, the row's own number.
const head = 4

// add takes one row as Postgres sent it. slots says in which columns the cells
// of each level are. The bytes are copied once; cells point into the copy.
func (r *result) add(columns [][]byte, slots [][]int) error {
	if len(columns) < head {
		return errRecord
	}
	at, parent, order, own := whole(columns[0]), whole(columns[1]), whole(columns[2]), whole(columns[3])
	total := at < 0
	if total {
		at = -1 - at
	}
	if at >= int64(len(r.levels)) {
		return errRecord
	}
	l := &r.levels[at]
	if total {
		if l.totals == nil {
			l.totals = map[int32]int64{}
		}
		l.totals[int32(parent)] = order
		return nil
	}
	if r.bytes == nil {
		r.bytes = []byte{} // a cell that is empty is not null
	}
	first := len(r.cells)
	for _, slot := range slots[at] {
		if slot >= len(columns) {
			return errRecord
		}
		cell := columns[slot]
		if cell == nil {
			r.cells = append(r.cells, span{-1, -1})
			continue
		}
		start := int32(len(r.bytes))
		r.bytes = append(r.bytes, cell...)
		r.cells = append(r.cells, span{start, int32(len(r.bytes))})
	}
	l.list = append(l.list, row{parent: int32(parent), order: int32(order), number: int32(own), first: first})
	return nil
}

// sort puts each level into order. Postgres nearly always has.
func (r *result) sort() {
	for _, l := range r.levels {
		before := func(i, j int) bool {
			a, b := l.list[i], l.list[j]
			return a.parent < b.parent || a.parent == b.parent && a.order < b.order
		}
		if !sort.SliceIsSorted(l.list, before) {
			sort.Slice(l.list, before)
		}
	}
}

// of returns the rows of a level that belong to a parent.
func (l rows) of(parent int32) []row {
	start := sort.Search(len(l.list), func(i int) bool { return l.list[i].parent >= parent })
	end := start
	for end < len(l.list) && l.list[end].parent == parent {
		end++
	}
	return l.list[start:end]
}

// value returns the bytes of a row's cell; nil where it is null.
func (r *result) value(at row, cell int) []byte {
	s := r.cells[at.first+cell]
	if s.start < 0 {
		return nil
	}
	return r.bytes[s.start:s.end:s.end]
}

// whole reads a bigint in Postgres's binary form; 0 where it is none.
func whole(bigint []byte) int64 {
	if len(bigint) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(bigint))
}

// Postgres counts time from the beginning of 2000: days in a date,
// microseconds in a timestamptz.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func day(date []byte) time.Time {
	if len(date) != 4 {
		return epoch
	}
	return epoch.AddDate(0, 0, int(int32(binary.BigEndian.Uint32(date))))
}

func moment(timestamptz []byte) time.Time {
	return time.UnixMicro(epoch.UnixMicro() + whole(timestamptz)).UTC()
}
