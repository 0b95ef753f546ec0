package rule

import (
	"encoding/base64"
	"errors"
	"strings"
)

// SealedPrefix begins a sensitive text at rest. What follows is the ciphertext
// in unpadded URL-safe base64.
const SealedPrefix = "sealed:1:"

// SealedOverhead is how many bytes a ciphertext is longer than its plaintext:
// the number of the key, the nonce and the tag.
const SealedOverhead = 5 + 12 + 16

// IsSealed reports whether a text is one at rest.
func IsSealed(text string) bool { return strings.HasPrefix(text, SealedPrefix) }

// AtMost is MaxLen for sensitive texts: it judges the length that the text had
// before it was sealed.
func AtMost(bytes int) func(string) error {
	return func(text string) error {
		length := len(text)
		if rest, sealed := strings.CutPrefix(text, SealedPrefix); sealed {
			length = base64.RawURLEncoding.DecodedLen(len(rest)) - SealedOverhead
		}
		if length > bytes {
			return errors.New("value is greater than the required length")
		}
		return nil
	}
}
