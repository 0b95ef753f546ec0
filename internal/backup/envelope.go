package backup

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
)

// A file in the vault is: magic, length of the wrapped key (4 bytes), the
// wrapped key, and a gzip stream encrypted by it with tink's streaming AEAD.
// The name of the file is bound into both, so that none can stand for another.
const magic = "barre/backup/1\n"

// wrappedMost bounds the wrapped key of a file that may not be ours.
const wrappedMost = 64 << 10

// seal returns a writer of an encrypted file. Close finishes it and leaves the
// writer below open.
func seal(to io.Writer, keys Keys, name string) (io.WriteCloser, error) {
	handle, err := keyset.NewHandle(streamingaead.AES256GCMHKDF1MBKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("backup: make a key: %w", err)
	}
	var plain bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewBinaryWriter(&plain)); err != nil {
		return nil, fmt.Errorf("backup: make a key: %w", err)
	}
	wrapped, err := keys.Seal(plain.Bytes(), uuid.Nil, column(name))
	if err != nil {
		return nil, fmt.Errorf("backup: wrap the key of %s: %w", name, err)
	}
	head := binary.BigEndian.AppendUint32([]byte(magic), uint32(len(wrapped)))
	if _, err := to.Write(append(head, wrapped...)); err != nil {
		return nil, err
	}
	cipher, err := streamingaead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	encrypted, err := cipher.NewEncryptingWriter(to, []byte(name))
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	packed, err := gzip.NewWriterLevel(encrypted, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	return sealing{packed, encrypted}, nil
}

type sealing struct {
	*gzip.Writer
	encrypted io.WriteCloser
}

func (s sealing) Close() error { return errors.Join(s.Writer.Close(), s.encrypted.Close()) }

// unseal reads what seal wrote under the same name. What was changed or cut
// off ends in an error.
func unseal(from io.Reader, keys Keys, name string) (io.Reader, error) {
	head := make([]byte, len(magic)+4)
	if _, err := io.ReadFull(from, head); err != nil || string(head[:len(magic)]) != magic {
		return nil, fmt.Errorf("backup: %s is no file of a backup", name)
	}
	size := binary.BigEndian.Uint32(head[len(magic):])
	if size > wrappedMost {
		return nil, fmt.Errorf("backup: %s is no file of a backup", name)
	}
	wrapped := make([]byte, size)
	if _, err := io.ReadFull(from, wrapped); err != nil {
		return nil, fmt.Errorf("backup: %s is cut off: %w", name, err)
	}
	plain, err := keys.Open(wrapped, uuid.Nil, column(name))
	if err != nil {
		return nil, fmt.Errorf("backup: the key of %s does not open; are the sealing keys those it was made with? %w", name, err)
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(plain)))
	if err != nil {
		return nil, fmt.Errorf("backup: %s: %w", name, err)
	}
	cipher, err := streamingaead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("backup: %s: %w", name, err)
	}
	decrypted, err := cipher.NewDecryptingReader(from, []byte(name))
	if err != nil {
		return nil, fmt.Errorf("backup: %s: %w", name, err)
	}
	packed, err := gzip.NewReader(decrypted)
	if err != nil {
		return nil, fmt.Errorf("backup: %s does not open: %w", name, err)
	}
	return packed, nil
}

// column is what the sealing keys bind the key of a file to.
func column(name string) string { return "backup/" + name }
