package guard

import (
	"reflect"
	"strings"

	"github.com/barrehq/barre/internal/fault"
)

// measure counts the values of an input and stops at the first limit passed,
// so its work never exceeds the limits whatever it is given.
type measure struct {
	limits Limits
	nodes  int
	leaves int // comparisons of all filters so far
	fault  *fault.Fault
}

func (m *measure) refuse(what string, limit int, advice string) {
	if m.fault == nil {
		m.fault = tooMany(fault.InputTooLarge, what, saturated, limit, advice)
	}
}

func (m *measure) count(nodes int) {
	if m.nodes = plus(m.nodes, nodes); m.nodes > m.limits.Nodes {
		m.refuse("values in the input", m.limits.Nodes, "send them in several requests")
	}
}

// value measures v, which stands inside depth objects.
func (m *measure) value(v any, depth int) {
	if m.count(1); m.fault != nil {
		return
	}
	if text, ok := v.(string); ok {
		m.text(text)
	} else if list, ok := listOf(v); ok {
		m.list(list, depth)
	} else if object, ok := objectOf(v); ok {
		m.object(object, depth)
	}
}

func (m *measure) text(s string) {
	if strings.IndexByte(s, 0) >= 0 && m.fault == nil {
		m.fault = fault.New(fault.BadUserInput, "A text of the input holds a NUL character; remove it.")
	}
}

func (m *measure) list(list []any, depth int) {
	if len(list) > m.limits.List {
		m.fault = tooMany(fault.InputTooLarge, "elements in a list of the input", len(list), m.limits.List,
			"send them in several requests")
		return
	}
	for _, element := range list {
		inner := depth
		if _, nested := listOf(element); nested {
			inner++
		}
		if m.deep(inner); m.fault != nil {
			return
		}
		m.value(element, inner)
	}
}

func (m *measure) object(object map[string]any, depth int) {
	if m.deep(depth + 1); m.fault != nil {
		return
	}
	for key, element := range object {
		m.text(key)
		m.value(element, depth+1)
		if key == "where" {
			m.where(element)
		}
		if m.fault != nil {
			return
		}
	}
}

func (m *measure) deep(depth int) {
	if depth > m.limits.InputDepth {
		m.refuse("levels of objects in the input", m.limits.InputDepth, "nest less")
	}
}

// listOf and objectOf also accept the typed lists that coercion makes of a
// single value and the typed maps that Go callers pass.
func listOf(v any) ([]any, bool) {
	if list, ok := v.([]any); ok || scalar(v) {
		return list, ok
	}
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Slice || r.Type().Elem().Kind() == reflect.Uint8 {
		return nil, false
	}
	list := make([]any, r.Len())
	for i := range list {
		list[i] = r.Index(i).Interface()
	}
	return list, true
}

func objectOf(v any) (map[string]any, bool) {
	if object, ok := v.(map[string]any); ok || scalar(v) {
		return object, ok
	}
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Map || r.Type().Key().Kind() != reflect.String {
		return nil, false
	}
	object := make(map[string]any, r.Len())
	for it := r.MapRange(); it.Next(); {
		object[it.Key().String()] = it.Value().Interface()
	}
	return object, true
}

func scalar(v any) bool {
	switch v.(type) {
	case nil, string, bool, int, int64, float64:
		return true
	}
	return false
}
