package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent"
	entexport "github.com/barrehq/barre/ent/export"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/job"
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
	to         Pending
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
	w := &written{name: fmt.Sprintf("%s/%s.%s", order.TenantID, order.ID, extension(order.Format)), sum: sha256.New()}
	var err error
	if w.to, err = d.files.Create(w.name); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	defer w.to.Abort()
	err = d.db.InSnapshot(ctx, func(ctx context.Context) error {
		if w.cursor, err = d.feed.Here(ctx); err != nil {
			return err
		}
		if slices.Equal(order.Entities, []string{AuditLog}) && d.cfg.Audit != nil {
			w.rows, err = d.cfg.Audit(ctx, w)
			return err
		}
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
	})
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	if err := w.to.Commit(); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return w, nil
}

// records writes all records of one type, in the order of their ids.
func (d *Desk) records(ctx context.Context, form form, entity *catalog.Entity) (n int64, err error) {
	if err := form.begin(entity); err != nil {
		return 0, err
	}
	after := uuid.Nil
	for {
		page, err := ent.Kinds[entity.Name].List(ctx, d.db.Client(ctx), func(s *sql.Selector) {
			s.Where(sql.GT(s.C("id"), after)).OrderBy(s.C("id")).Limit(d.cfg.Page)
		})
		if err != nil {
			return n, err
		}
		for _, row := range page {
			if err := form.record(row); err != nil {
				return n, err
			}
			after = row.RowID()
			n++
		}
		if len(page) < d.cfg.Page {
			return n, nil
		}
	}
}
