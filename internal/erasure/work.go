package erasure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/erasure"
	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/subject"
	"github.com/barrehq/barre/internal/viewer"
)

// patience bounds one erasure; a worker that dies is followed by another then.
const patience = 10 * time.Minute

// Worker carries erasures out.
type Worker struct {
	river.WorkerDefaults[job.Erase]
	db  Database
	cfg Config
}

// NewWorker returns a worker.
func NewWorker(db Database, c Config) *Worker { return &Worker{db: db, cfg: c.filled()} }

// Timeout implements river.Worker.
func (w *Worker) Timeout(*river.Job[job.Erase]) time.Duration { return patience }

// Work implements river.Worker. Every step can be done again.
func (w *Worker) Work(ctx context.Context, j *river.Job[job.Erase]) error {
	ctx = viewer.ForTenant(ctx, j.Args.Tenant, "erase a person")
	err := w.carryOut(ctx, j.Args.Tenant, j.Args.Erasure)
	if err != nil && j.Attempt >= j.MaxAttempts && ctx.Err() == nil {
		w.cfg.Logger.ErrorContext(ctx, "an erasure failed", "erasure", j.Args.Erasure, "error", err)
		return w.update(ctx, j.Args.Erasure, func(u *ent.ErasureUpdateOne) { u.SetStatus(erasure.StatusFAILED) })
	}
	return err
}

func (w *Worker) carryOut(ctx context.Context, tenant, id uuid.UUID) error {
	order, err := w.db.Client(ctx).Erasure.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil // its studio is gone
	}
	if err != nil || order.Status == erasure.StatusCOMPLETED || order.Status == erasure.StatusFAILED {
		return err
	}
	who := subject.Person{Type: order.SubjectType, ID: order.SubjectID}
	found, err := subject.Find(ctx, w.db, who)
	if fault.CodeOf(err) == fault.NotFound {
		found, err = subject.Found{}, nil // somebody removed it for good
	}
	if err != nil {
		return err
	}
	held, err := w.heldBy(ctx, tenant, found)
	if err != nil {
		return err
	}
	if len(held) > 0 {
		return w.update(ctx, id, func(u *ent.ErasureUpdateOne) { u.SetStatus(erasure.StatusHELD).SetHeldBy(held) })
	}
	if order.Status != erasure.StatusRUNNING {
		if err := w.update(ctx, id, func(u *ent.ErasureUpdateOne) { u.SetStatus(erasure.StatusRUNNING).SetHeldBy([]string{}) }); err != nil {
			return err
		}
	}
	asked, err := w.known(ctx, tenant, who, found)
	if err != nil {
		return err
	}
	c := &certificate{tenant: tenant, erasure: id}
	if err := w.erase(ctx, c, found); err != nil {
		return fmt.Errorf("erasure: %w", err)
	}
	if w.cfg.Ledger != nil {
		if err := w.cfg.Ledger.Remember(ctx, backup.Erased{Erasure: id, Tenant: tenant, Type: who.Type, ID: who.ID, At: w.cfg.Now()}); err != nil {
			return fmt.Errorf("erasure: remember it beside the backups: %w", err)
		}
	}
	if err := w.askBackups(ctx, c); err != nil {
		return fmt.Errorf("erasure: backups: %w", err)
	}
	if err := w.askProviders(ctx, c, asked); err != nil {
		return fmt.Errorf("erasure: sub-processors: %w", err)
	}
	return w.certify(ctx, order, c)
}

// known lists what sub-processors may know somebody by. It is asked before
// anything is erased.
func (w *Worker) known(ctx context.Context, tenant uuid.UUID, who subject.Person, found subject.Found) (provider.Erasure, error) {
	if who.Type == subject.Household {
		return w.cfg.Providers.Family(ctx, tenant, who.ID)
	}
	var e provider.Erasure
	for name, kind := range map[string]string{"Guardian": "guardian", "Membership": "membership", "Ticket": "ticket"} {
		for _, id := range found.IDs[name] {
			e.Refs = append(e.Refs, provider.Ref{Type: kind, ID: id})
		}
	}
	return e, nil
}

// update changes the erasure itself, which tells whoever waits for it.
func (w *Worker) update(ctx context.Context, id uuid.UUID, set func(*ent.ErasureUpdateOne)) error {
	return w.db.InTx(ctx, func(ctx context.Context) error {
		u := w.db.Client(ctx).Erasure.UpdateOneID(id)
		set(u)
		return u.Exec(ctx)
	})
}

// Rounds looks every few hours for erasures that can go on.
type Rounds struct {
	river.WorkerDefaults[job.Erasures]
	worker *Worker
}

// NewRounds returns the worker of rounds.
func NewRounds(w *Worker) *Rounds { return &Rounds{worker: w} }

// Timeout implements river.Worker.
func (r *Rounds) Timeout(*river.Job[job.Erasures]) time.Duration { return patience }

// Work implements river.Worker: it goes on with what was held, waits for
// sub-processors, or must be done again because a backup was brought back.
func (r *Rounds) Work(ctx context.Context, _ *river.Job[job.Erasures]) error {
	rows, err := r.worker.cfg.Pool.Query(ctx, `SELECT tenant_id, id FROM erasures WHERE status IN ('PENDING', 'HELD', 'AWAITING') AND updated_at < $1 LIMIT 1000`,
		r.worker.cfg.Now().Add(-patience))
	if err != nil {
		return fmt.Errorf("erasure: %w", err)
	}
	type open struct{ Tenant, ID uuid.UUID }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[open])
	if err != nil {
		return fmt.Errorf("erasure: %w", err)
	}
	var errs []error
	for _, o := range all {
		errs = append(errs, r.worker.carryOut(viewer.ForTenant(ctx, o.Tenant, "erase a person"), o.Tenant, o.ID))
	}
	return errors.Join(errs...)
}
