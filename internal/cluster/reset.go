package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrInUse is returned by Reset while a process uses the cluster.
var ErrInUse = errors.New("cluster: in use by another process")

// Reset stops the cluster in dir and deletes its data for good. Nothing but
// what this package wrote is removed, and dir itself only if that leaves it
// empty. Without a cluster it does nothing.
func Reset(ctx context.Context, dir string) error {
	if !exists(filepath.Join(dir, "lock")) {
		return nil
	}
	h, err := locate(dir)
	if err != nil {
		return fmt.Errorf("cluster: reset: %w", err)
	}
	held, err := h.lock(ctx)
	if err != nil {
		return fmt.Errorf("cluster: reset: %w", err)
	}
	defer held.Close()
	used, err := h.inUse()
	if err != nil {
		return fmt.Errorf("cluster: reset: %w", err)
	}
	if used {
		return fmt.Errorf("%w: %s", ErrInUse, h.dir)
	}
	if err := h.stop(ctx, immediate); err != nil {
		return err
	}
	if err := h.discard(); err != nil {
		return fmt.Errorf("cluster: reset: %w", err)
	}
	var errs []error
	for _, name := range []string{"password", "port", "start.log", "users", "lock"} { // the lock last
		errs = append(errs, os.RemoveAll(filepath.Join(h.dir, name)))
	}
	os.Remove(h.dir)
	return errors.Join(errs...)
}

// discard deletes the data of a stopped cluster, and the refuge with its note.
func (h home) discard() error {
	for _, path := range []string{h.data(), h.fresh(), h.log(), h.socketPlace(), h.note()} {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	if h.root != h.dir {
		os.Remove(h.root)
	}
	return nil
}
