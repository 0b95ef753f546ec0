package backup_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/backup"
)

// folder is a vault for tests, with a clock of its own.
type folder struct {
	root *os.Root
	now  func() time.Time
}

// lockEnd is the name of the file that says until when another is locked.
const lockEnd = ".lock"

// openFolder opens a vault. A nil now is time.Now.
func openFolder(name string, now func() time.Time) (*folder, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	if now == nil {
		now = time.Now
	}
	return &folder{root, now}, nil
}

// Close gives the folder back.
func (f *folder) Close() error { return f.root.Close() }

// Put implements Vault.
func (f *folder) Put(_ context.Context, name string, from io.Reader, locked time.Time) (err error) {
	if _, err := f.root.Stat(name); err == nil {
		return fmt.Errorf("%w: %s", backup.ErrExists, name)
	}
	if err := f.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	part := name + ".part"
	if err := f.root.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := f.root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o400)
	if err != nil {
		return err
	}
	defer f.root.Remove(part)
	_, err = io.Copy(file, from)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := f.root.WriteFile(name+lockEnd, []byte(locked.UTC().Format(time.RFC3339)), 0o600); err != nil {
		return err
	}
	if err := f.root.Link(part, name); errors.Is(err, fs.ErrExist) { // a link never replaces a file
		return fmt.Errorf("%w: %s", backup.ErrExists, name)
	} else if err != nil {
		return err
	}
	return nil
}

// Open implements Vault.
func (f *folder) Open(_ context.Context, name string) (io.ReadCloser, error) {
	file, err := f.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", backup.ErrMissing, name)
	}
	return file, err
}

// List implements Vault.
func (f *folder) List(_ context.Context, prefix string) ([]backup.Object, error) {
	var found []backup.Object
	err := fs.WalkDir(f.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasPrefix(name, prefix) || strings.HasSuffix(name, lockEnd) || strings.HasSuffix(name, ".part") {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err == nil {
			found = append(found, backup.Object{Name: name, Size: info.Size(), At: info.ModTime()})
		}
		return err
	})
	slices.SortFunc(found, func(a, b backup.Object) int { return strings.Compare(a.Name, b.Name) })
	return found, err
}

// locked is until when a file cannot be removed: for ever where the lock cannot
// be read.
func (f *folder) locked(name string) time.Time {
	text, err := f.root.ReadFile(name + lockEnd)
	if err == nil {
		if until, err := time.Parse(time.RFC3339, string(text)); err == nil {
			return until
		}
	}
	return f.now().Add(100 * 365 * 24 * time.Hour)
}

// Delete implements Vault.
func (f *folder) Delete(_ context.Context, name string) error {
	if _, err := f.root.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", backup.ErrMissing, name)
	}
	if until := f.locked(name); f.now().Before(until) {
		return fmt.Errorf("%w: %s is locked until %s", backup.ErrLocked, name, until.Format(time.RFC3339))
	}
	return errors.Join(f.root.Remove(name), f.root.Remove(name+lockEnd))
}
