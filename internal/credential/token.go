package credential

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"hash/crc32"
	"strings"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
)

// Kind is what a token is for.
type Kind string

// The kinds of token.
const (
	Session        Kind = "SESSION"         // of a signed-in person
	SecretKey      Kind = "SECRET_KEY"      // of a server, bounded by scopes
	PublishableKey Kind = "PUBLISHABLE_KEY" // of a browser; it may be seen by anybody
	Invite         Kind = "INVITE"          // of a person who has not joined yet
	Reset          Kind = "RESET"           // of a person who wants a new password
	Verification   Kind = "VERIFICATION"    // of a person who reads mail at an address
	Step           Kind = "STEP"            // of a sign-in under way: the next step shows it
	StaffKey       Kind = "STAFF_KEY"       // of the operator's staff; by itself it opens no studio
	StaffAccess    Kind = "STAFF_ACCESS"    // of one access of the staff to one studio
	AppAccess      Kind = "APP_ACCESS"      // of a third party's app at one studio, for minutes
	AppRefresh     Kind = "APP_REFRESH"     // with which an app gets its next AppAccess, once
	AppCode        Kind = "APP_CODE"        // with which an app gets its first AppAccess, once
	AppSecret      Kind = "APP_SECRET"      // by which an app proves that it is the app
)

// Mode tells the keys of the real studio from those for trying things out.
type Mode string

// The modes of API keys. All other tokens have none; for them New ignores it.
const (
	Live Mode = "LIVE"
	Test Mode = "TEST"
)

const (
	base62         = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	checksumLength = 6 // of base62 for 32 bits
)

// form is how the tokens of one kind look: a prefix that tells scanners of
// leaked secrets whose it is, random characters of base62 and, unless opaque,
// a checksum with which a mistyped or invented token is told apart without a
// query. It is the form that GitHub chose in 2021.
type form struct {
	kind   Kind
	mode   Mode
	prefix string
	random int // characters of base62: 30 hold 178 bits, 43 hold 256
	opaque bool
}

func forms() [15]form {
	return [...]form{
		{Session, "", "barre_sess_", 43, true},
		{SecretKey, Live, "barre_live_sk_", 30, false},
		{PublishableKey, Live, "barre_live_pk_", 30, false},
		{SecretKey, Test, "barre_test_sk_", 30, false},
		{PublishableKey, Test, "barre_test_pk_", 30, false},
		{Invite, "", "barre_inv_", 30, false},
		{Reset, "", "barre_rst_", 30, false},
		{Verification, "", "barre_ver_", 30, false},
		{Step, "", "barre_step_", 43, true},
		{StaffKey, "", "barre_staff_", 43, false},
		{StaffAccess, "", "barre_jit_", 43, false},
		{AppAccess, "", "barre_app_", 43, false},
		{AppRefresh, "", "barre_rt_", 43, false},
		{AppCode, "", "barre_code_", 43, false},
		{AppSecret, "", "barre_cs_", 43, false},
	}
}

// Hash is the SHA-256 of a token, under which it is stored and found. A token
// has too much chance in it to be guessed, so it needs neither salt nor work.
type Hash [sha256.Size]byte

// Equal compares in constant time.
func (h Hash) Equal(other Hash) bool { return subtle.ConstantTimeCompare(h[:], other[:]) == 1 }

// Stored is what may be kept of a token. Prefix and Last4 are shown to people
// so that they recognize a key: "barre_live_sk_…4fQz".
type Stored struct {
	Hash   Hash
	Prefix string
	Last4  string
}

// New returns a new token, which is to be shown once and never kept, and what
// to keep of it. An API key is Live unless mode is Test. A kind that does not
// exist is a mistake of the program, and panics.
func New(kind Kind, mode Mode) (token secret.String, stored Stored) {
	if mode != Test {
		mode = Live
	}
	for _, f := range forms() {
		if f.kind == kind && (f.mode == mode || f.mode == "") {
			text := f.prefix + randomText(f.random)
			if !f.opaque {
				sum := checksum(text)
				text += string(sum[:])
			}
			return secret.String(text), Stored{sha256.Sum256([]byte(text)), f.prefix, text[len(text)-4:]}
		}
	}
	panic("credential: no such kind of token: " + string(kind))
}

// Parse returns the kind of a token and the hash to look it up by, without any
// query. A token that parses is well-formed, not yet valid. Everything else is
// Refused, whatever is wrong with it.
func Parse(token string) (Kind, Hash, error) {
	for _, f := range forms() {
		if rest, ok := strings.CutPrefix(token, f.prefix); ok && f.fits(token, rest) {
			return f.kind, sha256.Sum256([]byte(token)), nil
		}
	}
	return "", Hash{}, Refused()
}

// ModeOf returns the mode of a token that parses; empty for those that have none.
func ModeOf(token string) Mode {
	for _, f := range forms() {
		if strings.HasPrefix(token, f.prefix) {
			return f.mode
		}
	}
	return ""
}

// Refused is the one answer to every credential that does not serve:
// malformed, unknown, expired or revoked.
func Refused() error {
	return fault.New(fault.Unauthenticated, "The credential is not valid. Sign in again, or use another key.")
}

func (f form) fits(token, rest string) bool {
	length := f.random
	if !f.opaque {
		length += checksumLength
	}
	if len(rest) != length || !isBase62(rest) {
		return false
	}
	if f.opaque {
		return true
	}
	cut := len(token) - checksumLength
	want := checksum(token[:cut])
	return subtle.ConstantTimeCompare([]byte(token[cut:]), want[:]) == 1
}

// checksum is the CRC-32 (IEEE) of prefix and random part, most significant
// digit first. It guards against mistakes, not against forgers.
func checksum(text string) (digits [checksumLength]byte) {
	sum := crc32.ChecksumIEEE([]byte(text))
	for i := checksumLength - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return digits
}

func isBase62(text string) bool {
	for i := range len(text) {
		c := text[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// randomText returns n characters, each of the 62 as likely as the others: of
// the 64 values of six random bits, two are thrown away.
func randomText(n int) string {
	text := make([]byte, 0, n)
	var chunk [64]byte
	for {
		_, _ = rand.Read(chunk[:]) // never fails: crypto/rand ends the program instead
		for _, b := range chunk {
			if b &= 63; b < 62 {
				text = append(text, base62[b])
			}
			if len(text) == n {
				return string(text)
			}
		}
	}
}
