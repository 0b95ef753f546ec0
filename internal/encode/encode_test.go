package encode_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/encode"
)

func TestString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.String().Draw(t, "text")
		var got string
		if err := json.Unmarshal(encode.String(nil, want), &got); err != nil || got != want {
			t.Fatalf("String(%q) decodes to %q, %v", want, got, err)
		}
		bytes := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		if out := encode.String(nil, bytes); !utf8.Valid(out) || !json.Valid(out) {
			t.Fatalf("String(%q) = %q; want valid JSON", bytes, out)
		}
	})
}
