package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gocloud.dev/blob"
)

// locks is the folder of the marks, which no key can name.
const locks = ".locks"

func (b *Bucket) path(key string) string { return filepath.Join(b.folder, filepath.FromSlash(key)) }

func (b *Bucket) markOf(key string) string {
	return filepath.Join(b.folder, locks, filepath.FromSlash(key))
}

// sync brings a file of a folder, and its name, onto the disk. Nobody else may
// read it.
func (b *Bucket) sync(key string) error {
	if b.folder == "" {
		return nil
	}
	if err := os.Chmod(b.path(key), 0o600); err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	for _, name := range []string{b.path(key), filepath.Dir(b.path(key))} {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("storage: %w", err)
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("storage: %w", err)
		}
	}
	return nil
}

// mark locks a key before anything is written to it; of two that want it one wins.
func (b *Bucket) mark(key string, until time.Time) error {
	name := b.markOf(key)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o400)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s", ErrExists, key)
	}
	if err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	_, err = f.WriteString(until.Format(time.RFC3339))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	return nil
}

// putMarked writes the file of a mark that this call has made.
func (b *Bucket) putMarked(ctx context.Context, key string, from io.Reader) error {
	if err := b.write(ctx, key, &blob.WriterOptions{IfNotExist: true}, copying(from)); err != nil {
		return err
	}
	return os.Chmod(b.path(key), 0o400)
}

// lock is until when a key of a folder is locked; zero where it is not.
func (b *Bucket) lock(key string) (time.Time, error) {
	data, err := os.ReadFile(b.markOf(key))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("storage: %w", err)
	}
	until, err := time.Parse(time.RFC3339, string(data))
	if err != nil {
		return time.Time{}, fmt.Errorf("storage: the lock of %s cannot be read: %w", key, err)
	}
	return until, nil
}

// checkLock refuses to write to a key of a folder while it is locked.
func (b *Bucket) checkLock(key string) error {
	if b.folder == "" {
		return nil // the clouds refuse, or keep the locked version beside the new one
	}
	until, err := b.lock(key)
	if err == nil && until.After(b.now()) {
		err = fmt.Errorf("%w: %s", ErrLocked, key)
	}
	return err
}

// unlock removes the mark of a file that is gone.
func (b *Bucket) unlock(key string) error {
	if b.folder == "" {
		return nil
	}
	if err := os.Remove(b.markOf(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("storage: %w", err)
	}
	return nil
}
