package key

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/job"
)

// batch is how many rows move to another key at once.
const batch = 200

// Rotate makes a new key of a class for a studio, and writes that into its audit
// log as the act of the viewer of ctx. What the old one sealed opens as before,
// and is found as before; Move brings it over to the new one.
func (r *Ring) Rotate(ctx context.Context, tenant uuid.UUID, class Class) error {
	defer r.Forget(tenant)
	if _, err := r.keysOf(ctx, tenant); err != nil { // also makes the first one
		return err
	}
	before, err := r.table.of(ctx, tenant)
	if err != nil {
		return err
	}
	for _, s := range before {
		if s.class != class || s.status != active {
			continue
		}
		// Should the server end between the two, the next use makes the new key.
		s.status = retiring
		if changed, err := r.table.change(ctx, tenant, s, active, r.cfg.Now()); err != nil || !changed {
			return err
		}
	}
	return r.add(ctx, tenant, class, before)
}

// SetService has a studio's data keys wrapped by the key of an address, from
// now on; an empty one is the platform's. Keys of both services have to be
// usable at that moment.
func (r *Ring) SetService(ctx context.Context, tenant uuid.UUID, address string) error {
	defer r.Forget(tenant)
	if _, err := r.keysOf(ctx, tenant); err != nil {
		return err
	}
	all, err := r.table.of(ctx, tenant)
	if err != nil {
		return err
	}
	for i, s := range all {
		text, err := r.unwrap(ctx, tenant, s)
		if err != nil {
			return unavailable(err)
		}
		s.address = address
		if s.wrapped, err = r.wrap(ctx, tenant, s, text); err != nil {
			return unavailable(err)
		}
		all[i] = s
	}
	for _, s := range all {
		if _, err := r.table.change(ctx, tenant, s, s.status, r.cfg.Now()); err != nil {
			return err
		}
	}
	return nil
}

// settled is how many lives of a key in memory have to pass after a rotation
// until no server can seal with the old one any more.
const settled = 10

// Move seals a studio's values anew that another key sealed than the active
// one, or none, and destroys old keys once nothing needs them. It may end at
// any point; called again, it goes on with what is left. done is false while
// there is more to do later.
func (r *Ring) Move(ctx context.Context, tenant uuid.UUID) (done bool, err error) {
	r.Forget(tenant)
	k, err := r.keysOf(ctx, tenant)
	if err != nil {
		return false, err
	}
	for _, entity := range slices.Sorted(maps.Keys(r.columns)) {
		for _, c := range r.columns[entity] {
			if err := r.moveColumn(ctx, tenant, entity, c, head(k.active)); err != nil {
				return false, err
			}
		}
	}
	if err := r.moveVersions(ctx, tenant, head(k.active)); err != nil {
		return false, err
	}
	all, err := r.table.of(ctx, tenant)
	if err != nil {
		return false, err
	}
	now, done := r.cfg.Now(), true
	// A server that does not know the new key yet could neither make nor look
	// for its digests.
	if slices.ContainsFunc(all, func(s stored) bool { return s.class == Lookup && s.status == retiring && r.isSettled(s, now) }) {
		if err := r.moveDigests(ctx, tenant); err != nil {
			return false, err
		}
	}
	for _, s := range all {
		switch {
		case s.status != retiring:
		case !r.isSettled(s, now):
			done = false
		default:
			s.status, s.wrapped = destroyed, nil
			if _, err := r.table.change(ctx, tenant, s, retiring, now); err != nil {
				return false, err
			}
		}
	}
	if !done {
		return false, nil
	}
	_, err = r.table.db.ExecContext(ctx, `UPDATE data_keys SET progress = 'moved' WHERE tenant_id = $1 AND status = 'ACTIVE'`, tenant)
	return err == nil, err
}

// isSettled reports whether every server knows by now that a key is retiring.
func (r *Ring) isSettled(s stored, now time.Time) bool {
	return now.Sub(s.changed) >= settled*r.cfg.Life
}

