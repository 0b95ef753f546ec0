package cursor_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/fault"
)

// No text but what Encode wrote is a cursor, and no text makes Decode panic.
func FuzzDecode(f *testing.F) {
	c := newCodec(f, 1)
	// Of the neighbor, so that no mutation of a seed may open.
	made := string(c.Encode(nil, neighbor, ordering, row()))
	for _, seed := range []string{
		"", "=", "eyJpZCI6MX0", "kqExAg", made, made[:40], made[:len(made)-1], made + "A",
		strings.Repeat("A", 54), strings.Repeat("_", cursor.MaxText), strings.Repeat("A", cursor.MaxText+1),
		base64.RawURLEncoding.EncodeToString(make([]byte, 64)), "' OR 1=1--", "\x00\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := c.Decode(text, tenant, ordering)
		if err == nil {
			t.Fatalf("forged: %q opened as %v", text, values)
		}
		if fault.CodeOf(err) != fault.BadUserInput {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

// What a cursor carries comes back whole, whatever text a row holds.
func FuzzRoundTrip(f *testing.F) {
	c := newCodec(f, 1)
	f.Add(ordering, "Pavlova", int64(-1))
	f.Add("", "", int64(0))
	f.Add("\x00", "\xff\xfe", int64(1<<62))
	f.Fuzz(func(t *testing.T, order, text string, number int64) {
		values := []cursor.Value{cursor.String(text), cursor.Int(number), cursor.Null(), cursor.UUID(tenant)}
		encoded := string(c.Encode(nil, tenant, order, values))
		if len(encoded) > cursor.MaxText {
			t.Skip("longer than a cursor may be")
		}
		got, err := c.Decode(encoded, tenant, order)
		if err != nil || !slices.Equal(got, values) {
			t.Fatalf("Decode = %v, %v; want %v", got, err, values)
		}
	})
}
