package cursor

import (
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// Kind is the type of a Value.
type Kind byte

// The kinds of value that a sort key can have. The numbers are part of the
// format: cursors that clients hold contain them.
const (
	KindNull Kind = iota
	KindBool
	KindInt
	KindTime
	KindString
	KindUUID
)

// Tags of the encoded form: the kind, and for a bool its value as well.
const (
	tagNull byte = iota
	tagFalse
	tagTrue
	tagInt
	tagTime
	tagString
	tagUUID
)

// Value is one sort key of a row. The zero Value is null. Values may be
// compared with ==.
type Value struct {
	kind   Kind
	number int64 // of a bool, int and time
	text   string
	id     uuid.UUID
}

// Null is the value of a column that holds nothing.
func Null() Value { return Value{} }

// Bool is the value of a boolean column.
func Bool(v bool) Value {
	if v {
		return Value{kind: KindBool, number: 1}
	}
	return Value{kind: KindBool}
}

// Int is the value of an integer column, and of money in minor units.
func Int(v int64) Value { return Value{kind: KindInt, number: v} }

// Time is an instant with the microsecond precision of Postgres; what is
// finer is cut off. It is good for the years -290,000 to 290,000.
func Time(v time.Time) Value { return Value{kind: KindTime, number: v.UnixMicro()} }

// String is the value of a text column, kept byte by byte.
func String(v string) Value { return Value{kind: KindString, text: v} }

// UUID is the value of a uuid column.
func UUID(v uuid.UUID) Value { return Value{kind: KindUUID, id: v} }

// Kind returns the type of v. Check it against the column before use: the
// ordering binds a cursor to a list, not to the list's present schema.
func (v Value) Kind() Kind { return v.kind }

// Any returns v as an argument of a statement: nil, bool, int64, time.Time in
// UTC, string or uuid.UUID.
func (v Value) Any() any {
	switch v.kind {
	case KindBool:
		return v.number != 0
	case KindInt:
		return v.number
	case KindTime:
		return time.UnixMicro(v.number).UTC()
	case KindString:
		return v.text
	case KindUUID:
		return v.id
	default:
		return nil
	}
}

func (v Value) append(dst []byte) []byte {
	switch v.kind {
	case KindBool:
		return append(dst, tagFalse+byte(v.number))
	case KindInt:
		return binary.AppendVarint(append(dst, tagInt), v.number)
	case KindTime:
		return binary.AppendVarint(append(dst, tagTime), v.number)
	case KindString:
		return append(binary.AppendUvarint(append(dst, tagString), uint64(len(v.text))), v.text...)
	case KindUUID:
		return append(append(dst, tagUUID), v.id[:]...)
	default:
		return append(dst, tagNull)
	}
}

// encodedSize returns at least the bytes that values take.
func encodedSize(values []Value) int {
	size := 0
	for _, v := range values {
		size += 1 + max(binary.MaxVarintLen64+len(v.text), len(v.id))
	}
	return size
}

// parse reads encoded values up to the end of data. It trusts nothing: a key
// may have sealed another format in another release.
func parse(data []byte) (values []Value, ok bool) {
	for len(data) > 0 {
		v, size := parseOne(data[0], data[1:])
		if size < 0 {
			return nil, false
		}
		values = append(values, v)
		data = data[1+size:]
	}
	return values, true
}

// parseOne reads the value after its tag and returns how many bytes it took,
// or -1 where they are no value.
func parseOne(tag byte, data []byte) (Value, int) {
	switch tag {
	case tagNull:
		return Null(), 0
	case tagFalse, tagTrue:
		return Bool(tag == tagTrue), 0
	case tagInt, tagTime:
		number, n := binary.Varint(data)
		if n <= 0 {
			return Value{}, -1
		}
		if tag == tagTime {
			return Value{kind: KindTime, number: number}, n
		}
		return Int(number), n
	case tagString:
		length, n := binary.Uvarint(data)
		if n <= 0 || length > uint64(len(data)-n) {
			return Value{}, -1
		}
		return String(string(data[n : n+int(length)])), n + int(length)
	case tagUUID:
		if len(data) < len(uuid.UUID{}) {
			return Value{}, -1
		}
		return UUID(uuid.UUID(data[:16])), 16
	default:
		return Value{}, -1
	}
}
