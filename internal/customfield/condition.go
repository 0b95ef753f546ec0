package customfield

import (
	"slices"

	"github.com/barrehq/barre/ent/customfield"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Condition compares the values of one key.
type Condition struct {
	Key      string
	Operator string // eq, neq, in, lt, lte, gt, gte, contains, startsWith or isNull
	Value    any    // a list for in
}

// maxIn bounds a list of values.
const maxIn = 100

// Check refuses a condition on a key that the viewer's role does not know, or
// that the field's kind does not have, or with a value of another kind.
func (d Definitions) Check(c Condition, role viewer.Role) error {
	field := d[c.Key]
	if !seen(field, role) {
		return fault.New(fault.BadUserInput, "There is no custom field of this key to filter by. Query.customFields tells which there are.")
	}
	if !slices.Contains(operators(field.Kind), c.Operator) {
		return fault.New(fault.BadUserInput, "The custom field %s is a %s and cannot be filtered by %s.", field.Key, field.Kind, c.Operator)
	}
	values := []any{c.Value}
	if list, isList := c.Value.([]any); isList && c.Operator == "in" {
		values = list
	}
	switch {
	case c.Operator == "isNull":
		return nil
	case len(values) > maxIn:
		return fault.New(fault.BadUserInput, "in takes at most %d values.", maxIn)
	}
	for _, value := range values {
		if _, problem := read(field.Kind, value); problem != "" {
			return fault.New(fault.BadUserInput, "The custom field %s %s.", field.Key, problem)
		}
	}
	return nil
}

// operators are what values of a kind can be compared by.
func operators(kind customfield.Kind) []string {
	equality, order := []string{"eq", "neq", "isNull"}, []string{"in", "lt", "lte", "gt", "gte"}
	switch kind {
	case customfield.KindBOOLEAN:
		return equality
	case customfield.KindCHOICE:
		return append(equality, "in")
	case customfield.KindTEXT:
		return append(append(equality, order...), "contains", "startsWith")
	default:
		return append(equality, order...)
	}
}
