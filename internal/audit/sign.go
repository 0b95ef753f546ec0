package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// SeedSize is how many bytes a Signer is made of.
const SeedSize = ed25519.SeedSize

// Signer vouches for digests with the platform's key, which is not in the
// database.
type Signer struct{ key ed25519.PrivateKey }

// NewSigner returns the signer of a seed, which must be random and kept secret.
func NewSigner(seed []byte) (*Signer, error) {
	if len(seed) != SeedSize {
		return nil, fmt.Errorf("audit: a seed has %d bytes, not %d", SeedSize, len(seed))
	}
	return &Signer{ed25519.NewKeyFromSeed(seed)}, nil
}

// Public is the key to verify with.
func (s *Signer) Public() PublicKey { return PublicKey(s.key.Public().(ed25519.PublicKey)) }

// PublicKey verifies what a Signer signed.
type PublicKey ed25519.PublicKey

// ID names the key.
func (k PublicKey) ID() string { sum := sha256.Sum256(k); return hex.EncodeToString(sum[:8]) }

// String is the key in base64, as ParsePublicKey reads it.
func (k PublicKey) String() string { return base64.StdEncoding.EncodeToString(k) }

// ParsePublicKey reads a key in base64.
func ParsePublicKey(text string) (PublicKey, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("audit: a public key is 32 bytes in base64")
	}
	return key, nil
}

// Anchor vouches for the entries of one day.
type Anchor struct {
	Day          string `json:"day"` // in UTC, as 2026-11-22
	First        int64  `json:"firstSequence"`
	Last         int64  `json:"lastSequence"`
	PreviousHash string `json:"previousHash"`
	Hash         string `json:"hash"`
	KeyID        string `json:"keyId"`
	Signature    string `json:"signature"`
}

// Head vouches for where a log ended when its file was written: no entry can be
// cut off its end unnoticed.
type Head struct {
	First     int64  `json:"firstSequence"` // of the file; earlier ones were removed by retention
	Last      int64  `json:"lastSequence"`
	Hash      string `json:"hash"`
	WrittenAt string `json:"writtenAt"`
	KeyID     string `json:"keyId"`
	Signature string `json:"signature"`
}

func (a *Anchor) text(tenant uuid.UUID) []byte {
	return fmt.Appendf(nil, "barre/audit/anchor/1\n%s\n%s\n%d\n%d\n%s\n%s", tenant, a.Day, a.First, a.Last, a.PreviousHash, a.Hash)
}

func (h *Head) text(tenant uuid.UUID) []byte {
	return fmt.Appendf(nil, "barre/audit/head/1\n%s\n%d\n%d\n%s\n%s", tenant, h.First, h.Last, h.Hash, h.WrittenAt)
}

// Anchor signs a.
func (s *Signer) Anchor(tenant uuid.UUID, a *Anchor) { a.KeyID, a.Signature = s.sign(a.text(tenant)) }

// Head signs h as of now.
func (s *Signer) Head(tenant uuid.UUID, h *Head, now time.Time) {
	h.WrittenAt = now.UTC().Format(time.RFC3339)
	h.KeyID, h.Signature = s.sign(h.text(tenant))
}

func (s *Signer) sign(text []byte) (id, signature string) {
	return s.Public().ID(), base64.StdEncoding.EncodeToString(ed25519.Sign(s.key, text))
}

// signed reports whether one of keys signed text.
func signed(keys []PublicKey, text []byte, id, signature string) bool {
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return false
	}
	for _, key := range keys {
		if key.ID() == id && ed25519.Verify(ed25519.PublicKey(key), text, raw) {
			return true
		}
	}
	return false
}
