package job

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// Handle asks to handle one message of a provider. Further attempts are River's
// own: the message's row says how it stands.
type Handle struct {
	Message uuid.UUID `json:"message_id"`
	Tenant  uuid.UUID `json:"tenant_id"`
}

// Kind is the name of the job in River's tables.
func (Handle) Kind() string { return "handle" }

// InsertOpts puts the job where it is worked.
func (Handle) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: 1000}
}

// Poll asks one provider what happened in one studio.
type Poll struct {
	Integration uuid.UUID `json:"integration_id"`
	Tenant      uuid.UUID `json:"tenant_id"`
}

// Kind is the name of the job in River's tables.
func (Poll) Kind() string { return "poll" }

// InsertOpts puts the job where it is worked. One that failed is not tried
// again: the next round asks for the same.
func (Poll) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: PollEvery}}
}

// PollAll asks to poll every integration whose provider can be asked.
type PollAll struct{}

// Kind is the name of the job in River's tables.
func (PollAll) Kind() string { return "poll_all" }

// InsertOpts puts the job where it is worked.
func (PollAll) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: 3}
}

// PollEvery is how often providers are asked for what no message told.
const PollEvery = 15 * time.Minute

// Polling is the job that begins each round, in one worker at a time.
func Polling() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(PollEvery), func() (river.JobArgs, *river.InsertOpts) { return PollAll{}, nil }, nil)
}
