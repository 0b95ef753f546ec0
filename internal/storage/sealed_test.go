package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/storage"
)

// wrapping is a key service of the test's own.
type wrapping struct{ *sealed.Box }

func (w wrapping) Wrap(_ context.Context, plaintext []byte, tenant uuid.UUID, place string) ([]byte, error) {
	return w.Seal(plaintext, tenant, place)
}

func (w wrapping) Unwrap(_ context.Context, wrapped []byte, tenant uuid.UUID, place string) ([]byte, error) {
	return w.Open(wrapped, tenant, place)
}

func TestSealedFiles(t *testing.T) {
	dir := t.TempDir()
	address, err := storage.URL(dir)
	must(t, err)
	box, err := sealed.Generate()
	must(t, err)
	files := storage.NewSealed(open(t, address, storage.Config{}), wrapping{box})
	ctx := t.Context()
	const segment = 1 << 20
	for _, size := range []int{0, 1, segment - 57, segment - 56, segment - 55, 2*segment - 72, 2*segment + 1, 3*segment + 12345} {
		name, plain := fmt.Sprintf("exports/%d", size), bytes.Repeat([]byte("canary7!"), size/8+1)[:size]
		must(t, files.Write(ctx, name, func(to io.Writer) error { _, err := to.Write(plain); return err }))
		stored, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		if bytes.Contains(stored, []byte("canary7!")) {
			t.Errorf("%d bytes lie in the clear", size)
		}
		file, err := files.Get(ctx, name)
		must(t, err)
		if end, err := file.Seek(0, io.SeekEnd); err != nil || end != int64(size) {
			t.Errorf("%d bytes end at %d, %v", size, end, err)
		}
		for _, from := range []int64{0, int64(size) / 3, int64(size) * 2 / 3, int64(size) / 2, int64(size)} {
			if _, err := file.Seek(from, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if rest, err := io.ReadAll(file); err != nil || !bytes.Equal(rest, plain[from:]) {
				t.Errorf("%d bytes from %d: %d, %v", size, from, len(rest), err)
			}
		}
		must(t, file.Close())
	}
	if _, err := files.Get(ctx, "exports/none"); !errors.Is(err, storage.ErrMissing) {
		t.Errorf("a file that is not there: %v", err)
	}
	must(t, files.Delete(ctx, "exports/1"))
}

// TestForgedFiles: what was changed, cut off or renamed does not read as if it
// were whole.
func TestForgedFiles(t *testing.T) {
	dir := t.TempDir()
	address, err := storage.URL(dir)
	must(t, err)
	box, err := sealed.Generate()
	must(t, err)
	files := storage.NewSealed(open(t, address, storage.Config{}), wrapping{box})
	ctx, plain := t.Context(), bytes.Repeat([]byte("x"), 3<<20)
	must(t, files.Write(ctx, "a", func(to io.Writer) error { _, err := to.Write(plain); return err }))
	whole, err := os.ReadFile(filepath.Join(dir, "a"))
	must(t, err)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for name, data := range map[string][]byte{
		"changed": flipped, "cut": whole[:len(whole)-1], "cut-at-a-segment": whole[:len(whole)-(len(whole)%(1<<20))], "short": whole[:3], "renamed": whole, "empty": {}, "long": append(bytes.Clone(whole), 0),
	} {
		must(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
		file, err := files.Get(ctx, name)
		if err != nil {
			continue
		}
		if rest, err := io.ReadAll(file); err == nil {
			t.Errorf("%s: read %d bytes as if nothing were wrong", name, len(rest))
		}
		must(t, file.Close())
	}
}
