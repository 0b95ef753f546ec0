package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Service wraps the keys of files. What it wrapped for one place does not
// unwrap for another.
type Service interface {
	Wrap(ctx context.Context, plaintext []byte, tenant uuid.UUID, place string) ([]byte, error)
	Unwrap(ctx context.Context, wrapped []byte, tenant uuid.UUID, place string) ([]byte, error)
}

// Sealed keeps files encrypted in a bucket, so that whoever holds the bucket
// reads none of them. Each has a key of its own, which stands in front of it,
// wrapped, and opens it under its own name alone.
type Sealed struct {
	bucket  *Bucket
	service Service
}

// NewSealed returns encrypted files in a bucket.
func NewSealed(b *Bucket, s Service) *Sealed { return &Sealed{b, s} }

// The form of a file: the length of the wrapped key in four bytes, that key,
// and segments of AES-GCM as tink writes them, of which the first begins with a
// header.
const (
	lengthSize    = 4
	maxWrapped    = 16 << 10
	segmentSize   = 1 << 20
	segmentHeader = 1 + 32 + 7
	segmentTag    = 16
)

// ErrChanged says that a file is not what was written: it was changed, cut off
// or renamed.
var ErrChanged = errors.New("storage: the file is not what was written")

// Write makes a file of what fill writes, as Bucket.Write does.
func (s *Sealed) Write(ctx context.Context, key string, fill func(io.Writer) error) error {
	keys, err := keyset.NewHandle(streamingaead.AES256GCMHKDF1MBKeyTemplate())
	if err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	cipher, err := streamingaead.New(keys)
	if err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	var plain bytes.Buffer
	if err := insecurecleartextkeyset.Write(keys, keyset.NewBinaryWriter(&plain)); err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	wrapped, err := s.service.Wrap(ctx, plain.Bytes(), uuid.Nil, key)
	if err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	return s.bucket.Write(ctx, key, func(to io.Writer) error {
		if _, err := to.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(wrapped))), wrapped...)); err != nil {
			return err
		}
		sealing, err := cipher.NewEncryptingWriter(to, []byte(key))
		if err != nil {
			return err
		}
		if err := fill(sealing); err != nil {
			return err
		}
		return sealing.Close()
	})
}

// Delete removes a file, as Bucket.Delete does.
func (s *Sealed) Delete(ctx context.Context, key string) error { return s.bucket.Delete(ctx, key) }

// Get opens a file. Reading on from a place within it opens all that is before
// it as well.
func (s *Sealed) Get(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	from, err := s.bucket.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	file, err := s.open(ctx, key, from)
	if err != nil {
		return nil, errors.Join(err, from.Close())
	}
	return file, nil
}

func (s *Sealed) open(ctx context.Context, key string, from io.ReadSeekCloser) (*sealedFile, error) {
	total, err := from.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = from.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	var length [lengthSize]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, ErrChanged
	}
	size := binary.BigEndian.Uint32(length[:])
	if size > maxWrapped {
		return nil, ErrChanged
	}
	wrapped := make([]byte, size)
	if _, err := io.ReadFull(from, wrapped); err != nil {
		return nil, ErrChanged
	}
	plain, err := s.service.Unwrap(ctx, wrapped, uuid.Nil, key)
	if err != nil {
		return nil, fmt.Errorf("storage: %s: %w", key, err)
	}
	keys, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(plain)))
	if err != nil {
		return nil, ErrChanged
	}
	cipher, err := streamingaead.New(keys)
	if err != nil {
		return nil, ErrChanged
	}
	begins := int64(lengthSize) + int64(size)
	return &sealedFile{from: from, cipher: cipher, name: []byte(key), begins: begins, size: plainSize(total - begins)}, nil
}

// plainSize is how long the plaintext of sealed bytes is.
func plainSize(sealed int64) int64 {
	segments := (sealed + segmentSize - 1) / segmentSize
	return max(0, sealed-segmentHeader-segments*segmentTag)
}

// sealedFile is the plaintext of a sealed file.
type sealedFile struct {
	from   io.ReadSeekCloser
	cipher tink.StreamingAEAD
	name   []byte
	begins int64 // of the segments
	size   int64
	at     int64     // where the next Read begins
	plain  io.Reader // that stands at read; nil before the first Read
	read   int64
}

func (f *sealedFile) Close() error { return f.from.Close() }

func (f *sealedFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, errors.New("storage: a place before the file")
	}
	f.at = offset
	return offset, nil
}

func (f *sealedFile) Read(p []byte) (int, error) {
	if err := f.reach(); err != nil {
		return 0, err
	}
	n, err := f.plain.Read(p)
	f.at, f.read = f.at+int64(n), f.read+int64(n)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return n, err
}

// reach brings the plaintext to where the next Read begins.
func (f *sealedFile) reach() error {
	if f.plain == nil || f.at < f.read {
		if _, err := f.from.Seek(f.begins, io.SeekStart); err != nil {
			return err
		}
		plain, err := f.cipher.NewDecryptingReader(f.from, f.name)
		if err != nil {
			return err
		}
		f.plain, f.read = plain, 0
	}
	if f.at == f.read {
		return nil
	}
	n, err := io.CopyN(io.Discard, f.plain, f.at-f.read)
	f.read += n
	if err != nil && err != io.EOF {
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return err
}
