package job

import (
	"time"

	"github.com/riverqueue/river"
)

// RotateKeys asks to rotate data keys whose time has come, and to move what
// older ones have encrypted.
type RotateKeys struct{}

// Kind is the name of the job in River's tables.
func (RotateKeys) Kind() string { return "rotate_keys" }

// InsertOpts puts the job where it is worked.
func (RotateKeys) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ReplayQueue, MaxAttempts: 3}
}

// Rotating is the job that looks after data keys.
func Rotating() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) { return RotateKeys{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}
