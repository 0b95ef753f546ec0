// Package sealed encrypts what the database must not hold in the clear: the
// credentials of a studio's providers and the secrets of its webhooks.
//
// A sealed value opens only for the tenant and the column it was sealed for,
// so that a row copied elsewhere by a mistake or by an attacker with write
// access to the database stays closed.
package sealed

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Overhead is how many bytes a sealed value is longer than its plaintext: the
// number of the key, the nonce and the tag.
const Overhead = 5 + 12 + 16

const purpose = "barre/sealed/1"

// ErrClosed says that a value does not open: it was changed, belongs to
// another tenant or column, or its key has been retired. Which of them, nobody
// can tell.
var ErrClosed = errors.New("sealed: the value does not open")

// Box seals and opens values with a tink AES256-GCM keyset. It is immutable
// and safe for concurrent use.
type Box struct {
	keys    *keyset.Handle
	cipher  tink.AEAD
	primary uint32
}

func newBox(keys *keyset.Handle) (*Box, error) {
	cipher, err := aead.New(keys)
	if err != nil {
		return nil, fmt.Errorf("sealed: keyset: %w", err)
	}
	primary, err := keys.Primary()
	if err != nil {
		return nil, fmt.Errorf("sealed: keyset: %w", err)
	}
	return &Box{keys: keys, cipher: cipher, primary: primary.KeyID()}, nil
}

// Seal encrypts plaintext for one column of one tenant, with the keyset's
// primary key. Column is "table.column"; where a swap between two rows of one
// tenant would matter too, append the row's id to it. An empty plaintext is
// sealed as well, so that a sealed column does not tell which values are empty.
func (b *Box) Seal(plaintext []byte, tenant uuid.UUID, column string) ([]byte, error) {
	sealed, err := b.cipher.Encrypt(plaintext, bound(tenant, column))
	if err != nil {
		return nil, fmt.Errorf("sealed: encrypt for %s: %w", column, err)
	}
	return sealed, nil
}

// Open decrypts a value that Seal made for the same tenant and column with any
// key of the keyset. The error is ErrClosed.
func (b *Box) Open(sealed []byte, tenant uuid.UUID, column string) ([]byte, error) {
	plaintext, err := b.cipher.Decrypt(sealed, bound(tenant, column))
	if err != nil {
		return nil, ErrClosed
	}
	return plaintext, nil
}

// Stale reports whether a key other than the primary sealed the value. After a
// rotation, open and seal such values again; then the old key may be retired.
func (b *Box) Stale(sealed []byte) bool {
	// A tink ciphertext begins with one byte of version and the key's number.
	return len(sealed) < 5 || sealed[0] != 1 || binary.BigEndian.Uint32(sealed[1:5]) != b.primary
}

// bound is the associated data. The tenant has a fixed size, so that no two
// pairs of tenant and column are alike.
func bound(tenant uuid.UUID, column string) []byte {
	data := make([]byte, 0, len(purpose)+len(tenant)+len(column))
	data = append(data, purpose...)
	data = append(data, tenant[:]...)
	return append(data, column...)
}

// Number is the primary key's, which every value that it seals begins with.
func (b *Box) Number() uint32 { return b.primary }

// NumberOf returns the number of the key that sealed a value; ok is false
// where none can have.
func NumberOf(sealed []byte) (number uint32, ok bool) {
	if len(sealed) < Overhead || sealed[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:5]), true
}
