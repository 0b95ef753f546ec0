package job

import (
	"time"

	"github.com/riverqueue/river"
)

// Anchor asks to sign the audit logs of the days that have passed.
type Anchor struct{}

// Kind is the name of the job in River's tables.
func (Anchor) Kind() string { return "anchor" }

// InsertOpts puts the job where it is worked. One that failed is not tried
// again: the next one signs the same.
func (Anchor) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: anchorEvery}}
}

// anchorEvery is how often is looked whether a day has passed.
const anchorEvery = time.Hour

// Anchoring is the job that one worker at a time inserts.
func Anchoring() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(anchorEvery), func() (river.JobArgs, *river.InsertOpts) { return Anchor{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}
