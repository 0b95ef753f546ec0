package job

import (
	"time"

	"github.com/riverqueue/river"
)

// Escalate asks to raise the alerts that nobody has acknowledged in time.
type Escalate struct{}

// Kind is the name of the job in River's tables.
func (Escalate) Kind() string { return "escalate_alerts" }

// InsertOpts puts the job where it is worked.
func (Escalate) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: 1}
}

// escalating is how often alerts are looked at.
const escalating = time.Minute

// Escalating is the job that one worker at a time inserts.
func Escalating() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(escalating), func() (river.JobArgs, *river.InsertOpts) { return Escalate{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}

// Notify asks to tell studios of sub-processors that are to come.
type Notify struct{}

// Kind is the name of the job in River's tables.
func (Notify) Kind() string { return "notify_subprocessors" }

// InsertOpts puts the job where it is worked, beside what is not urgent.
func (Notify) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ReplayQueue, MaxAttempts: 3}
}

// Notifying is the job that tells; a studio that is founded meanwhile is told by the next.
func Notifying() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) { return Notify{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}
