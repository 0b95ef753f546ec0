package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Erased is somebody who was erased, by number alone. It is kept beside the
// backups for as long as one of them may hold the person, so that a restore
// does not undo the erasure.
type Erased struct {
	Erasure uuid.UUID `json:"erasure"`
	Tenant  uuid.UUID `json:"tenant"`
	Type    string    `json:"type"`
	ID      uuid.UUID `json:"id"`
	At      time.Time `json:"at"`
}

const erasedPrefix = "erased/"

// Remember keeps an erasure beside the backups.
func (k *Keeper) Remember(ctx context.Context, e Erased) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = k.put(ctx, erasedPrefix+e.Erasure.String(), k.now().Add(Locked+Every+grace), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if errors.Is(err, ErrExists) {
		return nil
	}
	return err
}

// erasures returns what is remembered.
func (k *Keeper) erasures(ctx context.Context) ([]Erased, error) {
	objects, err := k.cfg.Vault.List(ctx, erasedPrefix)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	all := make([]Erased, len(objects))
	for i, o := range objects {
		if err := k.get(ctx, o.Name, nil, func(r io.Reader) error { return json.NewDecoder(r).Decode(&all[i]) }); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// eraseAgain orders, in a database that was brought back, the erasures that it
// does not know or has not done. A worker finds them at its next round.
func (k *Keeper) eraseAgain(ctx context.Context, conn *pgx.Conn) error {
	all, err := k.erasures(ctx)
	if err != nil {
		return err
	}
	for _, e := range all {
		_, err := conn.Exec(ctx, `INSERT INTO erasures AS o (id, created_at, updated_at, version, tenant_id, status, ground, subject_type, subject_id, requested_by, held_by, records)
			SELECT $1, $5, $5, 1, id, 'PENDING', 'REQUEST', $3, $4, 'system:a backup was brought back', '[]', 0 FROM tenants WHERE id = $2
			ON CONFLICT (id) DO UPDATE SET status = 'PENDING', version = o.version + 1, updated_at = excluded.updated_at`, e.Erasure, e.Tenant, e.Type, e.ID, e.At)
		if err != nil {
			return fmt.Errorf("backup: order an erasure again: %w", err)
		}
	}
	return nil
}

// forget removes what no backup can hold any more.
func (k *Keeper) forget(ctx context.Context) error {
	objects, err := k.cfg.Vault.List(ctx, erasedPrefix)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	for _, o := range objects {
		if k.now().Before(o.At.Add(Locked + Every + grace)) {
			continue
		}
		if err := k.cfg.Vault.Delete(ctx, o.Name); err != nil && !errors.Is(err, ErrLocked) {
			return fmt.Errorf("backup: %w", err)
		}
	}
	return nil
}
