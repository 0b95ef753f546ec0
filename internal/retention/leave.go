package retention

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/job"
)

// Leave removes every studio whose export window is over, and returns how many
// those were.
func (p *Purger) Leave(ctx context.Context) (left int, err error) {
	rows, err := p.pool.Query(ctx, `SELECT id FROM tenants WHERE status = 'CLOSING' AND purge_at <= $1 ORDER BY purge_at`, p.cfg.Now())
	if err != nil {
		return 0, fmt.Errorf("retention: find who leaves: %w", err)
	}
	tenants, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return 0, fmt.Errorf("retention: find who leaves: %w", err)
	}
	var failed []error
	for _, tenant := range tenants {
		if err := p.leave(ctx, tenant); err != nil {
			failed = append(failed, fmt.Errorf("retention: remove the studio %s: %w", tenant, err))
			continue
		}
		left++
		p.cfg.Logger.InfoContext(ctx, "a studio has left and everything of it was removed", "tenant", tenant)
	}
	return left, errors.Join(failed...)
}

// leave removes a studio: first its files, as a row that is gone names none,
// then all rows in one transaction, which leaves a tombstone.
func (p *Purger) leave(ctx context.Context, tenant uuid.UUID) error {
	if err := p.forgetFiles(ctx, tenant); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		var closing bool // still, and nobody reopens it from here on
		err := tx.QueryRow(ctx, `SELECT status = 'CLOSING' AND purge_at <= $2 FROM tenants WHERE id = $1 FOR UPDATE`, tenant, p.cfg.Now()).Scan(&closing)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && !closing {
			return nil
		} else if err != nil {
			return err
		}
		var closed time.Time
		var seal string
		err = tx.QueryRow(ctx, `SELECT updated_at, COALESCE((SELECT hash FROM audit_entries WHERE tenant_id = t.id AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1), '')
			FROM tenants t WHERE id = $1`, tenant).Scan(&closed, &seal)
		if err != nil {
			return err
		}
		sum, removed := sha256.New(), map[string]int{}
		for _, e := range leaving() {
			n, err := remove(ctx, tx, tenant, e, sum)
			if err != nil {
				return fmt.Errorf("%s: %w", e.Table, err)
			}
			if n > 0 {
				removed[e.Table] = n
			}
		}
		if err := strangers(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM "+job.Schema+".river_job WHERE args->>'tenant_id' = $1", tenant.String()); err != nil {
			return err
		}
		counts, err := json.Marshal(removed)
		if err != nil {
			return err
		}
		now := p.cfg.Now().UTC().Truncate(time.Microsecond)
		_, err = tx.Exec(ctx, `INSERT INTO tenant_tombstones (id, created_at, updated_at, tenant, closed_at, purged_at, removed, digest, audit_hash) VALUES ($1, $2, $2, $3, $4, $2, $5, $6, $7)`,
			rule.NewID(), now, tenant, closed, counts, hex.EncodeToString(sum.Sum(nil)), seal)
		return err
	})
}

// remove deletes what a tenant has of e and adds to sum what that was.
func remove(ctx context.Context, tx pgx.Tx, tenant uuid.UUID, e *catalog.Entity, sum hash.Hash) (n int, err error) {
	var digest string
	where := of(e)
	err = tx.QueryRow(ctx, fmt.Sprintf(`SELECT count(*), COALESCE(encode(sha256(string_agg(sha256(convert_to(t::text, 'UTF8')), ''::bytea ORDER BY t.id)), 'hex'), '') FROM %s t WHERE %s`, e.Table, where), tenant).
		Scan(&n, &digest)
	if err != nil || n == 0 {
		return n, err
	}
	fmt.Fprintf(sum, "%s %d %s\n", e.Table, n, digest)
	_, err = tx.Exec(ctx, fmt.Sprintf(`DELETE FROM %s t WHERE %s`, e.Table, where), tenant)
	return n, err
}

// of is the condition that a row t of e is the tenant's $1, directly or by the
// record that it leads to.
func of(e *catalog.Entity) string {
	if e.Tenant != "" {
		return "t." + e.Tenant + " = $1"
	}
	for _, f := range e.Fields {
		if target := catalog.Entities[f.Target]; target != nil && target.Tenant == rule.TenantColumn && f.Column != "id" {
			return fmt.Sprintf("t.%s IN (SELECT id FROM %s WHERE tenant_id = $1)", f.Column, target.Table)
		}
	}
	return ""
}

// leaving are the entities that a tenant has rows of, each before those that it
// leads to.
func leaving() []*catalog.Entity {
	var order []*catalog.Entity
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		e := catalog.Entities[name]
		if seen[name] || of(e) == "" {
			return
		}
		seen[name] = true
		if e.Tenant == rule.TenantColumn {
			visit("Tenant")
		}
		for _, f := range e.Fields {
			if f.Target != "" && f.Column != "id" {
				visit(f.Target)
			}
		}
		order = append(order, e)
	}
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		visit(name)
	}
	slices.Reverse(order)
	return order
}

// strangers removes the people who now belong to no studio, with what is kept
// of them.
func strangers(ctx context.Context, tx pgx.Tx) error {
	const nobodys = `SELECT u.id FROM users u WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id)`
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		e := catalog.Entities[name]
		for _, f := range e.Fields {
			if f.Target == "User" && f.Column != "id" && e.Tenant == "" {
				if _, err := tx.Exec(ctx, fmt.Sprintf(`DELETE FROM %s WHERE %s IN (%s)`, e.Table, f.Column, nobodys)); err != nil {
					return fmt.Errorf("%s: %w", e.Table, err)
				}
			}
		}
	}
	_, err := tx.Exec(ctx, `DELETE FROM users WHERE id IN (`+nobodys+`)`)
	return err
}

// forgetFiles removes the files of a studio's exports.
func (p *Purger) forgetFiles(ctx context.Context, tenant uuid.UUID) error {
	rows, err := p.pool.Query(ctx, `SELECT storage_key FROM exports WHERE tenant_id = $1 AND storage_key <> ''`, tenant)
	if err != nil {
		return err
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, key := range keys {
		if p.cfg.Files == nil {
			return errors.New("its export files cannot be reached from here")
		}
		if err := p.cfg.Files.Remove(key); err != nil {
			return err
		}
	}
	return nil
}
