package job

import (
	"time"

	"github.com/riverqueue/river"
)

// Retain asks to remove what studios have kept as long as their rules say.
type Retain struct{}

// Kind is the name of the job in River's tables.
func (Retain) Kind() string { return "retain" }

// InsertOpts puts the job where it is worked. One that failed is not tried
// again: the next one does the same.
func (Retain) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ReplayQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: retainEvery}}
}

// retainEvery is how often rules are applied.
const retainEvery = 24 * time.Hour

// Retaining is the job that one worker at a time inserts.
func Retaining() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(retainEvery), func() (river.JobArgs, *river.InsertOpts) { return Retain{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}
