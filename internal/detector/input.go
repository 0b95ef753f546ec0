package detector

import (
	"encoding/json"
	"strconv"
)

// Input looks through the decoded value of an argument: objects, lists, texts
// and numbers. It returns the path of the first number that it finds, below
// the path given.
func Input(value any, path ...string) (kind Kind, at []string, found bool) {
	below := func(step string) []string { return append(path[:len(path):len(path)], step) }
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if kind, at, found = Input(inner, below(name)...); found {
				return kind, at, true
			}
		}
	case []any:
		for i, inner := range v {
			if kind, at, found = Input(inner, below(strconv.Itoa(i))...); found {
				return kind, at, true
			}
		}
	case json.Number:
		return Input(v.String(), path...)
	case int64:
		return Input(strconv.FormatInt(v, 10), path...)
	case string:
		kind, found = First(v)
		return kind, path, found
	}
	return "", nil, false
}
