package bench

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/barrehq/barre/internal/typeid"
)

// compared requests of a workload, this far apart, are held against each other.
const (
	compared     = 25
	comparedStep = 37
)

// compare asks both peers the same and refuses any difference of data.
func (r *run) compare(w workload) error {
	for n := range compared {
		q := w.ask(n * comparedStep)
		ours, err := r.barre.once(w, q)
		if err != nil {
			return err
		}
		theirs, err := r.limit.once(w, q)
		if err != nil {
			return err
		}
		a, err := normal(ours)
		if err != nil {
			return err
		}
		b, err := normal(theirs)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(a, b) {
			return fmt.Errorf("request %d: the answers differ:\nbarre %.1500s\nlimit %.1500s", n, ours, theirs)
		}
	}
	return nil
}

// normal decodes an answer in a form in which equal data is equal: typed ids as
// UUIDs, times in UTC, cursors by their presence.
func normal(body []byte) (any, error) {
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%w: %.300s", err, body)
	}
	if data, ok := answer["data"]; ok {
		return normalValue("", data), nil
	}
	return normalValue("", any(answer)), nil
}

func normalValue(name string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if key == "enrollment" && name == "enrollStudent" { // each peer makes its own
				delete(inner.(map[string]any), "id")
			}
			v[key] = normalValue(key, inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = normalValue(name, inner)
		}
	case string:
		if name == "endCursor" {
			return v != ""
		}
		if _, id, err := typeid.Parse(v); err == nil {
			return id.String()
		}
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t.UTC().String()
		}
	}
	return value
}
