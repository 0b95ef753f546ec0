package guard

import "github.com/barrehq/barre/internal/fault"

// where measures v as a filter. Every value that a column is compared with is
// a leaf, and an empty filter is one too; and, or, not and a filter on a
// related entity are a level each, the comparison of a field is none.
func (m *measure) where(v any) {
	if v == nil || m.fault != nil {
		return
	}
	f := filter{measure: m, start: m.leaves}
	f.node(v, 0)
}

// compare counts leaves that a fragment adds once more.
func (m *measure) compare(leaves int) {
	if m.leaves = plus(m.leaves, leaves); m.leaves > m.limits.WhereTotal {
		m.refuse("comparisons in the filters of the operation", m.limits.WhereTotal, "filter in several requests")
	}
}

type filter struct {
	measure *measure
	start   int // leaves before this filter
}

func (f *filter) leaf(v any) {
	m := f.measure
	if list, ok := listOf(v); ok && len(list) > m.limits.WhereList {
		m.fault = tooMany(fault.InputTooLarge, "elements in a list of the filter", len(list), m.limits.WhereList,
			"filter in several requests")
		return
	}
	m.compare(1)
	if m.leaves-f.start > m.limits.WhereLeaves {
		m.refuse("comparisons in the filter", m.limits.WhereLeaves, "filter in several requests")
	}
}

// node measures a filter object, or a list of them, at the given level.
func (f *filter) node(v any, level int) {
	if f.measure.fault != nil {
		return
	}
	if level > f.measure.limits.WhereDepth {
		f.measure.refuse("levels in the filter", f.measure.limits.WhereDepth, "nest and, or, not and relations less")
		return
	}
	if list, ok := listOf(v); ok && len(list) > 0 {
		for _, element := range list {
			f.node(element, level)
		}
		return
	}
	object, _ := objectOf(v)
	if len(object) == 0 {
		f.leaf(nil)
		return
	}
	for key, element := range object {
		f.entry(key, element, level)
	}
}

func (f *filter) entry(key string, v any, level int) {
	object, isObject := objectOf(v)
	switch {
	case f.measure.fault != nil:
	case key == "and" || key == "or" || key == "not":
		f.node(v, level+1)
	case isObject && flat(object):
		for _, operand := range object {
			f.leaf(operand)
		}
	case isObject || holdsObjects(v):
		f.node(v, level+1)
	default:
		f.leaf(v)
	}
}

// flat reports whether every value is an operand, as in {gte: 3, lt: 9}.
func flat(object map[string]any) bool {
	for _, v := range object {
		if _, nested := objectOf(v); nested || holdsObjects(v) {
			return false
		}
	}
	return len(object) > 0
}

func holdsObjects(v any) bool {
	list, _ := listOf(v)
	for _, element := range list {
		if _, ok := objectOf(element); ok {
			return true
		}
	}
	return false
}
