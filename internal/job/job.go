// Package job ties what is left to do after a commit to River, the queue that
// keeps its jobs in the same Postgres: its tables, its client and the form of
// our jobs.
package job

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"
)

// Schema is where River's tables are. Nothing of the API can reach it.
const Schema = "river"

// The queues. What somebody asked to have again waits in one of its own, with
// few workers, so that it never holds up what happens now.
const (
	Queue       = "deliver"
	ReplayQueue = "replay"
)

// Later is the priority of what is beyond its destination's share of a moment:
// it yields to what is told to others.
const Later = 2

// How long things may take. A job that a dead process left behind is taken up
// again after rescueAfter and, at the latest, half a minute more.
const (
	timeout     = 20 * time.Second
	rescueAfter = 60 * time.Second
	softStop    = 12 * time.Second
	keep        = time.Hour
)

// Driver is River's driver for pgx.
type Driver = riverpgxv5.Driver

// Client inserts and works jobs.
type Client = river.Client[pgx.Tx]

// Deliver asks for one attempt of one delivery. A further attempt is a job of
// its own, made in the transaction that records the one before.
type Deliver struct {
	Delivery uuid.UUID `json:"delivery_id"`
	Tenant   uuid.UUID `json:"tenant_id"`
	// Round and Unsure are how a provider's operations stand: how often it was
	// found not to have them, and whether that has to be found out first.
	Round  int  `json:"round,omitempty"`
	Unsure bool `json:"unsure,omitempty"`
}

// Kind is the name of the job in River's tables.
func (Deliver) Kind() string { return "deliver" }

// InsertOpts puts the job where it is worked. River's own attempts count
// broken processes and databases alone, so that their bound is far away.
func (Deliver) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: 1000}
}

// Replay asks to make the deliveries of one replay, a batch of them.
type Replay struct {
	Event  uuid.UUID `json:"event_id"` // which holds what to replay
	Tenant uuid.UUID `json:"tenant_id"`
	After  int64     `json:"after"` // how far earlier batches came
}

// Kind is the name of the job in River's tables.
func (Replay) Kind() string { return "replay" }

// InsertOpts puts the job where it is worked: before the deliveries that it
// makes, not among them.
func (Replay) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: 1000}
}

// Export asks to write the file of an export.
type Export struct {
	Export uuid.UUID `json:"export_id"`
	Tenant uuid.UUID `json:"tenant_id"`
}

// Kind is the name of the job in River's tables.
func (Export) Kind() string { return "export" }

// InsertOpts puts the job where it is worked, beside what is not urgent.
func (Export) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ReplayQueue, MaxAttempts: 5}
}

// ExpireExports asks to remove the files whose time is over.
type ExpireExports struct{}

// Kind is the name of the job in River's tables.
func (ExpireExports) Kind() string { return "expire_exports" }

// InsertOpts puts the job where it is worked.
func (ExpireExports) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ReplayQueue, MaxAttempts: 3}
}

// Clean asks to remove what the log of deliveries keeps no longer.
type Clean struct{}

// Kind is the name of the job in River's tables.
func (Clean) Kind() string { return "clean" }

// InsertOpts puts the job where it is worked.
func (Clean) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ReplayQueue, MaxAttempts: 3}
}

// cleaning is how often periodic jobs are worked.
const cleaning = 6 * time.Hour

// Cleaning is the job that cleans the log; whoever restarts often cleans as well.
func Cleaning() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(cleaning), func() (river.JobArgs, *river.InsertOpts) { return Clean{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}

// Expiring is the job that removes the files of exports.
func Expiring() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(cleaning), func() (river.JobArgs, *river.InsertOpts) { return ExpireExports{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}

// Config of a Client. The zero value is right for production.
type Config struct {
	MaxWorkers int // attempts at the same time; 0 means 100, of which replays have a tenth beside them
	// Poll is how often jobs are looked for that nobody announced; 0 means 1 s.
	Poll time.Duration
	// Periodic jobs are worked without anybody's asking; they need their workers.
	Periodic []*river.PeriodicJob
	Logger   *slog.Logger
	// Test leaves out what staggers the start of several machines.
	Test bool
}

// River announces what a client inserts no oftener than the same client may
// fetch; jobs in between wait until somebody polls. Whoever inserts while work
// goes on therefore does so by a client of its own, which has no workers.
const (
	fetchEvery    = 10 * time.Millisecond
	announceEvery = time.Millisecond // the least that River takes; one batch of the relay takes longer
)

// NewClient returns a client on the pool of the system role. Without workers
// it only inserts.
func NewClient(pool *pgxpool.Pool, workers *river.Workers, c Config) (*Client, error) {
	config := &river.Config{
		Schema: Schema, Logger: cmp.Or(c.Logger, slog.Default()), TestOnly: c.Test, RetryPolicy: again{},
		FetchCooldown: announceEvery, FetchPollInterval: cmp.Or(c.Poll, time.Second),
		JobTimeout: timeout, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: softStop,
		// What came of a delivery is in our own tables.
		CompletedJobRetentionPeriod: keep, CancelledJobRetentionPeriod: keep,
		ReindexerIndexNames: []string{}, // it takes the owner's rights
		ErrorHandler:        report{cmp.Or(c.Logger, slog.Default())},
	}
	if workers != nil {
		config.Workers, config.FetchCooldown = workers, fetchEvery
		most := cmp.Or(c.MaxWorkers, 100)
		config.Queues = map[string]river.QueueConfig{Queue: {MaxWorkers: most}, ReplayQueue: {MaxWorkers: max(1, most/10)}}
		config.PeriodicJobs = c.Periodic
	}
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	if err != nil {
		return nil, fmt.Errorf("job: %w", err)
	}
	return client, nil
}

// again is when River tries a job again that broke before an attempt could be
// recorded: the database was away, or the process had a fault.
type again struct{}

func (again) NextRetry(row *rivertype.JobRow) time.Time {
	return time.Now().Add(time.Duration(min(row.Attempt*row.Attempt, 60)) * time.Second)
}

// report logs what broke a job; River tells that to whoever debugs it alone.
type report struct{ logger *slog.Logger }

func (r report) HandleError(ctx context.Context, row *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	r.logger.ErrorContext(ctx, "a job broke and is tried again", "job", row.ID, "attempt", row.Attempt, "error", err)
	return nil
}

func (r report) HandlePanic(ctx context.Context, row *rivertype.JobRow, fault any, trace string) *river.ErrorHandlerResult {
	r.logger.ErrorContext(ctx, "a job panicked and is tried again", "job", row.ID, "attempt", row.Attempt, "fault", fault, "stack", trace)
	return nil
}

// Open connects to the database as the system role.
func Open(ctx context.Context, systemURL string, conns int32) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(systemURL)
	if err != nil {
		return nil, fmt.Errorf("job: the database address is not valid") // the error would show its password
	}
	config.MaxConns = cmp.Or(conns, 16)
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		pgxuuid.Register(conn.TypeMap()) // ids travel as bytes, without being spelled
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("job: connect: %w", err)
	}
	return pool, nil
}
