package job

import (
	"time"

	"github.com/riverqueue/river"
)

// Time asks to look at the clocks of breaches.
type Time struct{}

// Kind is the name of the job in River's tables.
func (Time) Kind() string { return "time" }

// InsertOpts puts the job where it is worked.
func (Time) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: time.Hour}}
}

// Timing is the job that one worker at a time inserts.
func Timing() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) { return Time{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}
