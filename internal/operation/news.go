package operation

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/barrehq/barre/ent"
)

// says reports whether a mutation gives a row a value that it does not have.
func says(m ent.Mutation, before ent.Row) bool {
	for _, column := range m.Fields() {
		if value, _ := m.Field(column); !same(value, before.Column(column)) {
			return true
		}
	}
	return slices.ContainsFunc(m.ClearedFields(), func(column string) bool { return before.Column(column) != nil })
}

// same compares what a mutation holds with what a column does.
func same(given, held any) bool {
	switch v := given.(type) {
	case time.Time:
		t, is := held.(time.Time)
		return is && v.Equal(t)
	case []string:
		list, is := held.([]string)
		return is && slices.Equal(v, list)
	case json.RawMessage:
		text, is := held.(json.RawMessage)
		return is && reflect.DeepEqual(decoded(v), decoded(text))
	default:
		return held != nil && fmt.Sprint(given) == fmt.Sprint(held) // an enum is a text of its own type
	}
}

func decoded(text json.RawMessage) (value any) {
	if json.Unmarshal(text, &value) != nil {
		return string(text)
	}
	return value
}
