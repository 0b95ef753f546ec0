package job

import (
	"time"

	"github.com/riverqueue/river"
)

// Backup asks to take a backup where one is due.
type Backup struct{}

// Kind is the name of the job in River's tables.
func (Backup) Kind() string { return "backup" }

// InsertOpts puts the job where it is worked, beside what is not urgent. One
// that failed is not tried again: the next one is soon enough.
func (Backup) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ReplayQueue, MaxAttempts: 1}
}

// Backups is the job that looks every quarter of an hour whether a backup is due.
func Backups() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(15*time.Minute), func() (river.JobArgs, *river.InsertOpts) { return Backup{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}

// Drill asks to make a drill where one is due.
type Drill struct{}

// Kind is the name of the job in River's tables.
func (Drill) Kind() string { return "drill" }

// InsertOpts puts the job where it is worked, as a backup.
func (Drill) InsertOpts() river.InsertOpts { return Backup{}.InsertOpts() }

// Drills is the job that looks every hour whether a drill is due.
func Drills() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) { return Drill{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}
