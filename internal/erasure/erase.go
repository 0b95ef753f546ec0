package erasure

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/erasureline"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/subject"
)

// gone are the types whose records are removed: they say nothing without the
// person. Each comes before those that it leads to.
var gone = []string{"TicketReply", "Note", "StudentTag", "ExternalReference", "EntityVersion", "Suppression"}

// free are texts that anybody may have written anything into, beside the
// fields of the classes personal and sensitive.
var free = map[string][]string{
	"Refund": {"reason"}, "Dispute": {"reason"}, "Deal": {"lost_reason"}, "Payment": {"reference"}, "DeliveryAttempt": {"excerpt", "error"},
}

// books is why records of money stay.
const books = "The books of the studio must be kept; they lead to records that name nobody any more."

// erase removes or makes anonymous all that was found, and then looks for it.
func (w *Worker) erase(ctx context.Context, c *certificate, found subject.Found) error {
	needles, err := w.needles(ctx, c.tenant, found)
	if err != nil {
		return err
	}
	if err := w.retire(ctx, c, found); err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, w.cfg.Pool, func(tx pgx.Tx) error {
		for _, name := range gone {
			if err := c.remove(ctx, tx, name, found.IDs[name]); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(found.IDs)) {
			if err := c.blank(ctx, tx, name, found.IDs[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if err := c.forgetUsers(ctx, tx, found.IDs["Membership"]); err != nil {
			return err
		}
		return c.forgetFeed(ctx, tx, found)
	})
	if err != nil {
		return err
	}
	if err := w.forgetFiles(ctx, c); err != nil {
		return err
	}
	if err := w.forgetMessages(ctx, c, needles); err != nil {
		return err
	}
	if err := w.forgetTexts(ctx, c, needles); err != nil {
		return err
	}
	c.add(line{kind: erasureline.KindSTORE, place: "IdempotencyKey", state: erasureline.StateEXPIRES, until: w.cfg.Now().Add(24 * time.Hour),
		note: "Answers that were given are kept sealed for a day."})
	return w.search(ctx, c, needles)
}

// retire makes live records of people anonymous and puts them into the recycle
// bin by the ordinary way, so that whoever follows the feed hears of it.
func (w *Worker) retire(ctx context.Context, c *certificate, found subject.Found) error {
	return w.db.InTx(ctx, func(ctx context.Context) error {
		for _, name := range []string{"Student", "Guardian", "Deal", "Household"} {
			e := catalog.Entities[name]
			for _, id := range found.IDs[name] {
				m, save := ent.Kinds[name].Update(w.db.Client(ctx), id)
				for _, f := range personal(e) {
					if f.Nullable {
						if err := m.ClearField(f.Column); err != nil {
							return err
						}
					} else if err := m.SetField(f.Column, empty(f)); err != nil {
						return err
					}
				}
				if err := m.SetField(rule.DeletedColumn, w.cfg.Now().UTC().Truncate(time.Microsecond)); err != nil {
					return err
				}
				// One that is in the bin already is made anonymous below.
				if _, err := save(ctx); err != nil && !ent.IsNotFound(err) {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
		return nil
	})
}

// personal are the fields of an entity that tell of somebody.
func personal(e *catalog.Entity) []*catalog.Field {
	var fields []*catalog.Field
	for i := range e.Fields {
		f := &e.Fields[i]
		if f.Class == "personal" || f.Class == "sensitive" || slices.Contains(free[e.Name], f.Column) {
			fields = append(fields, f)
		}
	}
	return fields
}

// word stands where a name stood.
const word = "erased"

// empty is what stands in a field that cannot be null.
func empty(f *catalog.Field) any {
	switch {
	case f.Kind == catalog.JSON:
		return json.RawMessage("{}")
	case f.Kind == catalog.Date:
		return time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	case f.Scalar == "EmailAddress":
		return word + "@erased.invalid"
	case f.Column == "country":
		return "ZZ"
	default:
		return word
	}
}

// remove deletes records for good.
func (c *certificate) remove(ctx context.Context, tx pgx.Tx, name string, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	done, err := tx.Exec(ctx, `DELETE FROM `+catalog.Entities[name].Table+` WHERE tenant_id = $1 AND id = ANY($2)`, c.tenant, ids)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c.add(line{kind: erasureline.KindSTORE, place: name, state: erasureline.StateDONE, erased: done.RowsAffected()})
	return nil
}

// blank makes anonymous whatever else a record has that is personal.
func (c *certificate) blank(ctx context.Context, tx pgx.Tx, name string, ids []uuid.UUID) error {
	e := catalog.Entities[name]
	if slices.Contains(gone, name) || name == "Event" || name == "AuditEntry" || len(ids) == 0 {
		return nil
	}
	var sets []string
	for _, f := range personal(e) {
		value := "CASE " + f.Column + " WHEN '' THEN '' ELSE '" + word + "' END"
		switch {
		case f.Nullable:
			value = "NULL"
		case f.Kind == catalog.JSON:
			value = "'{}'"
		case f.Kind == catalog.Date:
			value = "'1900-01-01'"
		case f.Scalar == "EmailAddress":
			value = "'" + word + "-' || id || '@erased.invalid'"
		case f.Column == "country":
			value = "'ZZ'"
		}
		sets = append(sets, f.Column+" = "+value)
		if digest := e.Digest(f); digest != nil {
			sets = append(sets, digest.Column+" = NULL")
		}
	}
	if name == "Membership" {
		sets = append(sets, "status = 'REVOKED'", "invite_hash = NULL")
	}
	if len(sets) == 0 {
		c.add(line{kind: erasureline.KindSTORE, place: name, state: erasureline.StateDONE, note: kept(e, len(ids))})
		return nil
	}
	done, err := tx.Exec(ctx, `UPDATE `+e.Table+` SET `+strings.Join(sets, ", ")+` WHERE tenant_id = $1 AND id = ANY($2)`, c.tenant, ids)
	if err != nil {
		return err
	}
	c.add(line{kind: erasureline.KindSTORE, place: name, state: erasureline.StateDONE, anonymized: done.RowsAffected()})
	return nil
}

// kept says why records stay that have nothing personal.
func kept(e *catalog.Entity, n int) string {
	if e.Keep == "books" {
		return fmt.Sprintf("%d stay. %s", n, books)
	}
	return fmt.Sprintf("%d stay: there is nothing personal in them.", n)
}

// forgetUsers removes the accounts of people who are members of nothing else.
func (c *certificate) forgetUsers(ctx context.Context, tx pgx.Tx, memberships []uuid.UUID) error {
	if len(memberships) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT user_id FROM memberships m WHERE tenant_id = $1 AND id = ANY($2) AND user_id IS NOT NULL
		AND NOT EXISTS (SELECT FROM memberships o WHERE o.user_id = m.user_id AND o.id <> ALL($2))`, c.tenant, memberships)
	if err != nil {
		return err
	}
	users, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	work := &pgx.Batch{}
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) { // sessions, factors, tokens
		e := catalog.Entities[name]
		for column, ids := range map[string][]uuid.UUID{"user_id": users, "membership_id": memberships} {
			if e.Hidden && e.Keep != "platform" && e.ByColumn(column) != nil {
				work.Queue(`DELETE FROM `+e.Table+` WHERE `+column+` = ANY($1)`, ids)
			}
		}
	}
	work.Queue(`UPDATE users SET email = $2 || '-' || id || '@erased.invalid', name = '', password_hash = NULL WHERE id = ANY($1)`, users, word)
	if err := tx.SendBatch(ctx, work).Close(); err != nil {
		return fmt.Errorf("users: %w", err)
	}
	c.add(line{kind: erasureline.KindSTORE, place: "User", state: erasureline.StateDONE, anonymized: int64(len(users)),
		note: "Sessions and proofs of sign-in are removed. Whoever is a member of another studio keeps the account."})
	return nil
}

// forgetFeed takes the records out of the feed, whose numbers stay without gaps.
func (c *certificate) forgetFeed(ctx context.Context, tx pgx.Tx, found subject.Found) error {
	var all []uuid.UUID
	for _, ids := range found.IDs {
		all = append(all, ids...)
	}
	done, err := tx.Exec(ctx, `UPDATE events SET data = NULL WHERE tenant_id = $1 AND entity_id = ANY($2) AND data IS NOT NULL`, c.tenant, all)
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	c.add(line{kind: erasureline.KindSTORE, place: "Event", state: erasureline.StateDONE, anonymized: done.RowsAffected(), note: "Events stay without what they told."})
	// What the removal itself has written down.
	versions, err := tx.Exec(ctx, `DELETE FROM entity_versions WHERE tenant_id = $1 AND entity_id = ANY($2)`, c.tenant, all)
	if err != nil {
		return fmt.Errorf("versions: %w", err)
	}
	c.add(line{kind: erasureline.KindSTORE, place: "EntityVersion", state: erasureline.StateDONE, erased: versions.RowsAffected()})
	c.add(line{kind: erasureline.KindSTORE, place: "AuditEntry", state: erasureline.StateDONE,
		note: fmt.Sprintf("%d stay, as the log is never changed: they name acts, records and accounts by numbers, and hold network addresses for as long as the log is kept.", len(found.IDs["AuditEntry"]))})
	return nil
}

// forgetFiles removes the files of exports, which may hold anybody.
func (w *Worker) forgetFiles(ctx context.Context, c *certificate) error {
	rows, err := w.cfg.Pool.Query(ctx, `SELECT id, storage_key FROM exports WHERE tenant_id = $1 AND status = 'READY' AND storage_key <> ''`, c.tenant)
	if err != nil {
		return err
	}
	type file struct {
		ID  uuid.UUID
		Key string
	}
	files, err := pgx.CollectRows(rows, pgx.RowToStructByPos[file])
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := w.cfg.Files.Delete(ctx, f.Key); err != nil {
			return err
		}
		if _, err := w.cfg.Pool.Exec(ctx, `UPDATE exports SET status = 'EXPIRED', storage_key = '', version = version + 1, updated_at = $3 WHERE tenant_id = $1 AND id = $2`,
			c.tenant, f.ID, w.cfg.Now()); err != nil {
			return err
		}
	}
	c.add(line{kind: erasureline.KindSTORE, place: "Export", state: erasureline.StateDONE, erased: int64(len(files)), note: "Files that were there are removed; ask for new ones."})
	return nil
}
