// Package webhook signs and sends what a studio's own endpoint receives. It
// follows Standard Webhooks 1.0.0 and treats every URL as hostile: a studio
// chooses it, and the program that calls it stands inside our network.
package webhook

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/secret"
)

// Names of the headers, as Standard Webhooks writes them.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

// Tolerance is how far a receiver lets the timestamp be from its own clock, in
// the past and in the future alike.
const Tolerance = 5 * time.Minute

const (
	secretPrefix  = "whsec_"
	privatePrefix = "whsk_"
	publicPrefix  = "whpk_"
	newKeyBytes   = 32
	minKeyBytes   = 24 // bounds of the specification
	maxKeyBytes   = 64

	// More signatures than any rotation needs are not looked at, so that a
	// header cannot make the receiver compute for long.
	maxSignatures = 16
)

// Errors of signing and verifying. Which one a receiver met is for its log
// alone; to the sender all of them are "unauthorized".
var (
	ErrSecret    = errors.New("webhook: key is not whsec_ and base64 of 24 to 64 bytes, nor whsk_ or whpk_ and base64 of an ed25519 key")
	ErrID        = errors.New("webhook: id is empty or holds a dot, a space or a control character")
	ErrHeaders   = errors.New("webhook: signature headers are missing or malformed")
	ErrTimestamp = errors.New("webhook: timestamp is more than five minutes away")
	ErrSignature = errors.New("webhook: no signature matches")
)

// NewSecret returns a fresh secret of 32 bytes from random, which is
// crypto/rand.Reader outside of tests.
func NewSecret(random io.Reader) (secret.String, error) {
	key := make([]byte, newKeyBytes)
	if _, err := io.ReadFull(random, key); err != nil {
		return "", fmt.Errorf("webhook: read random bytes: %w", err)
	}
	return secret.String(secretPrefix + base64.StdEncoding.EncodeToString(key)), nil
}

// key is what a signature is made with or checked by.
type key struct {
	shared  []byte             // of v1
	private ed25519.PrivateKey // of v1a; nil for whoever only verifies
	public  ed25519.PublicKey  // of v1a
}

// decode reads a key; its prefix says which kind it is.
func decode(s secret.String) (k key, err error) {
	kind, text, found := strings.Cut(s.Reveal(), "_")
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if !found || err != nil {
		return k, ErrSecret
	}
	switch kind + "_" {
	case secretPrefix:
		if len(raw) < minKeyBytes || len(raw) > maxKeyBytes {
			return k, ErrSecret
		}
		k.shared = raw
	case privatePrefix:
		if len(raw) != ed25519.PrivateKeySize {
			return k, ErrSecret
		}
		k.private = raw
		k.public, _ = k.private.Public().(ed25519.PublicKey)
	case publicPrefix:
		if len(raw) != ed25519.PublicKeySize {
			return k, ErrSecret
		}
		k.public = raw
	default:
		return k, ErrSecret
	}
	return k, nil
}

// sign returns one signature of message with its version.
func (k key) sign(message []byte) (string, error) {
	version, sum := "v1,", []byte(nil)
	switch {
	case k.shared != nil:
		sum = digest(k.shared, message)
	case k.private != nil:
		version, sum = "v1a,", ed25519.Sign(k.private, message)
	default:
		return "", ErrSecret
	}
	return version + base64.StdEncoding.EncodeToString(sum), nil
}

// Sign returns the value of webhook-signature: one signature per key, in their
// order, so that a receiver may hold any of them while a rotation lasts. A
// shared secret (whsec_) makes a v1 signature, a private key (whsk_) a v1a one.
func Sign(keys []secret.String, id string, at time.Time, body []byte) (string, error) {
	if len(keys) == 0 {
		return "", ErrSecret
	}
	if !validID(id) {
		return "", ErrID
	}
	message := signed(id, at.Unix(), body)
	signatures := make([]string, len(keys))
	for i, s := range keys {
		k, err := decode(s)
		if err != nil {
			return "", err
		}
		if signatures[i], err = k.sign(message); err != nil {
			return "", err
		}
	}
	return strings.Join(signatures, " "), nil
}

// Verify reports whether body was signed with one of keys within Tolerance of
// now. A key is a shared secret (whsec_) or the public half of a pair (whpk_).
// A receiver must still refuse a webhook-id that it has handled.
func Verify(keys []secret.String, header http.Header, body []byte, now time.Time) error {
	id := header.Get(HeaderID)
	unix, err := strconv.ParseInt(header.Get(HeaderTimestamp), 10, 64)
	offered := parseSignatures(header.Get(HeaderSignature))
	if err != nil || !validID(id) || len(offered) == 0 {
		return ErrHeaders
	}
	if now.Sub(time.Unix(unix, 0)).Abs() > Tolerance {
		return ErrTimestamp
	}
	message := signed(id, unix, body)
	for _, s := range keys {
		k, err := decode(s)
		if err != nil {
			return err
		}
		for _, got := range offered {
			if k.matches(got, message) {
				return nil
			}
		}
	}
	return ErrSignature
}

// signature is one part of the header.
type signature struct {
	asymmetric bool
	sum        []byte
}

func (k key) matches(got signature, message []byte) bool {
	if got.asymmetric {
		return k.public != nil && ed25519.Verify(k.public, message, got.sum)
	}
	return k.shared != nil && hmac.Equal(got.sum, digest(k.shared, message))
}

// parseSignatures returns the decoded v1 and v1a signatures of a header; other
// versions are for other receivers and skipped.
func parseSignatures(header string) []signature {
	var list []signature
	for _, part := range strings.SplitN(header, " ", maxSignatures+1) {
		version, text, found := strings.Cut(part, ",")
		if !found || len(list) == maxSignatures {
			continue
		}
		sum, err := base64.StdEncoding.Strict().DecodeString(text)
		switch {
		case err != nil:
		case version == "v1" && len(sum) == sha256.Size:
			list = append(list, signature{sum: sum})
		case version == "v1a" && len(sum) == ed25519.SignatureSize:
			list = append(list, signature{true, sum})
		}
	}
	return list
}

// signed is the text that signatures are of. A dot in the id would let two
// messages share one, which validID rules out.
func signed(id string, unix int64, body []byte) []byte {
	return append(fmt.Appendf(nil, "%s.%d.", id, unix), body...)
}

func digest(key, message []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(message)
	return mac.Sum(nil)
}

func validID(id string) bool {
	if id == "" || len(id) > 255 {
		return false
	}
	for i := range len(id) {
		if c := id[i]; c <= ' ' || c >= 0x7f || c == '.' {
			return false
		}
	}
	return true
}
