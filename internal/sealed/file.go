package sealed

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/barrehq/barre/internal/secret"
)

// Load returns the Box of the keyset at path, which it creates where there is
// none: the default of a single machine. The file has mode 0600 in a directory
// of mode 0700, and a file that others can read is refused. Whoever loses it
// loses every sealed value; back it up apart from the database.
func Load(path string) (*Box, error) {
	data, err := loadOrCreate(path, func() ([]byte, error) {
		box, err := Generate()
		if err != nil {
			return nil, err
		}
		return box.json()
	})
	if err != nil {
		return nil, err
	}
	box, err := Parse(secret.String(data))
	if err != nil {
		return nil, fmt.Errorf("%w (file %s)", err, path)
	}
	return box, nil
}

// LoadKey returns size random bytes kept at path, which it creates where there
// is none, under the rules of Load. It serves what needs a plain key, such as
// cursors. A file of another size is an error.
func LoadKey(path string, size int) ([]byte, error) {
	key, err := loadOrCreate(path, func() ([]byte, error) {
		key := make([]byte, size)
		_, err := rand.Read(key)
		return key, err
	})
	if err != nil {
		return nil, err
	}
	if len(key) != size {
		return nil, fmt.Errorf("sealed: %s has %d bytes instead of %d", path, len(key), size)
	}
	return key, nil
}

// Save replaces the keyset at path, all or nothing: after Prepare, Rotate and
// Retire.
func (b *Box) Save(path string) error {
	data, err := b.json()
	if err != nil {
		return err
	}
	return write(path, data, os.Rename)
}

func loadOrCreate(path string, create func() ([]byte, error)) ([]byte, error) {
	data, err := read(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	if data, err = create(); err != nil {
		return nil, err
	}
	// A link never replaces a file: of two processes that start together one
	// wins, and both read its keys.
	if err := write(path, data, os.Link); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return read(path)
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("sealed: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("sealed: %s has mode %#o, so others can reach the keys; set 0600", path, info.Mode().Perm())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("sealed: %w", err)
	}
	return data, nil
}

// write puts data into a new file beside path, on the disk itself, and has
// place bring it there.
func write(path string, data []byte, place func(from, to string) error) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("sealed: %w", err)
	}
	file, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("sealed: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("sealed: %w", err)
	}
	if err := place(file.Name(), path); err != nil {
		return fmt.Errorf("sealed: %w", err)
	}
	return syncDir(dir)
}

// syncDir makes the new name itself survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sealed: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sealed: %w", err)
	}
	return nil
}
