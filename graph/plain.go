package graph

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"

	"github.com/barrehq/barre/graph/model"
)

// plain undoes what gqlgen made of an input's values, so that code which reads
// inputs by the catalog meets what JSON has: texts, numbers, lists and objects.
func plain(input map[string]any) map[string]any {
	if input == nil {
		return nil
	}
	out := make(map[string]any, len(input))
	for name, v := range input {
		out[name] = plainValue(v)
	}
	return out
}

func plainValue(v any) any {
	switch v := v.(type) {
	case nil, string, bool, int, int64, float64:
		return v
	case json.RawMessage:
		return parsed(v)
	case *model.ExternalReferenceInput:
		return map[string]any{"system": v.System, "externalId": v.ExternalID}
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case map[string]any:
		if v == nil {
			return nil
		}
		return plain(v)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer:
		if r.IsNil() {
			return nil
		}
		return plainValue(r.Elem().Interface())
	case reflect.Slice:
		if r.IsNil() {
			return nil
		}
		list := make([]any, r.Len())
		for i := range list {
			list[i] = plainValue(r.Index(i).Interface())
		}
		return list
	case reflect.String:
		return r.String()
	default:
		return v
	}
}

// parsed is a value of the scalar JSON, with its numbers as they are written.
func parsed(raw json.RawMessage) (value any) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	_ = decoder.Decode(&value) // it was marshaled a moment ago
	return value
}
