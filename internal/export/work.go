package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent"
	entexport "github.com/barrehq/barre/ent/export"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/subject"
	"github.com/barrehq/barre/internal/viewer"
)

// limit is how long one export may take; a worker that dies is followed by
// another at the latest then.
const limit = 15 * time.Minute

// Worker writes the files that were ordered.
type Worker struct {
	river.WorkerDefaults[job.Export]
	desk *Desk
}

// NewWorker returns the worker of a desk.
func NewWorker(d *Desk) *Worker { return &Worker{desk: d} }

// Timeout implements river.Worker.
func (w *Worker) Timeout(*river.Job[job.Export]) time.Duration { return limit }

// Work implements river.Worker. However often it is stopped and begun again,
// one file results.
func (w *Worker) Work(ctx context.Context, j *river.Job[job.Export]) error {
	return w.desk.carryOut(viewer.ForTenant(ctx, j.Args.Tenant, "write an export"), j.Args.Export, j.Attempt >= j.MaxAttempts)
}

// carryOut writes the file of an export. The last attempt that fails says so.
func (d *Desk) carryOut(ctx context.Context, id uuid.UUID, last bool) error {
	order, err := d.db.Client(ctx).Export.Get(ctx, id)
	switch {
	case ent.IsNotFound(err):
		return nil // its studio is gone
	case err != nil:
		return fmt.Errorf("export: %w", err)
	case order.Status != entexport.StatusPENDING && order.Status != entexport.StatusRUNNING:
		return nil
	}
	if order.Status == entexport.StatusPENDING {
		if err := d.update(ctx, id, func(u *ent.ExportUpdateOne) { u.SetStatus(entexport.StatusRUNNING) }); err != nil {
			return err
		}
	}
	written, err := d.write(ctx, order)
	if err != nil {
		if last && ctx.Err() == nil {
			d.cfg.Logger.ErrorContext(ctx, "an export failed", "export", id, "error", err)
			return d.update(ctx, id, func(u *ent.ExportUpdateOne) {
				u.SetStatus(entexport.StatusFAILED).SetError("The file could not be written. Ask for another.")
			})
		}
		return err
	}
	now := d.cfg.Now().UTC().Truncate(time.Microsecond)
	return d.update(ctx, id, func(u *ent.ExportUpdateOne) {
		u.SetStatus(entexport.StatusREADY).SetCursor(written.cursor).SetRows(written.rows).SetSize(written.size).
			SetSha256(hex.EncodeToString(written.sum.Sum(nil))).SetStorageKey(written.name).SetReadyAt(now).SetExpiresAt(now.Add(Kept))
	})
}

func (d *Desk) update(ctx context.Context, id uuid.UUID, set func(*ent.ExportUpdateOne)) error {
	return d.db.InTx(ctx, func(ctx context.Context) error {
		u := d.db.Client(ctx).Export.UpdateOneID(id)
		set(u)
		return u.Exec(ctx)
	})
}

// written is what is known of a file while and after it is written.
type written struct {
	name       string
	cursor     string
	rows, size int64
	sum        hash.Hash
	to         io.Writer
}

// Write implements io.Writer.
func (w *written) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.size += int64(n)
	w.sum.Write(p[:n])
	return n, err
}

// write makes the file from one snapshot: whatever happens meanwhile is behind
// the cursor, and whatever the cursor leaves behind is in the file.
func (d *Desk) write(ctx context.Context, order *ent.Export) (*written, error) {
	w := &written{name: fmt.Sprintf("exports/%s/%s.%s", order.TenantID, order.ID, extension(order)), sum: sha256.New()}
	err := d.files.Write(ctx, w.name, func(to io.Writer) error {
		w.to = to
		if order.Kind != entexport.KindRECORDS {
			return errors.Join(d.whole(ctx, order, w), ctx.Err())
		}
		if slices.Equal(order.Entities, []string{AuditLog}) && d.cfg.Audit != nil {
			rows, err := d.cfg.Audit(ctx, w)
			w.rows = rows
			return errors.Join(err, ctx.Err())
		}
		err := d.db.InSnapshot(ctx, func(ctx context.Context) (err error) {
			if w.cursor, err = d.feed.Here(ctx); err != nil {
				return err
			}
			return d.fill(ctx, order, w)
		})
		return errors.Join(err, ctx.Err())
	})
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return w, nil
}

// whole writes the archive of a studio or a person.
func (d *Desk) whole(ctx context.Context, order *ent.Export, w *written) (err error) {
	var m Manifest
	if order.Kind == entexport.KindPERSON {
		m, err = d.WritePerson(ctx, w, subject.Person{Type: order.SubjectType, ID: *order.SubjectID})
	} else {
		m, err = d.WriteStudio(ctx, w)
	}
	w.cursor = m.Cursor
	for _, f := range m.Files {
		if strings.HasPrefix(f.Name, "records/") {
			w.rows += f.Rows
		}
	}
	return err
}

// fill writes the records of the types that were asked for.
func (d *Desk) fill(ctx context.Context, order *ent.Export, w *written) error {
	form := newForm(order.Format, w)
	for _, name := range order.Entities {
		entity := catalog.Entities[name]
		if entity == nil {
			return fmt.Errorf("there is no %s any more", name)
		}
		n, err := d.records(ctx, form, entity)
		if w.rows += n; err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return form.close()
}

// records writes all records of one type, in the order of their ids.
func (d *Desk) records(ctx context.Context, form form, entity *catalog.Entity) (n int64, err error) {
	if err := form.begin(entity); err != nil {
		return 0, err
	}
	err = d.all(ctx, entity, func(row ent.Row) error { n++; return form.record(row) })
	return n, err
}

// all reads all records of one type, in the order of their ids.
func (d *Desk) all(ctx context.Context, entity *catalog.Entity, each func(ent.Row) error) error {
	after := uuid.Nil
	for {
		page, err := ent.Kinds[entity.Name].List(ctx, d.db.Client(ctx), func(s *sql.Selector) {
			s.Where(sql.GT(s.C("id"), after)).OrderBy(s.C("id")).Limit(d.cfg.Page)
		})
		if err != nil {
			return err
		}
		for _, row := range page {
			if err := each(row); err != nil {
				return err
			}
			after = row.RowID()
		}
		if len(page) < d.cfg.Page {
			return nil
		}
	}
}