// moveDigests replaces a studio's digests by those of the active key.
func (r *Ring) moveDigests(ctx context.Context, tenant uuid.UUID) error {
	for _, entity := range slices.Sorted(maps.Keys(r.columns)) {
		for _, c := range r.columns[entity] {
			if c.index == "" {
				continue
			}
			name := catalog.Entities[entity].Table
			find := fmt.Sprintf(`SELECT id, %[2]s FROM %[1]s WHERE tenant_id = $1 AND id > $2 AND starts_with(%[2]s, $3) ORDER BY id LIMIT %[3]d`, name, c.name, batch)
			write := fmt.Sprintf(`UPDATE %[1]s SET %[3]s = $4 WHERE tenant_id = $1 AND id = $2 AND %[2]s = $3 AND %[3]s IS DISTINCT FROM $4`, name, c.name, c.index)
			err := r.each(ctx, tenant, find, rule.SealedPrefix, func(row kept) error {
				plain, err := r.Open(ctx, Place{tenant, entity, c.name, row.id}, row.text)
				if err != nil {
					return err
				}
				digest, err := r.digest(ctx, tenant, entity, c.name, plain)
				if err == nil {
					_, err = r.table.db.ExecContext(ctx, write, tenant, row.id, row.text, digest)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// kept is a text of a row as it is stored.
type kept struct {
	id   uuid.UUID
	text string
}

func (r *Ring) moveColumn(ctx context.Context, tenant uuid.UUID, entity string, c column, head string) error {
	name := catalog.Entities[entity].Table
	find := fmt.Sprintf(`SELECT id, %[2]s FROM %[1]s WHERE tenant_id = $1 AND id > $2 AND %[2]s <> '' AND NOT starts_with(%[2]s, $3) ORDER BY id LIMIT %[3]d`, name, c.name, batch)
	write := fmt.Sprintf(`UPDATE %[1]s SET %[2]s = $4 WHERE tenant_id = $1 AND id = $2 AND %[2]s = $3`, name, c.name)
	if c.index != "" {
		write = fmt.Sprintf(`UPDATE %[1]s SET %[2]s = $4, %[3]s = COALESCE(%[3]s, $5) WHERE tenant_id = $1 AND id = $2 AND %[2]s = $3`, name, c.name, c.index)
	}
	return r.each(ctx, tenant, find, head, func(row kept) error {
		at := Place{tenant, entity, c.name, row.id}
		plain, err := r.Open(ctx, at, row.text)
		if err != nil {
			return err
		}
		fresh, err := r.Seal(ctx, at, plain)
		if err != nil {
			return err
		}
		args := []any{tenant, row.id, row.text, fresh}
		if c.index != "" {
			digest, err := r.digest(ctx, tenant, entity, c.name, plain)
			if err != nil {
				return err
			}
			args = append(args, digest)
		}
		_, err = r.table.db.ExecContext(ctx, write, args...)
		return err
	})
}

func (r *Ring) moveVersions(ctx context.Context, tenant uuid.UUID, head string) error {
	_, err := r.turnVersions(ctx, tenant, func(at Place, text string) (string, error) {
		if strings.HasPrefix(text, head) {
			return text, nil
		}
		plain, err := r.Open(ctx, at, text)
		if err != nil {
			return "", err
		}
		return r.Seal(ctx, at, plain)
	})
	return err
}

// turnVersions replaces the sensitive texts of a studio's versions by what turn
// makes of them, and returns how many versions that changed.
func (r *Ring) turnVersions(ctx context.Context, tenant uuid.UUID, turn func(at Place, text string) (string, error)) (changed int, err error) {
	for _, entity := range slices.Sorted(maps.Keys(r.columns)) {
		find := fmt.Sprintf(`SELECT id, entity_id::text || data::text FROM entity_versions WHERE tenant_id = $1 AND id > $2 AND entity_type = $3 AND data IS NOT NULL ORDER BY id LIMIT %d`, batch)
		err := r.each(ctx, tenant, find, entity, func(row kept) error {
			const idLength = 36
			id, err := uuid.Parse(row.text[:idLength])
			if err != nil {
				return err
			}
			before := row.text[idLength:]
			data, err := r.turnRecord([]byte(before), entity, func(c column, text string) (string, error) {
				return turn(Place{tenant, entity, c.name, id}, text)
			})
			if err != nil || string(data) == before {
				return err
			}
			changed++
			_, err = r.table.db.ExecContext(ctx, `UPDATE entity_versions SET data = $3 WHERE tenant_id = $1 AND id = $2`, tenant, row.id, string(data))
			return err
		})
		if err != nil {
			return changed, err
		}
	}
	return changed, nil
}

// Rewrite gives every sensitive text of a studio to change, also those of
// earlier versions, and seals what it returns in the place of the text. It
// returns how many rows that changed, by the name of their entity.
func (r *Ring) Rewrite(ctx context.Context, tenant uuid.UUID, change func(text string) string) (map[string]int, error) {
	changed := map[string]int{}
	for _, entity := range slices.Sorted(maps.Keys(r.columns)) {
		for _, c := range r.columns[entity] {
			name := catalog.Entities[entity].Table
			find := fmt.Sprintf(`SELECT id, %[2]s FROM %[1]s WHERE tenant_id = $1 AND id > $2 AND %[2]s <> $3 ORDER BY id LIMIT %[3]d`, name, c.name, batch)
			err := r.each(ctx, tenant, find, "", func(row kept) error {
				at := Place{tenant, entity, c.name, row.id}
				plain, err := r.Open(ctx, at, row.text)
				if err != nil {
					return err
				}
				text := change(plain)
				if text == plain {
					return nil
				}
				changed[entity]++
				return r.replace(ctx, at, c, row.text, text)
			})
			if err != nil {
				return changed, err
			}
		}
	}
	versions, err := r.turnVersions(ctx, tenant, func(at Place, text string) (string, error) {
		plain, err := r.Open(ctx, at, text)
		if err != nil {
			return "", err
		}
		if fresh := change(plain); fresh != plain {
			return r.Seal(ctx, at, fresh)
		}
		return text, nil
	})
	if versions > 0 {
		changed["EntityVersion"] = versions
	}
	return changed, err
}

// replace writes another text into a row, unless somebody else has meanwhile.
func (r *Ring) replace(ctx context.Context, at Place, c column, before, text string) error {
	fresh, err := r.Seal(ctx, at, text)
	if err != nil {
		return err
	}
	set, args := c.name+` = $4`, []any{at.Tenant, at.ID, before, fresh}
	if c.index != "" {
		digest, err := r.digest(ctx, at.Tenant, at.Entity, c.name, text)
		if err != nil {
			return err
		}
		set, args = set+`, `+c.index+` = $5`, append(args, digest)
	}
	_, err = r.table.db.ExecContext(ctx, `UPDATE `+catalog.Entities[at.Entity].Table+` SET `+set+` WHERE tenant_id = $1 AND id = $2 AND `+c.name+` = $3`, args...)
	return err
}

// each calls do for every row that find finds, which asks for those behind an
// id. A row that fails does not hold up the others.
func (r *Ring) each(ctx context.Context, tenant uuid.UUID, find, argument string, do func(kept) error) error {
	after, failed := uuid.Nil, []error(nil)
	for {
		rows, err := r.table.db.QueryContext(ctx, find, tenant, after, argument)
		if err != nil {
			return fmt.Errorf("key: %w", err)
		}
		var page []kept
		for rows.Next() {
			var row kept
			if err := rows.Scan(&row.id, &row.text); err != nil {
				return errors.Join(err, rows.Close())
			}
			page = append(page, row)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return fmt.Errorf("key: %w", err)
		}
		for _, row := range page {
			if err := do(row); err != nil {
				failed = append(failed, fmt.Errorf("key: row %s: %w", row.id, err))
			}
			after = row.id
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(page) < batch {
			return errors.Join(failed...)
		}
	}
}

// due are studios with keys to make, to rotate or to move away from.
func (r *Ring) due(ctx context.Context) (all []uuid.UUID, err error) {
	rows, err := r.table.db.QueryContext(ctx, `SELECT t.id FROM tenants t WHERE (SELECT count(*) FROM data_keys k WHERE k.tenant_id = t.id
		AND k.status = 'ACTIVE' AND k.progress = 'moved' AND k.rotates_at > $1) < $2 ORDER BY t.id`, r.cfg.Now().UTC(), len(r.cfg.Every))
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, rows.Err()
}

// Worker rotates keys whose time has come and moves values away from old ones.
type Worker struct {
	river.WorkerDefaults[job.RotateKeys]
	ring *Ring
}

// NewWorker returns the worker of a ring.
func NewWorker(r *Ring) *Worker { return &Worker{ring: r} }

// Timeout implements river.Worker.
func (w *Worker) Timeout(*river.Job[job.RotateKeys]) time.Duration { return 30 * time.Minute }

// Work implements river.Worker. A studio whose key service refuses does not
// hold up the others.
func (w *Worker) Work(ctx context.Context, _ *river.Job[job.RotateKeys]) error {
	for class, every := range w.ring.cfg.Every {
		if err := w.ring.table.date(ctx, class, every); err != nil {
			return err
		}
	}
	due, err := w.ring.due(ctx)
	if err != nil {
		return err
	}
	for _, tenant := range due {
		if err := w.ring.turn(ctx, tenant); err != nil {
			w.ring.cfg.Logger.ErrorContext(ctx, "the data keys of a studio could not be rotated", "tenant", tenant, "error", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// turn does for one studio what is due.
func (r *Ring) turn(ctx context.Context, tenant uuid.UUID) error {
	over, err := r.table.over(ctx, tenant, r.cfg.Now())
	if err != nil {
		return err
	}
	for _, class := range over {
		if err := r.Rotate(byItself(ctx, tenant), tenant, class); err != nil {
			return err
		}
	}
	_, err = r.Move(ctx, tenant)
	return err
}
