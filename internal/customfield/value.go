package customfield

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/barrehq/barre/ent/customfield"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Bounds of values.
const (
	maxText   = 2000 // characters
	maxNumber = 1e15 // what every client reads exactly
)

// Values is what a record holds in its custom fields.
type Values = json.RawMessage

// Merge returns the values of a record after what the customFields of an input
// give: the one judge of values, on every way to a record. Keys that are not
// given stay, null takes a value away. A new record needs what is required.
func (d Definitions) Merge(before Values, given any, role viewer.Role, creating bool) (Values, error) {
	values, err := decode(before)
	if err != nil {
		return nil, err
	}
	object, isObject := given.(map[string]any)
	if given != nil && !isObject {
		return nil, fault.User(fault.Invalid, path(), "customFields takes an object of keys and values, such as {shoeSize: 34}.")
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if err := d.set(values, key, object[key], role); err != nil {
			return nil, err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d)) {
		field := d[key]
		_, has := values[key]
		_, named := object[key]
		if field.Required && !field.Archived && !has && (creating || named) && writable(field, role) {
			return nil, fault.User(fault.Required, path(key), "%s must have a value.", field.Label)
		}
	}
	return json.Marshal(values)
}

// Visible returns those of a record's values that a viewer of the given role
// may see.
func (d Definitions) Visible(all Values, role viewer.Role) (Values, error) {
	values, err := decode(all)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(values, func(key string, _ any) bool { return !seen(d[key], role) })
	return json.Marshal(values)
}

func decode(all Values) (map[string]any, error) {
	values := map[string]any{}
	if len(all) == 0 {
		return values, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(all))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		return nil, fmt.Errorf("customfield: read values: %w", err)
	}
	return values, nil
}

func path(key ...string) []string { return append([]string{"input", "customFields"}, key...) }

// set changes one value.
func (d Definitions) set(values map[string]any, key string, value any, role viewer.Role) error {
	field := d[key]
	switch {
	case !seen(field, role):
		return fault.User(fault.Invalid, path(key), "There is no custom field of this key. createCustomField makes one.")
	case !writable(field, role):
		return fault.User(fault.Invalid, path(key), "%s is for the studio to change.", field.Label)
	case value == nil:
		delete(values, key)
		return nil
	case field.Archived:
		return fault.User(fault.Invalid, path(key), "%s is archived and takes no values.", field.Label)
	}
	kept, problem := read(field.Kind, value)
	if problem == "" && field.Kind == customfield.KindCHOICE && !slices.Contains(field.Options, kept.(string)) {
		problem = "must be one of " + strings.Join(field.Options, ", ")
	}
	if problem != "" {
		return fault.User(fault.Invalid, path(key), "%s %s.", field.Label, problem)
	}
	values[key] = kept
	return nil
}

// read returns a value as it is kept, or what is wrong with it.
func read(kind customfield.Kind, value any) (kept any, problem string) {
	text, isText := value.(string)
	switch kind {
	case customfield.KindTEXT, customfield.KindCHOICE:
		switch {
		case !isText || !utf8.ValidString(text) || strings.ContainsRune(text, 0):
			return nil, "takes a text"
		case utf8.RuneCountInString(text) > maxText:
			return nil, fmt.Sprintf("takes at most %d characters", maxText)
		}
		return text, ""
	case customfield.KindDATE:
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return nil, "takes a day such as 2026-11-22"
		}
		return text, ""
	case customfield.KindBOOLEAN:
		if _, is := value.(bool); !is {
			return nil, "takes true or false"
		}
		return value, ""
	default:
		return number(value)
	}
}

func number(value any) (kept any, problem string) {
	var n float64
	switch v := value.(type) {
	case int:
		n = float64(v)
	case int64:
		n = float64(v)
	case float64:
		n = v
	case json.Number:
		var err error
		if n, err = v.Float64(); err != nil {
			n = math.Inf(1)
		}
	default:
		return nil, "takes a number"
	}
	if math.IsNaN(n) || math.Abs(n) > maxNumber {
		return nil, "takes a number up to 1,000,000,000,000,000"
	}
	return value, ""
}
