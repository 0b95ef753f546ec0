package retention

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
)

// actor is who empties the recycle bins, in the audit log.
const actor = "system:empty the recycle bin"

// Bins empties the recycle bins of all studios, one studio and one batch after
// the other, and returns how many records it removed. What breaks in one place
// does not keep the others from being emptied.
func (p *Purger) Bins(ctx context.Context) (purged int, err error) {
	due := p.cfg.Now().Add(-binLife)
	tenants, err := p.tenants(ctx, due)
	if err != nil {
		return 0, fmt.Errorf("retention: find full bins: %w", err)
	}
	var failed []error
	for _, tenant := range tenants {
		for _, entity := range emptied() {
			n, err := p.bin(ctx, tenant, entity, due)
			purged += n
			if err != nil {
				failed = append(failed, fmt.Errorf("retention: %s of %s: %w", entity.Table, tenant, err))
			}
		}
	}
	return purged, errors.Join(failed...)
}

// tenants are the studios with something that is due.
func (p *Purger) tenants(ctx context.Context, due time.Time) ([]uuid.UUID, error) {
	var parts []string
	for _, e := range emptied() {
		parts = append(parts, "SELECT tenant_id FROM "+e.Table+" WHERE deleted_at < $1")
	}
	rows, err := p.pool.Query(ctx, strings.Join(parts, " UNION "), due)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// bin empties the bin of one entity at one studio, but for what others need.
func (p *Purger) bin(ctx context.Context, tenant uuid.UUID, e *catalog.Entity, due time.Time) (purged int, err error) {
	for {
		n, err := p.batch(ctx, tenant, e, due)
		purged += n
		if err != nil {
			return purged, err
		}
		if n < p.cfg.Batch {
			break
		}
	}
	var kept int
	err = p.pool.QueryRow(ctx, "SELECT count(*) FROM "+e.Table+" WHERE tenant_id = $1 AND deleted_at < $2", tenant, due).Scan(&kept)
	if kept > 0 {
		p.cfg.Logger.WarnContext(ctx, "deleted records stay, as others lead to them", "tenant", tenant, "entity", e.Name, "records", kept)
	}
	return purged, err
}

// batch removes the oldest records that are due, with what is kept of them
// elsewhere, and writes each down in the audit log, in one transaction.
func (p *Purger) batch(ctx context.Context, tenant uuid.UUID, e *catalog.Entity, due time.Time) (n int, err error) {
	err = pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM "+e.Table+" t WHERE tenant_id = $1 AND deleted_at < $2"+unneeded(e)+
			" ORDER BY deleted_at, id LIMIT $3 FOR UPDATE SKIP LOCKED", tenant, due, p.cfg.Batch)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if n = len(ids); err != nil || n == 0 {
			return err
		}
		work := &pgx.Batch{}
		forget(work, tenant, e, ids)
		work.Queue("DELETE FROM "+e.Table+" WHERE tenant_id = $1 AND id = ANY($2)", tenant, ids)
		entries := make([]uuid.UUID, n)
		for i := range entries {
			entries[i] = rule.NewID()
		}
		now := p.cfg.Now().UTC().Truncate(time.Microsecond)
		work.Queue(`INSERT INTO audit_entries (id, created_at, updated_at, tenant_id, category, action, actor, entity_type, entity_id, changed, request_id, occurred_at)
			SELECT entry, $4, $4, $1, 'CONTENT', $5, $6, $7, purged, '[]', '', $4 FROM unnest($2::uuid[], $3::uuid[]) AS r(entry, purged)`,
			tenant, entries, ids, now, e.Prefix+".purged", actor, e.Name)
		return tx.SendBatch(ctx, work).Close()
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// forget removes what is kept elsewhere of records that are gone for good. The
// feed keeps that something happened.
func forget(work *pgx.Batch, tenant uuid.UUID, e *catalog.Entity, ids []uuid.UUID) {
	for _, table := range []string{"entity_versions", "external_references", "provider_links"} {
		work.Queue("DELETE FROM "+table+" WHERE tenant_id = $1 AND entity_type = $2 AND entity_id = ANY($3)", tenant, e.Name, ids)
	}
	work.Queue("UPDATE events SET data = NULL WHERE tenant_id = $1 AND entity_type = $2 AND entity_id = ANY($3) AND data IS NOT NULL", tenant, e.Name, ids)
}

// unneeded is the condition that no record leads to a row of e.
func unneeded(e *catalog.Entity) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		from := catalog.Entities[name]
		for _, f := range from.Fields {
			if f.Target == e.Name && f.Column != "id" && from.Tenant == rule.TenantColumn {
				fmt.Fprintf(&b, " AND NOT EXISTS (SELECT FROM %s c WHERE c.tenant_id = t.tenant_id AND c.%s = t.id)", from.Table, f.Column)
			}
		}
	}
	return b.String()
}

// emptied are the entities with a recycle bin, each before those that it leads
// to, so that what was deleted together can be removed together.
func emptied() []*catalog.Entity {
	var order []*catalog.Entity
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if e := catalog.Entities[name]; e.RecycleBin && !seen[name] {
			seen[name] = true
			for _, f := range e.Fields {
				if f.Target != "" && f.Column != "id" {
					visit(f.Target)
				}
			}
			order = append(order, e)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		visit(name)
	}
	slices.Reverse(order)
	return order
}
