package webhook

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/barrehq/barre/internal/secret"
)

// NewPrivateKey returns a fresh ed25519 key as whsk_ and base64 of its 64
// bytes. Whoever holds it can sign; PublicKey is for whoever only verifies.
func NewPrivateKey(random io.Reader) (secret.String, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return "", fmt.Errorf("webhook: read random bytes: %w", err)
	}
	return secret.String(privatePrefix + base64.StdEncoding.EncodeToString(ed25519.NewKeyFromSeed(seed))), nil
}

// PublicKey returns the public half of a private key as whpk_ and base64.
func PublicKey(private secret.String) (string, error) {
	k, err := decode(private)
	if err != nil || k.private == nil {
		return "", ErrSecret
	}
	return publicPrefix + base64.StdEncoding.EncodeToString(k.public), nil
}

// JWK is a public key in the form of RFC 8037.
type JWK struct {
	Type  string `json:"kty"`
	Curve string `json:"crv"`
	X     string `json:"x"`
	ID    string `json:"kid"` // its RFC 7638 thumbprint
	Use   string `json:"use"`
	Alg   string `json:"alg"`
}

// PublicJWK returns the public half of a private key as a JWK.
func PublicJWK(private secret.String) (JWK, error) {
	k, err := decode(private)
	if err != nil || k.private == nil {
		return JWK{}, ErrSecret
	}
	x := base64.RawURLEncoding.EncodeToString(k.public)
	thumbprint := sha256.Sum256(fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":"%s"}`, x))
	return JWK{"OKP", "Ed25519", x, base64.RawURLEncoding.EncodeToString(thumbprint[:]), "sig", "EdDSA"}, nil
}
