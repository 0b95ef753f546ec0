// Package typeid writes and reads the public form of an id: the entity's
// prefix, an underscore and the UUID in 26 characters of Crockford's base32,
// as the TypeID specification (version 0.3) lays it down. The form sorts as
// the UUID does.
package typeid

import (
	"errors"
	"strings"

	"github.com/google/uuid"
)

const (
	alphabet     = "0123456789abcdefghjkmnpqrstvwxyz"
	suffixLength = 26
	maxPrefix    = 63
)

// ErrMalformed is returned for text that is no id at all.
var ErrMalformed = errors.New("typeid: malformed id")

// Format returns the public form of id.
func Format(prefix string, id uuid.UUID) string {
	return string(Append(make([]byte, 0, len(prefix)+1+suffixLength), prefix, id))
}

// Append writes the public form of id to dst.
func Append(dst []byte, prefix string, id uuid.UUID) []byte {
	dst = append(dst, prefix...)
	dst = append(dst, '_')
	// 128 bits in 26 digits of 5 bits: two zero bits lead.
	hi := uint64(id[0])<<56 | uint64(id[1])<<48 | uint64(id[2])<<40 | uint64(id[3])<<32 |
		uint64(id[4])<<24 | uint64(id[5])<<16 | uint64(id[6])<<8 | uint64(id[7])
	lo := uint64(id[8])<<56 | uint64(id[9])<<48 | uint64(id[10])<<40 | uint64(id[11])<<32 |
		uint64(id[12])<<24 | uint64(id[13])<<16 | uint64(id[14])<<8 | uint64(id[15])
	for shift := 125; shift >= 0; shift -= 5 {
		var digit uint64
		switch {
		case shift >= 64:
			digit = hi >> (shift - 64)
		case shift > 59:
			digit = hi<<(64-shift) | lo>>shift
		default:
			digit = lo >> shift
		}
		dst = append(dst, alphabet[digit&31])
	}
	return dst
}

// Parse splits text into its prefix and UUID. Only the canonical form is
// accepted: lower case, no value above 128 bits.
func Parse(text string) (prefix string, id uuid.UUID, err error) {
	cut := strings.LastIndexByte(text, '_')
	if cut < 1 || cut > maxPrefix || len(text)-cut-1 != suffixLength || text[cut+1] > '7' {
		return "", uuid.Nil, ErrMalformed
	}
	var hi, lo uint64
	for i := cut + 1; i < len(text); i++ {
		digit := strings.IndexByte(alphabet, text[i])
		if digit < 0 {
			return "", uuid.Nil, ErrMalformed
		}
		hi = hi<<5 | lo>>59
		lo = lo<<5 | uint64(digit)
	}
	for i := range 8 {
		id[i] = byte(hi >> (56 - 8*i))
		id[8+i] = byte(lo >> (56 - 8*i))
	}
	return text[:cut], id, nil
}
