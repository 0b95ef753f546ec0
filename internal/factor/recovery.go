package factor

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/secret"
)

// recoveryCodes is how many codes a person has at once.
const recoveryCodes = 10

// readable has no letter that is taken for a digit.
var readable = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewRecoveryCodes returns codes of 80 bits each, such as
// 4f7k-9xm2-q0ad-jw3c, to be shown once. Their digests are to be stored.
func NewRecoveryCodes() []secret.String {
	codes := make([]secret.String, recoveryCodes)
	for i := range codes {
		var random [10]byte
		_, _ = rand.Read(random[:]) // never fails: crypto/rand ends the program instead
		text := readable.EncodeToString(random[:])
		codes[i] = secret.String(text[0:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:16])
	}
	return codes
}

// RecoveryDigest is what a person's code is stored and found by. A code has too
// much chance in it to need salt or work. Case and dashes do not matter.
func RecoveryDigest(person uuid.UUID, code secret.String) []byte {
	text := strings.NewReplacer("-", "", " ", "", "o", "0", "l", "1", "i", "1").Replace(strings.ToLower(code.Reveal()))
	sum := sha256.Sum256([]byte("barre/recovery " + person.String() + " " + text))
	return sum[:]
}
