// Package worker runs what follows a commit: the relay and the attempts of
// deliveries. Any number of workers may run on one database.
package worker

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/alert"
	"github.com/barrehq/barre/internal/announcement"
	"github.com/barrehq/barre/internal/audit"
	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/breach"
	"github.com/barrehq/barre/internal/delivery"
	"github.com/barrehq/barre/internal/erasure"
	"github.com/barrehq/barre/internal/export"
	"github.com/barrehq/barre/internal/inbound"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/retention"
	"github.com/barrehq/barre/internal/sealed"
)

// Config of a Worker. Everything but SystemURL and Box has a useful zero value.
type Config struct {
	SystemURL string // of the role that works across tenants
	Box       *sealed.Box
	Delivery  delivery.Config
	Retry     func(attempts int) time.Duration // of messages; nil is right for production
	Office    inbound.Office                   // writes down what providers say; nil is for a worker that asks none
	Members   inbound.Members                  // ends what a provider says has ended; nil leaves that alone
	Exports   *export.Desk                     // nil for none
	Keys      *key.Ring                        // nil for a worker that looks after none
	Files     erasure.Files                    // of exports, which erasures remove; nil where nothing is erased
	Backups   *backup.Keeper                   // nil where somebody else takes them
	Lapses    []func(context.Context) error    // end access whose time is over, each of one kind
	Signer    *audit.Signer                    // of audit logs; nil signs none
	Remover   retention.Remover                // of what studios have kept long enough; nil removes nothing
	Alerts    *alert.Desk                      // nil for none
	News      *announcement.Desk               // tells what Notices returns; nil tells nothing
	Notices   func() []announcement.News       // what every studio must be told
	Relay     relay.Config                     // Wants is filled in from the providers
	Jobs      job.Config
	MaxConns  int32 // of the worker's own pool; 0 means 16
	Logger    *slog.Logger
}

// Database is what a worker needs of the store.
type Database interface {
	delivery.Database
	erasure.Database
}

// Worker is a relay and a client of the job queue on one pool.
type Worker struct {
	pool       *pgxpool.Pool
	relay      *relay.Relay
	deliveries *delivery.Worker
	sealer     *audit.Sealer
	jobs       *job.Client
	logger     *slog.Logger
	working    atomic.Bool
}

