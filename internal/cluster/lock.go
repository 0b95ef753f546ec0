package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Two files in the cluster's directory carry locks, which the kernel drops
// when a process dies: "lock" is held while a cluster is started or stopped,
// "users" is shared by every process that uses it.

const lockStep = 20 * time.Millisecond

// lock waits for the right to start or stop the cluster. Closing the file
// gives it back.
func (h home) lock(ctx context.Context) (*os.File, error) {
	for {
		f, err := h.tryLock("lock", syscall.LOCK_EX)
		if err == nil || !errors.Is(err, syscall.EWOULDBLOCK) {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("another process is starting or stopping the cluster in %s: %w", h.dir, ctx.Err())
		case <-time.After(lockStep):
		}
	}
}

// join counts the caller as a user of the cluster until the file is closed.
// Nobody holds "users" alone without holding "lock", so it never waits.
func (h home) join() (*os.File, error) { return h.tryLock("users", syscall.LOCK_SH) }

// inUse reports whether any process, this one included, uses the cluster.
func (h home) inUse() (bool, error) {
	f, err := h.tryLock("users", syscall.LOCK_EX)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, f.Close()
}

func (h home) tryLock(name string, how int) (*os.File, error) {
	path := filepath.Join(h.dir, name)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	// Reset may have removed the file between the two calls: a lock on a file
	// without a name keeps nobody out.
	mine, err1 := f.Stat()
	named, err2 := os.Lstat(path)
	if err1 != nil || err2 != nil || !os.SameFile(mine, named) {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, syscall.EWOULDBLOCK)
	}
	return f, nil
}
