// Package webhook signs and sends what a studio's own endpoint receives. It
// follows Standard Webhooks 1.0.0 and treats every URL as hostile: a studio
// chooses it, and the program that calls it stands inside our network.
package webhook

import (
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
	secretPrefix = "whsec_"
	newKeyBytes  = 32
	minKeyBytes  = 24 // bounds of the specification
	maxKeyBytes  = 64

	// More signatures than any rotation needs are not looked at, so that a
	// header cannot make the receiver compute for long.
	maxSignatures = 16
)

// Errors of signing and verifying. Which one a receiver met is for its log
// alone; to the sender all of them are "unauthorized".
var (
	ErrSecret    = errors.New("webhook: secret is not whsec_ and base64 of 24 to 64 bytes")
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

func decodeSecret(s secret.String) ([]byte, error) {
	text, ok := strings.CutPrefix(s.Reveal(), secretPrefix)
	if !ok {
		return nil, ErrSecret
	}
	key, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(key) < minKeyBytes || len(key) > maxKeyBytes {
		return nil, ErrSecret
	}
	return key, nil
}

// Sign returns the value of webhook-signature: one v1 signature per secret,
// the newest first, so that a receiver may hold any of them while a rotation
// lasts.
func Sign(secrets []secret.String, id string, at time.Time, body []byte) (string, error) {
	if len(secrets) == 0 {
		return "", ErrSecret
	}
	if !validID(id) {
		return "", ErrID
	}
	signatures := make([]string, len(secrets))
	for i, s := range secrets {
		key, err := decodeSecret(s)
		if err != nil {
			return "", err
		}
		sum := digest(key, id, at.Unix(), body)
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(sum)
	}
	return strings.Join(signatures, " "), nil
}

// Verify reports whether body was signed with one of secrets within Tolerance
// of now. A receiver must still refuse a webhook-id that it has handled.
func Verify(secrets []secret.String, header http.Header, body []byte, now time.Time) error {
	id := header.Get(HeaderID)
	unix, err := strconv.ParseInt(header.Get(HeaderTimestamp), 10, 64)
	offered := parseSignatures(header.Get(HeaderSignature))
	if err != nil || !validID(id) || len(offered) == 0 {
		return ErrHeaders
	}
	if now.Sub(time.Unix(unix, 0)).Abs() > Tolerance {
		return ErrTimestamp
	}
	for _, s := range secrets {
		key, err := decodeSecret(s)
		if err != nil {
			return err
		}
		want := digest(key, id, unix, body)
		for _, got := range offered {
			if hmac.Equal(got, want) {
				return nil
			}
		}
	}
	return ErrSignature
}

// parseSignatures returns the decoded v1 signatures of a header; other
// versions are for other receivers and skipped.
func parseSignatures(header string) [][]byte {
	var sums [][]byte
	for _, part := range strings.SplitN(header, " ", maxSignatures+1) {
		text, ok := strings.CutPrefix(part, "v1,")
		if !ok || len(sums) == maxSignatures {
			continue
		}
		sum, err := base64.StdEncoding.Strict().DecodeString(text)
		if err == nil && len(sum) == sha256.Size {
			sums = append(sums, sum)
		}
	}
	return sums
}

// digest signs "id.timestamp.body". A dot in the id would let two messages
// share one signed text, which validID rules out.
func digest(key []byte, id string, unix int64, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.", id, unix)
	mac.Write(body)
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
