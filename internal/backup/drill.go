package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/catalog"
)

// Drilled is what came of a drill.
type Drilled struct {
	Backup string `json:"backup"`
	// Lost is how much time would have been lost had the database been lost at
	// the moment the drill began: the age of the newest segment in the vault.
	// It is the recovery point that was reached.
	Lost time.Duration `json:"lostNs"`
	// Took is how long it took from the decision until the restored database
	// answered: the recovery time that was reached.
	Took        time.Duration `json:"tookNs"`
	Tenants     int           `json:"tenants"`
	Rows        int64         `json:"rows"`
	Differences []string      `json:"differences"`
}

// arrival bounds the wait for a segment to come into the vault.
const arrival = 3 * time.Minute

// Drill brings the newest backup back into a cluster of its own, as the
// database is at this moment, and compares each studio's rows with the live ones.
func (k *Keeper) Drill(ctx context.Context) (d Drilled, err error) {
	run, err := k.begin(ctx, "DRILL")
	if err != nil {
		return d, err
	}
	m, d, err := k.drill(ctx)
	if err == nil && len(d.Differences) > 0 {
		err = fmt.Errorf("backup: what was brought back differs: %s", strings.Join(d.Differences, "; "))
	}
	detail, _ := json.Marshal(d)
	if k.cfg.Pool != nil {
		_, failure := k.cfg.Pool.Exec(context.WithoutCancel(ctx), `UPDATE backup_runs SET lost_ms = $2, took_ms = $3, detail = $4 WHERE id = $1`,
			run, d.Lost.Milliseconds(), d.Took.Milliseconds(), detail)
		err = errors.Join(err, failure)
	}
	if err := k.end(ctx, run, Manifest{Name: m.Name, Kind: "DRILL"}, "", err); err != nil {
		k.alarm(ctx, "DRILL_FAILED", "a drill failed", err)
		return d, err
	}
	return d, nil
}

func (k *Keeper) drill(ctx context.Context) (m Manifest, d Drilled, err error) {
	if m, err = k.find(ctx, ""); err != nil {
		return m, d, err
	}
	d.Backup = m.Name
	if d.Lost, err = k.behind(ctx, m); err != nil {
		return m, d, err
	}
	live, position, err := k.moment(ctx, m)
	if err != nil {
		return m, d, err
	}
	begun := time.Now()
	err = k.aside(ctx, Target{Name: m.Name, position: position}, func(url string, _ Manifest) error {
		d.Took = time.Since(begun)
		restored, err := digestAt(ctx, url)
		if err != nil {
			return err
		}
		d.Rows, d.Differences = restored.Rows(), live.Differences(restored)
		delete(restored, "")
		d.Tenants = len(restored)
		return nil
	})
	return m, d, err
}

// behind is the age of what is newest in the vault.
func (k *Keeper) behind(ctx context.Context, m Manifest) (time.Duration, error) {
	files, err := k.log(ctx, m)
	if err != nil {
		return 0, err
	}
	newest := m.EndedAt
	for _, o := range files {
		if o.At.After(newest) {
			newest = o.At
		}
	}
	return max(0, k.now().Sub(newest)), nil
}

// moment returns the digest of the live database at a place in its log, and
// waits until the vault has the log up to there. Writers wait for the moment
// in which both are fixed, not while the rows are read.
func (k *Keeper) moment(ctx context.Context, m Manifest) (live Digest, position string, err error) {
	conn, err := pgx.Connect(ctx, k.cfg.URL)
	if err != nil {
		return nil, "", fmt.Errorf("backup: connect: %w", hidden(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if position, err = k.fix(ctx, tx); err != nil {
			return err
		}
		live, err = digest(ctx, tx)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("backup: fix a moment: %w", err)
	}
	var last string
	if err := k.ask(ctx, `SELECT pg_walfile_name('`+position+`'::pg_lsn)`, &last); err != nil {
		return nil, "", err
	}
	return live, position, k.await(ctx, m.System+"/wal/"+last)
}

// fix takes the snapshot of tx while nobody writes, and returns its place.
func (k *Keeper) fix(ctx context.Context, tx pgx.Tx) (position string, err error) {
	other, err := pgx.Connect(ctx, k.cfg.URL)
	if err != nil {
		return "", hidden(err)
	}
	defer other.Close(context.WithoutCancel(ctx))
	var tables []string
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		tables = append(tables, catalog.Entities[name].Table)
	}
	err = pgx.BeginFunc(ctx, other, func(lock pgx.Tx) error {
		if _, err := lock.Exec(ctx, `SET LOCAL lock_timeout = '3s'; LOCK TABLE `+strings.Join(tables, ", ")+` IN SHARE MODE`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SELECT 1 FROM tenants LIMIT 1`); err != nil { // takes the snapshot
			return err
		}
		return lock.QueryRow(ctx, `SELECT pg_current_wal_insert_lsn()::text`).Scan(&position)
	})
	if err != nil {
		return "", err
	}
	// The log must go on after the place, and the segment must be finished.
	_, err = other.Exec(ctx, `SELECT pg_logical_emit_message(false, 'barre', 'drill'); SELECT pg_switch_wal()`)
	return position, err
}

// await returns once the vault has a file.
func (k *Keeper) await(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	ticks := time.NewTicker(100 * time.Millisecond)
	defer ticks.Stop()
	for {
		if err := k.Ship(ctx); err != nil {
			return err
		}
		found, err := k.cfg.Vault.List(ctx, name)
		if err != nil || len(found) > 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("backup: the segment %s does not come into the vault; does the database archive its log?", name)
		case <-ticks.C:
		}
	}
}
