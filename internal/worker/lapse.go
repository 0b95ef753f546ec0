package worker

import (
	"context"
	"errors"

	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/job"
)

// lapser ends access whose time is over, of every kind.
type lapser struct {
	river.WorkerDefaults[job.Lapse]
	kinds []func(context.Context) error
}

// Work implements river.Worker. What breaks for one kind does not keep the others.
func (l *lapser) Work(ctx context.Context, _ *river.Job[job.Lapse]) error {
	var errs []error
	for _, end := range l.kinds {
		errs = append(errs, end(ctx))
	}
	return errors.Join(errs...)
}
