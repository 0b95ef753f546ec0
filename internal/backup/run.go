package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// begin writes down that a run has begun.
func (k *Keeper) begin(ctx context.Context, kind string) (id uuid.UUID, err error) {
	if k.cfg.Pool == nil {
		return id, nil
	}
	if id, err = uuid.NewV7(); err == nil {
		now := k.now()
		_, err = k.cfg.Pool.Exec(ctx, `INSERT INTO backup_runs (id, created_at, updated_at, version, kind, status, name, size, sha256, error, started_at)
			VALUES ($1, $2, $2, 1, $3, 'RUNNING', '', 0, '', '', $2)`, id, now, kind)
	}
	if err != nil {
		err = fmt.Errorf("backup: write down a run: %w", err)
		k.alarm(ctx, "BACKUP_FAILED", "a run could not begin", err)
	}
	return id, err
}

// end writes down what came of a run, and returns what made it fail.
func (k *Keeper) end(ctx context.Context, id uuid.UUID, m Manifest, digest string, failure error) error {
	if k.cfg.Pool == nil {
		return failure
	}
	status, reason := "DONE", ""
	if failure != nil {
		status, reason = "FAILED", failure.Error()
	}
	_, err := k.cfg.Pool.Exec(context.WithoutCancel(ctx), `UPDATE backup_runs SET status = $2, error = left($3, 1024), ended_at = $4, updated_at = $4, name = $5, size = $6,
		sha256 = $7, locked_until = $8, kind = $9 WHERE id = $1`, id, status, reason, k.now(), m.Name, m.Size(), digest, orNull(m.LockedUntil), cmp.Or(m.Kind, Base))
	return errors.Join(failure, err)
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Due takes a backup where the last good one is a day old and nobody is taking
// one. One that is late by more than its grace raises an alarm, whether or not
// it succeeds now.
func (k *Keeper) Due(ctx context.Context) error {
	var last, missed *time.Time
	var running bool
	now := k.now()
	err := k.cfg.Pool.QueryRow(ctx, `SELECT max(started_at) FILTER (WHERE status IN ('DONE', 'REMOVED')), max(started_at) FILTER (WHERE status = 'MISSED'),
		count(*) FILTER (WHERE status = 'RUNNING' AND started_at > $1) > 0 FROM backup_runs WHERE kind IN ('BASE', 'DUMP')`, now.Add(-patience)).Scan(&last, &missed, &running)
	if err != nil {
		return fmt.Errorf("backup: read the runs: %w", err)
	}
	if last != nil && now.Sub(*last) > Every+grace && (missed == nil || now.Sub(*missed) > Every) {
		k.miss(ctx, Base, "BACKUP_MISSED", "no backup has succeeded since "+last.Format(time.RFC3339))
	}
	if running || last != nil && now.Sub(*last) < Every {
		return nil
	}
	_, err = k.Take(ctx)
	return err
}

// DueDrill makes a drill where the last good one, or else the first backup, is
// DrillEvery old and nobody is at it. One that failed is tried again a day
// later; one that is late by more than its grace raises an alarm, whether or
// not it succeeds now.
func (k *Keeper) DueDrill(ctx context.Context) error {
	if k.cfg.DrillEvery <= 0 {
		return nil
	}
	var last, tried, missed *time.Time
	var running bool
	now := k.now()
	err := k.cfg.Pool.QueryRow(ctx, `SELECT coalesce(max(started_at) FILTER (WHERE kind = 'DRILL' AND status = 'DONE'), min(started_at) FILTER (WHERE kind IN ('BASE', 'DUMP') AND status IN ('DONE', 'REMOVED'))),
		max(started_at) FILTER (WHERE kind = 'DRILL' AND status IN ('DONE', 'FAILED')), max(started_at) FILTER (WHERE kind = 'DRILL' AND status = 'MISSED'),
		count(*) FILTER (WHERE kind = 'DRILL' AND status = 'RUNNING' AND started_at > $1) > 0 FROM backup_runs`, now.Add(-patience)).Scan(&last, &tried, &missed, &running)
	if err != nil {
		return fmt.Errorf("backup: read the runs: %w", err)
	}
	if last == nil { // there is nothing to bring back
		return nil
	}
	if now.Sub(*last) > k.cfg.DrillEvery+drillGrace && (missed == nil || now.Sub(*missed) > Every) {
		k.miss(ctx, "DRILL", "DRILL_MISSED", "no drill has succeeded since "+last.Format(time.RFC3339))
	}
	if running || now.Sub(*last) < k.cfg.DrillEvery || tried != nil && now.Sub(*tried) < Every {
		return nil
	}
	_, err = k.Drill(ctx)
	return err
}

// miss writes down, once a day, that something was not done in time, and tells.
func (k *Keeper) miss(ctx context.Context, kind, code, text string) {
	id, err := k.begin(ctx, kind)
	if err == nil && k.cfg.Pool != nil {
		_, err = k.cfg.Pool.Exec(ctx, `UPDATE backup_runs SET status = 'MISSED', ended_at = started_at, error = $2 WHERE id = $1`, id, text)
	}
	k.alarm(ctx, code, text, err)
}

// Prune removes backups beyond those that are kept, oldest first, and the log
// that only they needed; none of it before its lock ends.
func (k *Keeper) Prune(ctx context.Context) error {
	all, err := k.Backups(ctx)
	if err != nil {
		return err
	}
	bySystem := map[string][]Manifest{}
	for _, m := range all {
		bySystem[m.System] = append(bySystem[m.System], m)
	}
	for _, list := range bySystem {
		kept := min(Kept, len(list))
		for len(list) > kept {
			oldest := list[len(list)-1]
			if err := k.Remove(ctx, oldest.Name); errors.Is(err, ErrLocked) {
				break
			} else if err != nil {
				return err
			}
			list = list[:len(list)-1]
		}
		if err := k.pruneLog(ctx, list[len(list)-1]); err != nil {
			return err
		}
	}
	return k.forget(ctx)
}

// pruneLog removes what comes before the oldest backup.
func (k *Keeper) pruneLog(ctx context.Context, oldest Manifest) error {
	objects, err := k.cfg.Vault.List(ctx, oldest.System+"/wal/")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	for _, o := range objects {
		name := o.Name[strings.LastIndexByte(o.Name, '/')+1:]
		if oldest.Segment == "" || strings.HasSuffix(name, ".history") || place(name) >= place(oldest.Segment) || k.now().Before(o.At.Add(Locked)) {
			continue
		}
		if err := k.cfg.Vault.Delete(ctx, o.Name); err != nil && !errors.Is(err, ErrLocked) {
			return fmt.Errorf("backup: %w", err)
		}
	}
	return nil
}

// Remove removes one backup for good, with the keys of its files. The error is
// ErrLocked before its time, whoever asks.
func (k *Keeper) Remove(ctx context.Context, name string) error {
	objects, err := k.cfg.Vault.List(ctx, name+"/")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if len(objects) == 0 {
		return fmt.Errorf("%w: %s", ErrMissing, name)
	}
	if m, err := k.find(ctx, name); err == nil && k.now().Before(m.LockedUntil) {
		return fmt.Errorf("%w: %s is locked until %s", ErrLocked, name, m.LockedUntil.Format(time.RFC3339))
	}
	slices.Reverse(objects) // the manifest first: without it there is no backup
	for _, o := range objects {
		if err := k.cfg.Vault.Delete(ctx, o.Name); err != nil {
			return fmt.Errorf("backup: remove: %w", err)
		}
	}
	if k.cfg.Pool == nil {
		return nil
	}
	if _, err := k.cfg.Pool.Exec(ctx, `UPDATE backup_runs SET status = 'REMOVED', updated_at = $2 WHERE name = $1 AND status = 'DONE'`, name, k.now()); err != nil {
		return fmt.Errorf("backup: write down a removal: %w", err)
	}
	return nil
}
