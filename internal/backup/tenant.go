package backup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/feed"
)

// comes reports whether the rows of an entity are brought back with a studio:
// its business, and the states of that. All else goes on as it is: what was
// sent or logged stays so, a number that was given is never given again, and a
// key or a right that was taken away must not come back.
func comes(e *catalog.Entity) bool {
	if e.Tenant != "tenant_id" {
		return false
	}
	switch e.Keep {
	case "family", "contact", "books":
		return true
	}
	return e.Versions || e.RecycleBin || e.Name == "ExternalReference" || e.Name == "EntityVersion"
}

// Brought is what came of bringing one studio back.
type Brought struct {
	Backup  string
	Tenant  uuid.UUID
	Removed int64 // rows that were there
	Rows    int64 // rows that were brought back
}

// RestoreTenant brings one studio's records back into the live database, as
// they were at a target, all or nothing. Other studios are not touched. The
// schema of the backup is brought up to date by migrate first.
func (k *Keeper) RestoreTenant(ctx context.Context, slug string, at Target, migrate func(ctx context.Context, superuserURL string) error) (b Brought, err error) {
	run, err := k.begin(ctx, "RESTORE")
	if err != nil {
		return b, err
	}
	if err = k.cfg.Pool.QueryRow(ctx, `SELECT id FROM tenants WHERE slug = $1`, slug).Scan(&b.Tenant); err != nil {
		err = fmt.Errorf("backup: there is no studio %q", slug)
	} else if err = k.catchUp(ctx); err == nil {
		err = k.aside(ctx, at, func(url string, m Manifest) error {
			b.Backup = m.Name
			if err := migrate(ctx, url); err != nil {
				return err
			}
			from, err := pgx.Connect(ctx, url)
			if err != nil {
				return hidden(err)
			}
			defer from.Close(context.WithoutCancel(ctx))
			return pgx.BeginFunc(ctx, k.cfg.Pool, func(tx pgx.Tx) error { return b.bring(ctx, from, tx) })
		})
	}
	return b, k.end(ctx, run, Manifest{Name: b.Backup, Kind: "RESTORE"}, "", err)
}

// bring replaces the studio's rows in tx by those of from.
func (b *Brought) bring(ctx context.Context, from *pgx.Conn, tx pgx.Tx) error {
	var found bool
	if err := from.QueryRow(ctx, `SELECT EXISTS (SELECT FROM tenants WHERE id = $1)`, b.Tenant).Scan(&found); err != nil || !found {
		return errors.Join(err, errors.New("backup: the backup is from before the studio"))
	}
	all, err := references(ctx, tx)
	if err != nil {
		return err
	}
	order := ordered(all)
	if _, err := tx.Exec(ctx, `SELECT FROM tenants WHERE id = $1 FOR UPDATE`, b.Tenant); err != nil {
		return err
	}
	loose := outside(all, order)
	for i := range loose {
		if err := loose[i].cut(ctx, tx, b.Tenant); err != nil {
			return fmt.Errorf("backup: keep %s: %w", loose[i].from, err)
		}
	}
	for _, e := range slices.Backward(order) { // what leads elsewhere first
		done, err := tx.Exec(ctx, `DELETE FROM `+e.Table+` WHERE tenant_id = $1`, b.Tenant)
		if err != nil {
			return fmt.Errorf("backup: make room in %s: %w", e.Table, err)
		}
		b.Removed += done.RowsAffected()
	}
	for _, e := range order {
		if err := b.copy(ctx, from, tx, e); err != nil {
			return fmt.Errorf("backup: bring %s back: %w", e.Table, err)
		}
	}
	for _, r := range loose {
		if err := r.tie(ctx, tx, b.Tenant); err != nil {
			return fmt.Errorf("backup: keep %s: %w", r.from, err)
		}
	}
	if err := b.unlock(ctx, from, tx); err != nil {
		return fmt.Errorf("backup: bring the keys back: %w", err)
	}
	return b.settle(ctx, from, tx)
}

// unlock brings back the wrapped keys that have been destroyed since, as values
// that were brought back need them until they have moved on once more. A key
// that the studio's own service no longer opens stays of no use.
func (b *Brought) unlock(ctx context.Context, from *pgx.Conn, tx pgx.Tx) error {
	rows, err := from.Query(ctx, `SELECT id, key_url, wrapped FROM data_keys WHERE tenant_id = $1 AND status <> 'DESTROYED' AND wrapped IS NOT NULL`, b.Tenant)
	if err != nil {
		return err
	}
	work := &pgx.Batch{}
	var id uuid.UUID
	var address *string
	var wrapped []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &address, &wrapped}, func() error {
		work.Queue(`UPDATE data_keys SET status = 'RETIRING', key_url = $3, wrapped = $4, destroyed_at = NULL, updated_at = now(), version = version + 1
			WHERE tenant_id = $1 AND id = $2 AND status = 'DESTROYED'`, b.Tenant, id, address, slices.Clone(wrapped))
		return nil
	})
	if err != nil {
		return err
	}
	work.Queue(`UPDATE data_keys SET progress = '' WHERE tenant_id = $1 AND status = 'ACTIVE'`, b.Tenant)
	return tx.SendBatch(ctx, work).Close()
}

