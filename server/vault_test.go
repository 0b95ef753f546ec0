package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/storage"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestVault keeps a file where the operator's own delete is refused.
func TestVault(t *testing.T) {
	address, err := storage.URL(t.TempDir())
	must(t, err)
	files, err := storage.Open(t.Context(), address, storage.Config{})
	must(t, err)
	defer files.Close()
	v := vault{files}
	must(t, v.Put(t.Context(), "7/base/now/manifest", strings.NewReader("kept"), time.Now().Add(time.Hour)))
	if err := v.Put(t.Context(), "7/base/now/manifest", strings.NewReader("other"), time.Now().Add(time.Hour)); !errors.Is(err, backup.ErrExists) {
		t.Errorf("written again: %v", err)
	}
	if err := v.Delete(t.Context(), "7/base/now/manifest"); !errors.Is(err, backup.ErrLocked) {
		t.Errorf("deleted: %v", err)
	}
	if _, err := v.Open(t.Context(), "7/base/then/manifest"); !errors.Is(err, backup.ErrMissing) {
		t.Errorf("opened what is not there: %v", err)
	}
	found, err := v.List(t.Context(), "7/base/")
	must(t, err)
	if len(found) != 1 || found[0].Name != "7/base/now/manifest" || found[0].Size != 4 || found[0].At.IsZero() {
		t.Errorf("listed %+v", found)
	}
	file, err := v.Open(t.Context(), found[0].Name)
	must(t, err)
	defer file.Close()
	if text, err := io.ReadAll(file); err != nil || string(text) != "kept" {
		t.Errorf("read %q, %v", text, err)
	}
}
