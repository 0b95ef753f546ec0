package backup

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/job"
)

// Worker takes the daily backup.
type Worker struct {
	river.WorkerDefaults[job.Backup]
	keeper *Keeper
}

// NewWorker returns the worker of a keeper.
func NewWorker(k *Keeper) *Worker { return &Worker{keeper: k} }

// Timeout implements river.Worker.
func (w *Worker) Timeout(*river.Job[job.Backup]) time.Duration { return patience }

// Work implements river.Worker. What failed has raised an alarm, and is tried
// again when the next job looks.
func (w *Worker) Work(ctx context.Context, _ *river.Job[job.Backup]) error { return w.keeper.Due(ctx) }

// Driller makes the drills that are due.
type Driller struct {
	river.WorkerDefaults[job.Drill]
	keeper *Keeper
}

// NewDriller returns the driller of a keeper.
func NewDriller(k *Keeper) *Driller { return &Driller{keeper: k} }

// Timeout implements river.Worker.
func (d *Driller) Timeout(*river.Job[job.Drill]) time.Duration { return patience }

// Work implements river.Worker. What failed has raised an alarm.
func (d *Driller) Work(ctx context.Context, _ *river.Job[job.Drill]) error {
	return d.keeper.DueDrill(ctx)
}
