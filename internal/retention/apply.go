package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/job"
)

// Remover removes one record as a studio would, so that the feed, the versions
// and the audit log tell of it.
type Remover interface {
	// Remove first runs release in the same transaction, unless it is empty, with
	// the tenant and the record's id.
	Remove(ctx context.Context, tenant uuid.UUID, entity string, id uuid.UUID, release string) error
}

// Keeper works jobs that apply the studios' rules, on the pool of the system
// role.
type Keeper struct {
	river.WorkerDefaults[job.Retain]
	*Purger
	remover Remover
}

// NewKeeper returns a Keeper.
func NewKeeper(p *Purger, r Remover) *Keeper { return &Keeper{Purger: p, remover: r} }

// Timeout implements river.Worker.
func (*Keeper) Timeout(*river.Job[job.Retain]) time.Duration { return patience }

// Work implements river.Worker.
func (k *Keeper) Work(ctx context.Context, _ *river.Job[job.Retain]) error {
	removed, err := k.Keep(ctx)
	if removed > 0 {
		k.cfg.Logger.InfoContext(ctx, "records were removed that had been kept long enough", "records", removed)
	}
	return err
}

// Keep removes what every studio has kept as long as its rules say, and returns
// how many rows that were. What breaks in one place does not keep others from
// being removed.
func (k *Keeper) Keep(ctx context.Context) (removed int, err error) {
	rows, err := k.pool.Query(ctx, `SELECT t.id, COALESCE(jsonb_object_agg(r.kind, r.days) FILTER (WHERE r.kind IS NOT NULL), '{}')
		FROM tenants t LEFT JOIN retention_rules r ON r.tenant_id = t.id WHERE t.status <> 'CLOSING' GROUP BY t.id ORDER BY t.id`)
	if err != nil {
		return 0, fmt.Errorf("retention: read the rules: %w", err)
	}
	type studio struct {
		ID   uuid.UUID
		Days map[string]int
	}
	studios, err := pgx.CollectRows(rows, pgx.RowToStructByPos[studio])
	if err != nil {
		return 0, fmt.Errorf("retention: read the rules: %w", err)
	}
	var failed []error
	for _, s := range studios {
		for _, c := range Classes() {
			if !c.Set() {
				continue
			}
			days := c.Days
			if given, own := s.Days[c.Kind()]; own {
				days = given
			}
			n, err := k.class(ctx, s.ID, &c, k.before(days))
			removed += n
			if err != nil {
				failed = append(failed, fmt.Errorf("retention: %s of %s: %w", c.Kind(), s.ID, err))
			}
		}
	}
	return removed, errors.Join(failed...)
}

// before is the moment before which things are over that are kept for days.
func (p *Purger) before(days int) time.Time {
	return p.cfg.Now().UTC().AddDate(0, 0, -days).Truncate(time.Microsecond)
}

// class removes what is due of one class at one studio.
func (k *Keeper) class(ctx context.Context, tenant uuid.UUID, c *Class, before time.Time) (removed int, err error) {
	switch c.Kind() {
	case "AUDIT":
		return k.days(ctx, tenant, before)
	case "HISTORY":
		return k.history(ctx, tenant, before)
	}
	for _, d := range dues() {
		if d.keep != c.Keep {
			continue
		}
		n, err := k.records(ctx, tenant, d, before)
		if removed += n; err != nil {
			return removed, fmt.Errorf("%s: %w", d.entity, err)
		}
	}
	return removed, nil
}

// records removes the rows of one entity that are due.
func (k *Keeper) records(ctx context.Context, tenant uuid.UUID, d due, before time.Time) (removed int, err error) {
	after := uuid.Nil
	for {
		rows, err := k.pool.Query(ctx, "SELECT t.id FROM "+catalog.Entities[d.entity].Table+" t WHERE t.tenant_id = $1 AND t.id > $3 AND "+d.condition+" ORDER BY t.id LIMIT $4",
			tenant, before, after, k.cfg.Batch)
		if err != nil {
			return removed, err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return removed, err
		}
		var gone []uuid.UUID
		for _, id := range ids {
			if err := k.remover.Remove(ctx, tenant, d.entity, id, d.release); err != nil {
				k.cfg.Logger.WarnContext(ctx, "a record stays that should have gone", "tenant", tenant, "entity", d.entity, "record", id, "error", err)
				continue
			}
			gone = append(gone, id)
		}
		removed += len(gone)
		if e := catalog.Entities[d.entity]; !e.RecycleBin && len(gone) > 0 {
			work := &pgx.Batch{}
			forget(work, tenant, e, gone)
			if err := k.pool.SendBatch(ctx, work).Close(); err != nil {
				return removed, err
			}
		}
		if len(ids) < k.cfg.Batch {
			return removed, nil
		}
		after = ids[len(ids)-1]
	}
}

// days removes the entries of whole days from the audit log, the oldest first;
// their anchors stay. The database lets go of no others.
func (k *Keeper) days(ctx context.Context, tenant uuid.UUID, before time.Time) (removed int, err error) {
	err = pgx.BeginFunc(ctx, k.pool, func(tx pgx.Tx) error {
		now := k.cfg.Now().UTC().Truncate(time.Microsecond)
		marked, err := tx.Exec(ctx, `UPDATE audit_anchors SET entries_removed_at = $3, updated_at = $3, version = version + 1
			WHERE tenant_id = $1 AND day < $2::date AND entries_removed_at IS NULL`, tenant, before, now)
		if err != nil || marked.RowsAffected() == 0 {
			return err
		}
		gone, err := tx.Exec(ctx, `DELETE FROM audit_entries WHERE tenant_id = $1
			AND sequence <= (SELECT max(last_sequence) FROM audit_anchors WHERE tenant_id = $1 AND entries_removed_at IS NOT NULL)`, tenant)
		removed = int(gone.RowsAffected())
		return err
	})
	return removed, err
}

// history removes the states of records that newer ones have followed. Events
// keep their place in the feed and lose what the record was then.
func (k *Keeper) history(ctx context.Context, tenant uuid.UUID, before time.Time) (removed int, err error) {
	for _, text := range []string{
		`DELETE FROM entity_versions WHERE id IN (SELECT t.id FROM entity_versions t WHERE t.tenant_id = $1 AND ` + outdated + ` LIMIT $3)`,
		`UPDATE events SET data = NULL WHERE id IN (SELECT v.id FROM events v WHERE v.tenant_id = $1 AND v.data IS NOT NULL AND v.occurred_at < $2
			AND EXISTS (SELECT FROM events n WHERE n.tenant_id = $1 AND n.entity_id = v.entity_id AND n.entity_version > v.entity_version AND n.occurred_at < $2) LIMIT $3)`,
	} {
		for {
			done, err := k.pool.Exec(ctx, text, tenant, before, k.cfg.Batch)
			removed += int(done.RowsAffected())
			if err != nil {
				return removed, err
			}
			if int(done.RowsAffected()) < k.cfg.Batch {
				break
			}
		}
	}
	return removed, nil
}

// outdated is the condition that a newer version than t was there before $2.
const outdated = `t.occurred_at < $2 AND EXISTS (SELECT FROM entity_versions n WHERE n.tenant_id = $1 AND n.entity_id = t.entity_id AND n.number > t.number AND n.occurred_at < $2)`
