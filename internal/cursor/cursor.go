// Package cursor writes and reads the positions of keyset pages: the values
// of one row's sort keys, encrypted, so that a client learns nothing from a
// cursor (a sort key may be a child's last name) and can change nothing in it.
//
// A cursor opens only for the tenant and the ordering it was made for. It
// never expires: it names a place, not a permission, and every read behind it
// is authorized on its own.
package cursor

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/barrehq/barre/internal/fault"
)

const (
	// MinKey is the least number of bytes of a key.
	MinKey = 32

	// MaxText is the longest cursor that Decode looks at, in bytes. The sort
	// keys of one row may therefore take some 6,000 bytes together; Encode
	// does not check, so an ordering must not offer unbounded text.
	MaxText = 8 << 10

	nonceSize = chacha20poly1305.NonceSizeX
	overhead  = chacha20poly1305.Overhead
	purpose   = "barre/cursor/1"
)

// Codec encrypts and decrypts cursors with XChaCha20-Poly1305. Its random
// nonce of 192 bits has no practical limit of cursors per key; the 96 bits of
// AES-GCM would demand a new key every 2^32 cursors, which is 17 million full
// pages. A Codec is safe for concurrent use.
type Codec struct {
	ciphers []cipher.AEAD // the first one writes, all read
	scratch sync.Pool     // of *buffer
}

// buffer is the working memory of one call.
type buffer struct {
	data  []byte // nonce, then values, encrypted in place
	bound []byte // what the cursor is bound to
}

// New returns a Codec that writes with key and reads cursors of key and of
// the older ones, so that a rotation does not break the pages that clients
// hold. Each key is secret and has at least MinKey random bytes; the cipher's
// key is derived from it (HKDF-SHA256) and serves nothing else.
func New(key []byte, older ...[]byte) (*Codec, error) {
	c := &Codec{scratch: sync.Pool{New: func() any { return new(buffer) }}}
	for _, key := range append([][]byte{key}, older...) {
		if len(key) < MinKey {
			return nil, errors.New("cursor: a key has fewer than 32 bytes")
		}
		derived, err := hkdf.Key(sha256.New, key, nil, purpose, chacha20poly1305.KeySize)
		if err != nil {
			return nil, fmt.Errorf("cursor: derive key: %w", err)
		}
		aead, err := chacha20poly1305.NewX(derived)
		if err != nil {
			return nil, fmt.Errorf("cursor: %w", err)
		}
		c.ciphers = append(c.ciphers, aead)
	}
	return c, nil
}

// Encode appends to dst the cursor of the row whose sort keys are values, in
// base64url without padding. Ordering names the list and its sort keys, as in
// "student:lastName,id"; it has to differ wherever the meaning of the values
// does. Two cursors of one row differ: compare values, never cursors.
func (c *Codec) Encode(dst []byte, tenant uuid.UUID, ordering string, values []Value) []byte {
	b := c.scratch.Get().(*buffer)
	defer c.scratch.Put(b)
	b.bind(tenant, ordering)
	b.data = slices.Grow(b.data[:0], nonceSize+overhead+encodedSize(values))[:nonceSize]
	_, _ = rand.Read(b.data) // never fails: crypto/rand ends the program instead
	for _, v := range values {
		b.data = v.append(b.data)
	}
	sealed := c.ciphers[0].Seal(b.data[:nonceSize], b.data[:nonceSize], b.data[nonceSize:], b.bound) // #nosec G407 -- the nonce is what rand.Read has just written
	return base64.RawURLEncoding.AppendEncode(dst, sealed)
}

// Decode returns the values of a cursor that Encode made for the same tenant
// and ordering. Whatever else is wrong, the answer is one and the same fault,
// BAD_USER_INPUT, so that it teaches nothing about keys, tenants or lists.
func (c *Codec) Decode(text string, tenant uuid.UUID, ordering string) ([]Value, error) {
	if len(text) > MaxText {
		return nil, refused()
	}
	b := c.scratch.Get().(*buffer)
	defer c.scratch.Put(b)
	b.data = append(b.data[:0], text...)
	n, err := base64.RawURLEncoding.Strict().Decode(b.data, b.data)
	// base64 skips line breaks; a cursor with a second spelling is refused.
	if err != nil || n < nonceSize+overhead || base64.RawURLEncoding.EncodedLen(n) != len(text) {
		return nil, refused()
	}
	b.bind(tenant, ordering)
	plain, ok := c.open(b.data[:n], b.bound)
	if !ok {
		return nil, refused()
	}
	values, ok := parse(plain)
	if !ok {
		return nil, refused()
	}
	return values, nil
}

// open returns new memory: a cipher that fails wipes where it would write,
// and the next key still needs the cursor.
func (c *Codec) open(sealed, bound []byte) ([]byte, bool) {
	for _, aead := range c.ciphers {
		if plain, err := aead.Open(nil, sealed[:nonceSize], sealed[nonceSize:], bound); err == nil {
			return plain, true
		}
	}
	return nil, false
}

// bind sets what a cursor belongs to. The tenant has a fixed size, so that no
// two pairs of tenant and ordering are alike.
func (b *buffer) bind(tenant uuid.UUID, ordering string) {
	b.bound = append(b.bound[:0], purpose...)
	b.bound = append(b.bound, tenant[:]...)
	b.bound = append(b.bound, ordering...)
}

func refused() error {
	return fault.New(fault.BadUserInput, "The cursor does not belong to this list. Ask for the first page without a cursor.")
}
