package job

import (
	"time"

	"github.com/riverqueue/river"
)

// Lapse asks to end access whose time is over.
type Lapse struct{}

// Kind is the name of the job in River's tables.
func (Lapse) Kind() string { return "lapse" }

// InsertOpts puts the job where it is worked. One that failed is not tried
// again: the next one does the same.
func (Lapse) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: Queue, MaxAttempts: 1} }

// Lapsing is the job that one worker at a time inserts.
func Lapsing() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(time.Minute), func() (river.JobArgs, *river.InsertOpts) { return Lapse{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}