// batch is how many rows are copied at once.
const batch = 500

// copy brings the rows of one table.
func (b *Brought) copy(ctx context.Context, from *pgx.Conn, tx pgx.Tx, e *catalog.Entity) error {
	after := uuid.Nil
	for {
		var rows string
		var n int64
		var last *uuid.UUID
		err := from.QueryRow(ctx, `SELECT coalesce(json_agg(t ORDER BY id), '[]')::text, count(*), (array_agg(id ORDER BY id DESC))[1]
			FROM (SELECT * FROM `+e.Table+` WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3) t`, b.Tenant, after, batch).Scan(&rows, &n, &last)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO `+e.Table+` SELECT * FROM json_populate_recordset(NULL::`+e.Table+`, $1)`, rows); err != nil {
			return err
		}
		b.Rows += n
		after = *last
	}
}

// settle brings back what the studio says of itself.
func (b *Brought) settle(ctx context.Context, from *pgx.Conn, tx pgx.Tx) error {
	var columns []string
	for _, f := range catalog.Entities["Tenant"].Fields {
		if f.Changed && f.Column != "custom_domains" {
			columns = append(columns, f.Column)
		}
	}
	var row string
	if err := from.QueryRow(ctx, `SELECT row_to_json(t)::text FROM tenants t WHERE id = $1`, b.Tenant).Scan(&row); err != nil {
		return err
	}
	list := strings.Join(columns, ", ")
	if _, err := tx.Exec(ctx, `UPDATE tenants t SET (`+list+`) = (SELECT `+list+` FROM json_populate_record(NULL::tenants, $2)), version = version + 1, updated_at = now()
		WHERE id = $1`, b.Tenant, row); err != nil {
		return err
	}
	if _, err := feed.BeginEpoch(ctx, tx, b.Tenant); err != nil {
		return err
	}
	// Whoever was erased since must not come back.
	_, err := tx.Exec(ctx, `UPDATE erasures SET status = 'PENDING', updated_at = now(), version = version + 1 WHERE tenant_id = $1 AND erased_at IS NOT NULL`, b.Tenant)
	return err
}

// reference is a foreign key.
type reference struct {
	from, column, to string
	ids, values      []uuid.UUID // while it is cut
}

// references returns all foreign keys.
func references(ctx context.Context, tx pgx.Tx) ([]reference, error) {
	rows, err := tx.Query(ctx, `SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c
		JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) AND a.attname <> 'tenant_id' WHERE c.contype = 'f' ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r reference, err error) {
		return r, row.Scan(&r.from, &r.column, &r.to)
	})
}

// ordered returns the entities whose rows are brought back, each after those
// that it leads to.
func ordered(all []reference) []*catalog.Entity {
	byTable := map[string]*catalog.Entity{}
	for _, e := range catalog.Entities {
		if comes(e) {
			byTable[e.Table] = e
		}
	}
	var order []*catalog.Entity
	seen := map[string]bool{}
	var visit func(string)
	visit = func(table string) {
		if e := byTable[table]; e != nil && !seen[table] {
			seen[table] = true
			for _, r := range all {
				if r.from == table {
					visit(r.to)
				}
			}
			order = append(order, e)
		}
	}
	for _, table := range slices.Sorted(maps.Keys(byTable)) {
		visit(table)
	}
	return order
}

// outside returns the foreign keys of what stays to what is brought back.
func outside(all []reference, order []*catalog.Entity) []reference {
	brought := map[string]bool{}
	for _, e := range order {
		brought[e.Table] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(r reference) bool { return brought[r.from] || !brought[r.to] })
}

// cut remembers what leads to rows that are about to go.
func (r *reference) cut(ctx context.Context, tx pgx.Tx, tenant uuid.UUID) error {
	rows, err := tx.Query(ctx, `UPDATE `+r.from+` t SET `+r.column+` = NULL FROM `+r.from+` old WHERE t.tenant_id = $1 AND old.id = t.id AND t.`+r.column+` IS NOT NULL
		RETURNING t.id, old.`+r.column, tenant)
	if err != nil {
		return err
	}
	var id, value uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&id, &value}, func() error {
		r.ids, r.values = append(r.ids, id), append(r.values, value)
		return nil
	})
	return err
}

// tie leads back to what is there again.
func (r *reference) tie(ctx context.Context, tx pgx.Tx, tenant uuid.UUID) error {
	_, err := tx.Exec(ctx, `UPDATE `+r.from+` t SET `+r.column+` = o.value FROM unnest($2::uuid[], $3::uuid[]) AS o(id, value)
		WHERE t.tenant_id = $1 AND t.id = o.id AND EXISTS (SELECT FROM `+r.to+` x WHERE x.tenant_id = $1 AND x.id = o.value)`, tenant, r.ids, r.values)
	return err
}
