package query

import (
	"bytes"
	"errors"
	"sort"
)

// result holds the rows of one run.
type result struct {
	text   []byte // of all cells, one after another
	cells  []span
	levels []rows
}

// span is where a cell's text stands; a null has start -1.
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

// add parses one record in Postgres's text form: (a,"b ""c""",,d). A value
// without quotes is itself; nothing at all is null. The text is copied once;
// cells point into the copy.
func (r *result) add(record []byte) error {
	if len(record) < 2 || record[0] != '(' || record[len(record)-1] != ')' {
		return errRecord
	}
	var head [4]int32
	first, base := len(r.cells), int32(len(r.text))
	r.text = append(r.text, record[1:len(record)-1]...)
	in := r.text[base:]
	field := 0
	for i := 0; ; field++ {
		value, next := take(in, i)
		switch {
		case field < len(head) && value.start < 0:
			return errRecord
		case field < len(head):
			head[field] = number(in[value.start:value.end])
		case value.start < 0:
			r.cells = append(r.cells, value)
		default:
			r.cells = append(r.cells, span{base + value.start, base + value.end})
		}
		if next >= len(in) {
			break
		}
		if in[next] != ',' {
			return errRecord
		}
		i = next + 1
	}
	if field+1 < len(head) {
		return errRecord
	}
	return r.place(head, first)
}

// take finds the value that starts at i and where it ends. It takes quotes and
// escapes out of the text where it stands.
func take(in []byte, i int) (value span, next int) {
	if i >= len(in) || in[i] == ',' {
		return span{-1, -1}, i
	}
	if in[i] != '"' {
		end := bytes.IndexByte(in[i:], ',')
		if end < 0 {
			end = len(in) - i
		}
		return span{int32(i), int32(i + end)}, i + end
	}
	start := i + 1
	end := start
	for i = start; i < len(in); i++ {
		switch c := in[i]; {
		case c == '\\' && i+1 < len(in), c == '"' && i+1 < len(in) && in[i+1] == '"':
			i++
		case c == '"':
			return span{int32(start), int32(end)}, i + 1
		}
		if end < i { // something was taken out before
			in[end] = in[i]
		}
		end++
	}
	return span{int32(start), int32(end)}, i
}

// place files a row under its level.
func (r *result) place(head [4]int32, first int) error {
	at := int(head[0])
	if at < 0 {
		at = -1 - at
		if at >= len(r.levels) || len(r.cells) != first+1 {
			return errRecord
		}
		total := r.cells[first]
		if total.start < 0 {
			return errRecord
		}
		l := &r.levels[at]
		if l.totals == nil {
			l.totals = map[int32]int64{}
		}
		l.totals[head[1]] = int64(number(r.text[total.start:total.end]))
		return nil
	}
	if at >= len(r.levels) {
		return errRecord
	}
	r.levels[at].list = append(r.levels[at].list, row{parent: head[1], order: head[2], number: head[3], first: first})
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

// value returns the text of a row's cell; nil where it is null.
func (r *result) value(at row, cell int) []byte {
	s := r.cells[at.first+cell]
	if s.start < 0 {
		return nil
	}
	return r.text[s.start:s.end:s.end]
}

func number(text []byte) int32 {
	negative, n := false, int32(0)
	for _, c := range text {
		if c == '-' {
			negative = true
			continue
		}
		n = n*10 + int32(c-'0')
	}
	if negative {
		return -n
	}
	return n
}
