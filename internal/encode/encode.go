// Package encode writes values as the API shows them. Every place that shows a
// record (reads, events, versions) writes it here, so that they agree.
package encode

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/typeid"
)

// Row is a record in hand.
type Row interface {
	RowID() uuid.UUID
	Column(name string) any
}

// Value appends one value of field as JSON.
func Value(dst []byte, field *catalog.Field, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...)
	case uuid.UUID:
		dst = append(dst, '"')
		dst = typeid.Append(dst, prefix(field), v)
		return append(dst, '"')
	case string:
		return String(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case time.Time:
		return Time(dst, field, v)
	case json.RawMessage:
		if len(v) == 0 {
			return append(dst, "null"...)
		}
		return append(dst, v...)
	case []string:
		return Strings(dst, v)
	default:
		return append(dst, "null"...)
	}
}

// Time appends a moment or, where field is a day, a day.
func Time(dst []byte, field *catalog.Field, t time.Time) []byte {
	dst = append(dst, '"')
	if field.Kind == catalog.Date {
		dst = t.AppendFormat(dst, time.DateOnly)
	} else {
		dst = t.UTC().AppendFormat(dst, "2006-01-02T15:04:05.999999Z")
	}
	return append(dst, '"')
}

func prefix(field *catalog.Field) string {
	if target, ok := catalog.Entities[field.Target]; ok {
		return target.Prefix
	}
	return "id"
}

// Strings appends a list of texts as JSON.
func Strings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = String(dst, s)
	}
	return append(dst, ']')
}

const hex = "0123456789abcdef"

// String appends s as a JSON string. Invalid UTF-8 becomes U+FFFD.
func String[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = append(dst, s[start:i]...)
			dst = escape(dst, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(string(s[i:min(i+4, len(s))]))
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\ufffd"...)
			start = i + 1
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func escape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\t':
		return append(dst, '\\', 't')
	case '\r':
		return append(dst, '\\', 'r')
	default:
		return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
}

// Told reports whether a record in the feed or, with sensitive, in its versions
// has the field.
func Told(field *catalog.Field, sensitive bool) bool {
	return field.Class != "secret" && (field.Class != "sensitive" || sensitive) && (!field.Hidden || field.Target != "")
}

// Record appends the whole of a row under its GraphQL names: every value that
// is not secret and, unless sensitive is asked for, not sensitive.
func Record(dst []byte, entity *catalog.Entity, row Row, sensitive bool) []byte {
	dst = append(dst, '{')
	first := true
	for i := range entity.Fields {
		field := &entity.Fields[i]
		if !Told(field, sensitive) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, '"')
		dst = append(dst, field.Name...)
		dst = append(dst, '"', ':')
		dst = Value(dst, field, row.Column(field.Column))
	}
	return append(dst, '}')
}
