package erasure

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/erasure"
	"github.com/barrehq/barre/ent/erasureline"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/delivery"
	"github.com/barrehq/barre/internal/provider"
)

// certificate is what one erasure did, place by place.
type certificate struct {
	tenant, erasure uuid.UUID
	lines           []line
	backups         *time.Time // when the last is removed; nil for none
}

// line is what was done in one place.
type line struct {
	kind               erasureline.Kind
	place              string
	state              erasureline.State
	erased, anonymized int64
	note               string
	until, confirmed   time.Time
}

// add adds a line, or adds up those of one place.
func (c *certificate) add(l line) {
	for i := range c.lines {
		if have := &c.lines[i]; have.kind == l.kind && have.place == l.place {
			have.erased, have.anonymized = have.erased+l.erased, have.anonymized+l.anonymized
			if l.note != "" && !strings.Contains(have.note, l.note) {
				have.note = strings.TrimSpace(have.note + " " + l.note)
			}
			if l.state != erasureline.StateCONFIRMED {
				have.state = l.state
			}
			return
		}
	}
	c.lines = append(c.lines, l)
}

// askBackups lists the backups that still hold what was erased: they cannot be
// changed, and are removed with their keys once their lock is over.
func (w *Worker) askBackups(ctx context.Context, c *certificate) error {
	rows, err := w.cfg.Pool.Query(ctx, `SELECT name, locked_until FROM backup_runs WHERE kind IN ('BASE', 'DUMP') AND status = 'DONE' AND name <> '' ORDER BY name`)
	if err != nil {
		return err
	}
	var name string
	var until time.Time
	_, err = pgx.ForEachRow(rows, []any{&name, &until}, func() error {
		until = until.Add(removal)
		if c.backups == nil || until.After(*c.backups) {
			last := until
			c.backups = &last
		}
		c.add(line{kind: erasureline.KindBACKUP, place: name, state: erasureline.StateEXPIRES, until: until,
			note: "Encrypted and locked; removed with its key. Whoever was erased is erased again should it be brought back."})
		return nil
	})
	return err
}

// removal is how long after its lock a backup is removed at the latest: with
// the next daily one.
const removal = 25 * time.Hour

// askProviders has every sub-processor erase the same people.
func (w *Worker) askProviders(ctx context.Context, c *certificate, who provider.Erasure) error {
	receipts, err := w.cfg.Providers.Erase(ctx, c.tenant, who)
	for _, r := range receipts {
		c.add(w.heard(r))
	}
	return err
}

// heard is what one sub-processor said.
func (w *Worker) heard(r delivery.Receipt) line {
	l := line{kind: erasureline.KindSUB_PROCESSOR, place: r.Provider, state: erasureline.StateCONFIRMED, note: r.Problem}
	for _, said := range r.Confirmed {
		if said.State == provider.Accepted {
			l.state = erasureline.StateASKED
		}
		if said.State == provider.Erased {
			l.erased++
		}
		if said.Note != "" && !strings.Contains(l.note, said.Note) {
			l.note = strings.TrimSpace(l.note + " " + said.Note)
		}
	}
	switch {
	case strings.Contains(r.Problem, "Ask the provider itself"):
		l.state = erasureline.StateMANUAL
	case r.Problem != "":
		l.state = erasureline.StateFAILED
	case l.state == erasureline.StateCONFIRMED:
		l.confirmed = w.cfg.Now()
	}
	return l
}

// upsert writes a line; what an earlier attempt did in the place counts as well.
const upsert = `INSERT INTO erasure_lines AS l (id, created_at, updated_at, version, tenant_id, erasure_id, kind, place, state, erased, anonymized, note, until, confirmed_at)
	VALUES ($1, $2, $2, 1, $3, $4, $5, $6, $7, $8, $9, left($10, 1024), $11, $12)
	ON CONFLICT (tenant_id, erasure_id, kind, place) DO UPDATE SET state = excluded.state, erased = l.erased + excluded.erased,
	anonymized = greatest(l.anonymized, excluded.anonymized), note = excluded.note, until = excluded.until,
	confirmed_at = coalesce(l.confirmed_at, excluded.confirmed_at), updated_at = excluded.updated_at, version = l.version + 1`

// certify writes everything down.
func (w *Worker) certify(ctx context.Context, order *ent.Erasure, c *certificate) error {
	now := w.cfg.Now().UTC().Truncate(time.Microsecond)
	work, done, records := &pgx.Batch{}, true, int64(0)
	for _, l := range c.lines {
		// Whom no program can ask is left to the studio, as the line says.
		if l.kind == erasureline.KindSUB_PROCESSOR && l.state != erasureline.StateCONFIRMED && l.state != erasureline.StateMANUAL {
			done = false
		}
		if l.kind == erasureline.KindSTORE {
			records += l.erased + l.anonymized
		}
		work.Queue(upsert, rule.NewID(), now, c.tenant, c.erasure, l.kind, l.place, l.state, l.erased, l.anonymized, l.note, orNull(l.until), orNull(l.confirmed))
	}
	if err := w.cfg.Pool.SendBatch(ctx, work).Close(); err != nil {
		return fmt.Errorf("erasure: write the certificate: %w", err)
	}
	return w.update(ctx, c.erasure, func(u *ent.ErasureUpdateOne) {
		u.SetStatus(erasure.StatusAWAITING).SetNillableBackupsUntil(c.backups)
		if order.Status != erasure.StatusAWAITING {
			u.SetRecords(records).SetErasedAt(now)
		}
		if done {
			u.SetStatus(erasure.StatusCOMPLETED).SetCompletedAt(now)
		}
	})
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
