package job

import (
	"time"

	"github.com/riverqueue/river"
)

// Purge asks to remove for good what has been kept as long as it may be.
type Purge struct{}

// Kind is the name of the job in River's tables.
func (Purge) Kind() string { return "purge" }

// InsertOpts puts the job where it is worked. One that failed is not tried
// again: the next one does the same.
func (Purge) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: purgeEvery}}
}

// purgeEvery is how often things are removed.
const purgeEvery = time.Hour

// Purging is the job that one worker at a time inserts.
func Purging() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(purgeEvery), func() (river.JobArgs, *river.InsertOpts) { return Purge{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}
