package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/storage"
)

// vault keeps backups in the bucket, apart from all else.
type vault struct{ *storage.Bucket }

const vaultPrefix = "backups/"

// Put implements backup.Vault.
func (v vault) Put(ctx context.Context, name string, from io.Reader, locked time.Time) error {
	_, err := v.PutLocked(ctx, vaultPrefix+name, from, locked)
	return said(name, err)
}

// Open implements backup.Vault.
func (v vault) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	file, err := v.Get(ctx, vaultPrefix+name)
	return file, said(name, err)
}

// List implements backup.Vault.
func (v vault) List(ctx context.Context, prefix string) (found []backup.Object, err error) {
	for o, err := range v.Bucket.List(ctx, vaultPrefix+prefix) {
		if err != nil {
			return nil, err
		}
		found = append(found, backup.Object{Name: o.Key[len(vaultPrefix):], Size: o.Size, At: o.Changed})
	}
	return found, nil
}

// Delete implements backup.Vault.
func (v vault) Delete(ctx context.Context, name string) error {
	return said(name, v.Bucket.Delete(ctx, vaultPrefix+name))
}

// said turns the errors of the storage into those of a vault.
func said(name string, err error) error {
	for is, as := range map[error]error{storage.ErrExists: backup.ErrExists, storage.ErrLocked: backup.ErrLocked, storage.ErrMissing: backup.ErrMissing} {
		if errors.Is(err, is) {
			return fmt.Errorf("%w: %s", as, name)
		}
	}
	return err
}
