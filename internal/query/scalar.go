package query

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// slot is an argument of a statement that is found among the variables each
// time the statement runs.
type slot struct {
	value   value
	convert func(any) (any, error)
}

// Value binds the value now, for statements that run once.
func (s slot) Value() (driver.Value, error) {
	bound, err := s.convert(s.value.now)
	if err != nil {
		return nil, err
	}
	return driver.DefaultParameterConverter.ConvertValue(bound)
}

// digestSlot is a slot of what a sealed column is compared with: the digests of
// one text or of several.
type digestSlot struct {
	value   value
	entity  string
	field   *catalog.Field
	digests digests
	now     context.Context // of a statement that runs once
}

// Value binds the value now, for statements that run once.
func (d digestSlot) Value() (driver.Value, error) {
	return d.convert(d.now, viewer.From(d.now).TenantID, d.value.now)
}

func (d digestSlot) convert(ctx context.Context, tenant uuid.UUID, v any) (driver.Value, error) {
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	all := pq.ByteaArray{}
	for _, item := range items {
		sought, err := text(d.field.Name, item)
		if err != nil {
			return nil, err
		}
		found, err := d.digests(ctx, tenant, d.entity, d.field.Column, sought)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all.Value()
}

// listSlot is a slot of a list, which Postgres takes as an array.
func listOf(convert func(any) (any, error)) func(any) (any, error) {
	return func(v any) (any, error) {
		items, ok := v.([]any)
		if !ok {
			items = []any{v}
		}
		texts := make([]string, len(items))
		for i, item := range items {
			bound, err := convert(item)
			if err != nil {
				return nil, err
			}
			texts[i] = fmt.Sprint(bound)
		}
		return pq.StringArray(texts).Value()
	}
}

// converter returns how a GraphQL value of field becomes an SQL argument.
func converter(field *catalog.Field) func(any) (any, error) {
	switch field.Kind {
	case catalog.ID:
		return func(v any) (any, error) { return idText(field, v) }
	case catalog.Int:
		return func(v any) (any, error) { return integer(field.Name, v) }
	case catalog.Date:
		return func(v any) (any, error) { return date(field.Name, v) }
	case catalog.Time:
		return func(v any) (any, error) { return instant(field.Name, v) }
	case catalog.Bool:
		return func(v any) (any, error) { return v, nil }
	default:
		return func(v any) (any, error) { return text(field.Name, v) }
	}
}

// idText is the UUID of a typed id. An id of another type is one that no
// record has; text that is no id at all is refused.
func idText(field *catalog.Field, v any) (any, error) {
	id, err := ParseID(field.Target, v)
	return id.String(), err
}

// ParseID reads a typed id of the given entity. An id of another type yields
// the nil UUID, which no record has.
func ParseID(entity string, v any) (uuid.UUID, error) {
	s, _ := v.(string)
	prefix, id, err := typeid.Parse(s)
	if err != nil {
		return uuid.Nil, fault.New(fault.BadUserInput, "An id is not well formed. Ids look like student_01jd8m4w2xe5ktd7zcv4n8q3fa.")
	}
	if target := catalog.Entities[entity]; target == nil || target.Prefix != prefix {
		return uuid.Nil, nil
	}
	return id, nil
}

func integer(name string, v any) (int64, error) {
	switch n := v.(type) {
	case int64:
		return n, nil
	case int:
		return int64(n), nil
	case float64:
		if n == float64(int64(n)) {
			return int64(n), nil
		}
	case json.Number:
		if parsed, err := n.Int64(); err == nil {
			return parsed, nil
		}
	}
	return 0, fault.New(fault.BadUserInput, "%s takes a whole number.", name)
}

func date(name string, v any) (string, error) {
	s, _ := v.(string)
	s = strings.TrimSuffix(s, "T00:00:00Z") // as gqlgen's executor hands a day on
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fault.New(fault.BadUserInput, "%s takes a day such as 2026-11-22.", name)
	}
	return s, nil
}

func instant(name string, v any) (time.Time, error) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fault.New(fault.BadUserInput, "%s takes a moment such as 2026-11-22T15:04:05Z.", name)
	}
	return t.UTC(), nil
}

func text(name string, v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fault.New(fault.BadUserInput, "%s takes a text.", name)
	}
	return s, nil
}

func appendNumber(dst []byte, v any) []byte {
	if n, err := integer("", v); err == nil {
		return strconv.AppendInt(dst, n, 10)
	}
	return append(dst, fmt.Sprint(v)...)
}
