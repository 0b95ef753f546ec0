package sealed

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"github.com/barrehq/barre/internal/secret"
)

const aesGCM = "type.googleapis.com/google.crypto.tink.AesGcmKey"

// Generate returns a Box with a new key that nothing else holds. Keep Text of
// it, or everything it seals is lost.
func Generate() (*Box, error) {
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("sealed: generate: %w", err)
	}
	return newBox(keys)
}

// Parse returns the Box of a keyset in tink's JSON form, as it is or in
// base64. Every key has to be an AES-GCM key of tink's own output form, as
// `tinkey create-keyset --key-template AES256_GCM` makes it. Errors show
// nothing of the text.
func Parse(text secret.String) (*Box, error) {
	data := []byte(strings.TrimSpace(text.Reveal()))
	if !bytes.HasPrefix(data, []byte("{")) {
		decoded, err := base64.StdEncoding.DecodeString(string(data))
		if err != nil {
			return nil, errors.New("sealed: the keyset is neither JSON nor base64")
		}
		data = decoded
	}
	material, err := keyset.NewJSONReader(bytes.NewReader(data)).Read()
	if err != nil {
		return nil, errors.New("sealed: the keyset is not tink's JSON")
	}
	for _, key := range material.GetKey() {
		if key.GetKeyData().GetTypeUrl() != aesGCM || key.GetOutputPrefixType() != tinkpb.OutputPrefixType_TINK {
			return nil, fmt.Errorf("sealed: key %d of the keyset is no AES-GCM key of tink's form", key.GetKeyId())
		}
	}
	keys, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		return nil, errors.New("sealed: the keyset is incomplete")
	}
	return newBox(keys)
}

// Text returns the keyset in base64 of tink's JSON: the form of the
// configuration. It holds the keys in the clear.
func (b *Box) Text() (secret.String, error) {
	data, err := b.json()
	return secret.String(base64.StdEncoding.EncodeToString(data)), err
}

func (b *Box) json() ([]byte, error) {
	var data bytes.Buffer
	if err := insecurecleartextkeyset.Write(b.keys, keyset.NewJSONWriter(&data)); err != nil {
		return nil, fmt.Errorf("sealed: write keyset: %w", err)
	}
	return data.Bytes(), nil
}

// Prepare returns a Box that holds one more key and still seals with the old
// one. Where several processes run, all of them need its keyset before one
// calls Rotate; otherwise one seals what another cannot open yet.
func (b *Box) Prepare() (*Box, error) {
	return b.change(func(keys *keyset.Manager) error {
		_, err := keys.Add(aead.AES256GCMKeyTemplate())
		return err
	})
}

// Rotate returns a Box that seals with the newest key: the one that Prepare
// added, or a new one. It opens all that b opens.
func (b *Box) Rotate() (*Box, error) {
	newest, err := b.keys.Entry(b.keys.Len() - 1)
	if err != nil {
		return nil, fmt.Errorf("sealed: rotate: %w", err)
	}
	return b.change(func(keys *keyset.Manager) error {
		next := newest.KeyID()
		if next == b.primary || newest.KeyStatus() != keyset.Enabled {
			if next, err = keys.Add(aead.AES256GCMKeyTemplate()); err != nil {
				return err
			}
		}
		return keys.SetPrimary(next)
	})
}

// Retire returns a Box with the primary key alone. What is Stale is lost with
// the other keys: call it only once every value was sealed again.
func (b *Box) Retire() (*Box, error) {
	return b.change(func(keys *keyset.Manager) error {
		for i := range b.keys.Len() {
			key, err := b.keys.Entry(i)
			if err != nil {
				return err
			}
			if key.KeyID() == b.primary {
				continue
			}
			if err := keys.Delete(key.KeyID()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *Box) change(edit func(*keyset.Manager) error) (*Box, error) {
	manager := keyset.NewManagerFromHandle(b.keys)
	if err := edit(manager); err != nil {
		return nil, fmt.Errorf("sealed: change keyset: %w", err)
	}
	keys, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("sealed: change keyset: %w", err)
	}
	return newBox(keys)
}
