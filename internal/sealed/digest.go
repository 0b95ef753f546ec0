package sealed

import (
	"bytes"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"

	"github.com/barrehq/barre/internal/secret"
)

// DigestSize is how many bytes a digest has: few enough that it tells nothing
// by itself, and so many that two values hardly ever share one.
const DigestSize = 16

// Digester makes digests by which an encrypted value can be found without
// being opened: a pseudorandom function (HMAC-SHA256) under a key. Whoever
// lacks the key can neither compute one nor compare values of two keys.
type Digester struct {
	keys *keyset.Handle
	set  *prf.Set
}

// GenerateDigester returns a Digester with a new key.
func GenerateDigester() (*Digester, error) {
	keys, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("sealed: generate: %w", err)
	}
	return newDigester(keys)
}

// ParseDigester returns the Digester of a keyset in tink's JSON form. Errors
// show nothing of the text.
func ParseDigester(text secret.String) (*Digester, error) {
	keys, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader([]byte(text.Reveal()))))
	if err != nil {
		return nil, fmt.Errorf("sealed: the keyset is not tink's JSON")
	}
	return newDigester(keys)
}

func newDigester(keys *keyset.Handle) (*Digester, error) {
	set, err := prf.NewPRFSet(keys)
	if err != nil {
		return nil, fmt.Errorf("sealed: keyset: %w", err)
	}
	return &Digester{keys, set}, nil
}

// Text returns the keyset in tink's JSON form. It holds the key in the clear.
func (d *Digester) Text() (secret.String, error) {
	var data bytes.Buffer
	if err := insecurecleartextkeyset.Write(d.keys, keyset.NewJSONWriter(&data)); err != nil {
		return "", fmt.Errorf("sealed: write keyset: %w", err)
	}
	return secret.String(data.String()), nil
}

// Digest returns the digest of a value of one column of one tenant.
func (d *Digester) Digest(value []byte, tenant uuid.UUID, column string) ([]byte, error) {
	digest, err := d.set.ComputePrimaryPRF(append(bound(tenant, column+"\x00"), value...), DigestSize)
	if err != nil {
		return nil, fmt.Errorf("sealed: digest for %s: %w", column, err)
	}
	return digest, nil
}
