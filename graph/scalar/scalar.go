// Package scalar reads and writes the values of the API's own scalars.
package scalar

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// The forms in which times are written.
const (
	dateTimeForm = "2006-01-02T15:04:05.999999Z"
	dateForm     = "2006-01-02"
)

// MarshalDateTime writes a moment in UTC with up to microseconds.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return text(t.UTC().Format(dateTimeForm))
}

// UnmarshalDateTime reads RFC 3339 with any zone.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("a DateTime is RFC 3339, such as 2026-11-22T15:04:05Z")
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

// MarshalDate writes a calendar day.
func MarshalDate(t time.Time) graphql.Marshaler { return text(t.Format(dateForm)) }

// UnmarshalDate reads a calendar day.
func UnmarshalDate(v any) (time.Time, error) {
	s, _ := v.(string)
	t, err := time.Parse(dateForm, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("a Date is a calendar day, such as 2026-11-22")
	}
	return t, nil
}

// MarshalInteger writes a whole number.
func MarshalInteger(n int64) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { io.WriteString(w, strconv.FormatInt(n, 10)) })
}

// UnmarshalInteger reads a whole number that JSON can carry exactly.
func UnmarshalInteger(v any) (int64, error) {
	const most = 1 << 53
	n, err := graphql.UnmarshalInt64(v)
	if _, isText := v.(string); err != nil || isText || n > most || n < -most {
		return 0, fmt.Errorf("it must be an integer between -2^53 and 2^53")
	}
	return n, nil
}

// MarshalJSON writes a JSON value as it is.
func MarshalJSON(raw json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		if len(raw) == 0 {
			raw = json.RawMessage("null")
		}
		w.Write(raw)
	})
}

// UnmarshalJSON reads any JSON value.
func UnmarshalJSON(v any) (json.RawMessage, error) { return json.Marshal(v) }

func text(s string) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { io.WriteString(w, `"`+s+`"`) })
}