// New connects a worker. The tables are those of store.Migrate and job.Migrate.
func New(ctx context.Context, db Database, c Config) (*Worker, error) {
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.Delivery.Logger = cmp.Or(c.Delivery.Logger, c.Logger)
	c.Relay.Logger = cmp.Or(c.Relay.Logger, c.Logger)
	c.Jobs.Logger = cmp.Or(c.Jobs.Logger, c.Logger)
	c.Relay.Wants = delivery.Wants(c.Delivery.Providers)
	pool, err := job.Open(ctx, c.SystemURL, c.MaxConns)
	if err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	book := inbound.NewBook(db, c.Office, c.Members)
	if c.Office != nil && c.Delivery.Told == nil {
		c.Delivery.Told = book.Told
	}
	deliveries := delivery.New(pool, db, c.Box, c.Delivery)
	river.AddWorker(workers, deliveries)
	river.AddWorker(workers, relay.NewReplayer(pool, 0))
	river.AddWorker(workers, delivery.NewCleaner(pool, c.Delivery.Now))
	river.AddWorker(workers, &lapser{kinds: c.Lapses})
	kept := retention.Config{Now: c.Delivery.Now, Logger: c.Logger}
	if c.Exports != nil {
		kept.Files = c.Exports
	}
	purger := retention.New(pool, kept)
	river.AddWorker(workers, purger)
	c.Jobs.Periodic = append(c.Jobs.Periodic, job.Cleaning(), job.Purging(), job.Lapsing())
	if c.Remover != nil {
		river.AddWorker(workers, retention.NewKeeper(purger, c.Remover))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Retaining())
	}
	if c.Signer != nil {
		river.AddWorker(workers, audit.NewAnchorer(pool, c.Signer, c.Delivery.Now))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Anchoring())
	}
	river.AddWorker(workers, breach.NewClocks(pool, c.Delivery.Now, c.Logger))
	c.Jobs.Periodic = append(c.Jobs.Periodic, job.Timing())
	if c.Office != nil {
		told := inbound.Config{Providers: c.Delivery.Providers, Now: c.Delivery.Now, Retry: c.Retry, Logger: c.Logger}
		river.AddWorker(workers, inbound.NewHandler(pool, book, c.Box, told))
		river.AddWorker(workers, inbound.NewPoller(pool, book, c.Box, told))
		river.AddWorker(workers, inbound.NewRound(pool, c.Box, told))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Polling())
	}
	if c.Exports != nil {
		river.AddWorker(workers, export.NewWorker(c.Exports))
		river.AddWorker(workers, export.NewSweeper(pool, c.Exports))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Expiring())
	}
	if c.Keys != nil {
		river.AddWorker(workers, key.NewWorker(c.Keys))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Rotating())
	}
	if c.Backups != nil {
		river.AddWorker(workers, backup.NewWorker(c.Backups))
		river.AddWorker(workers, backup.NewDriller(c.Backups))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Backups(), job.Drills())
	}
	if c.Files != nil {
		told := erasure.Config{
			Pool: pool, Providers: delivery.NewEraser(pool, c.Box, c.Delivery.Providers, c.Logger), Files: c.Files, Box: c.Box, Now: c.Delivery.Now, Logger: c.Logger,
		}
		if c.Backups != nil {
			told.Ledger = c.Backups
		}
		if c.Keys != nil {
			told.Texts = c.Keys
		}
		erasing := erasure.NewWorker(db, told)
		river.AddWorker(workers, erasing)
		river.AddWorker(workers, erasure.NewRounds(erasing))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Erasing())
	}
	if c.Alerts != nil {
		river.AddWorker(workers, alert.NewEscalator(pool, c.Alerts))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Escalating())
	}
	if c.News != nil {
		river.AddWorker(workers, announcement.NewNotifier(pool, c.News, c.Notices))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Notifying())
	}
	jobs, err := job.NewClient(pool, workers, c.Jobs)
	announcing, err2 := job.NewClient(pool, nil, job.Config{Logger: c.Logger, Test: c.Jobs.Test})
	if err := errors.Join(err, err2); err != nil {
		pool.Close()
		return nil, err
	}
	return &Worker{
		pool: pool, relay: relay.New(pool, announcing, c.Relay), deliveries: deliveries, sealer: audit.NewSealer(pool, audit.SealerConfig{Logger: c.Logger}),
		jobs: jobs, logger: c.Logger,
	}, nil
}

// Wake tells the relay that something was committed; call it after commits of
// this process.
func (w *Worker) Wake() { w.relay.Wake() }

// Close gives the connections back, after Run.
func (w *Worker) Close() { w.pool.Close() }

// stopLimit bounds the end of Run. Attempts under way have a part of it to
// finish; then they are cut off and made again by whoever runs next.
const stopLimit = 20 * time.Second

// startPause is between two attempts to start the queue.
const startPause = time.Second

// Working reports whether jobs are worked: Run has reached the database.
func (w *Worker) Working() bool { return w.working.Load() }

// Run works until ctx ends, and then lets what is under way finish. A database
// that is away when it begins is waited for.
func (w *Worker) Run(ctx context.Context) {
	if !w.start(ctx) {
		return
	}
	w.working.Store(true)
	defer w.working.Store(false)
	var group sync.WaitGroup
	group.Go(func() { w.relay.Run(ctx) })
	attending, leave := context.WithCancel(context.WithoutCancel(ctx)) // as long as attempts may be under way
	group.Go(func() { w.deliveries.Attend(attending) })
	group.Go(func() { w.sealer.Run(ctx) })
	<-ctx.Done()
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-w.jobs.Stopped():
	case <-limit.C:
		w.logger.Warn("attempts under way did not stop in time; another worker takes them up")
	}
	leave()
	group.Wait()
}

// start starts River's client, which gives up at once where the database does
// not answer, and reports whether it runs; it does not once ctx has ended.
func (w *Worker) start(ctx context.Context) bool {
	for {
		err := w.jobs.Start(ctx)
		if err == nil {
			return ctx.Err() == nil
		}
		if ctx.Err() == nil {
			w.logger.ErrorContext(ctx, "the queue could not be started and is started again", "error", err)
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(startPause):
		}
	}
}
