package job

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// Erase asks to carry an erasure out.
type Erase struct {
	Erasure uuid.UUID `json:"erasure_id"`
	Tenant  uuid.UUID `json:"tenant_id"`
}

// Kind is the name of the job in River's tables.
func (Erase) Kind() string { return "erase" }

// InsertOpts puts the job where it is worked, beside what is not urgent.
func (Erase) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ReplayQueue, MaxAttempts: 5}
}

// Erasures asks to go on with the erasures that can.
type Erasures struct{}

// Kind is the name of the job in River's tables.
func (Erasures) Kind() string { return "erasures" }

// InsertOpts puts the job where it is worked. One that failed is not tried
// again: the next one does the same.
func (Erasures) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ReplayQueue, MaxAttempts: 1}
}

// Erasing is the job that goes on with erasures every hour.
func Erasing() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) { return Erasures{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}
