// Package worker runs what follows a commit: the relay and the attempts of
// deliveries. Any number of workers may run on one database.
package worker

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/alert"
	"github.com/barrehq/barre/internal/announcement"
	"github.com/barrehq/barre/internal/delivery"
	"github.com/barrehq/barre/internal/export"
	"github.com/barrehq/barre/internal/inbound"
	"github.com/barrehq/barre/internal/job"
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
	Exports   *export.Desk                     // nil for none
	Alerts    *alert.Desk                      // nil for none
	News      *announcement.Desk               // tells what Notices returns; nil tells nothing
	Notices   func() []announcement.News       // what every studio must be told
	Relay     relay.Config                     // Wants is filled in from the providers
	Jobs      job.Config
	MaxConns  int32 // of the worker's own pool; 0 means 16
	Logger    *slog.Logger
}

// Worker is a relay and a client of the job queue on one pool.
type Worker struct {
	pool   *pgxpool.Pool
	relay  *relay.Relay
	jobs   *job.Client
	logger *slog.Logger
}

// New connects a worker. The tables are those of store.Migrate and job.Migrate.
func New(ctx context.Context, db delivery.Database, c Config) (*Worker, error) {
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
	river.AddWorker(workers, delivery.New(pool, db, c.Box, c.Delivery))
	river.AddWorker(workers, relay.NewReplayer(pool, 0))
	river.AddWorker(workers, delivery.NewCleaner(pool, c.Delivery.Now))
	river.AddWorker(workers, retention.New(pool, retention.Config{Now: c.Delivery.Now, Logger: c.Logger}))
	c.Jobs.Periodic = append(c.Jobs.Periodic, job.Cleaning(), job.Purging())
	if c.Office != nil {
		told, book := inbound.Config{Providers: c.Delivery.Providers, Now: c.Delivery.Now, Retry: c.Retry, Logger: c.Logger}, inbound.NewBook(db, c.Office)
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
	if c.Alerts != nil {
		river.AddWorker(workers, alert.NewEscalator(pool, c.Alerts))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Escalating())
	}
	if c.News != nil {
		river.AddWorker(workers, announcement.NewNotifier(pool, c.News, c.Notices))
		c.Jobs.Periodic = append(c.Jobs.Periodic, job.Notifying())
	}
	jobs, err := job.NewClient(pool, workers, c.Jobs)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &Worker{pool: pool, relay: relay.New(pool, jobs, c.Relay), jobs: jobs, logger: c.Logger}, nil
}

// Wake tells the relay that something was committed; call it after commits of
// this process.
func (w *Worker) Wake() { w.relay.Wake() }

// Close gives the connections back, after Run.
func (w *Worker) Close() { w.pool.Close() }

// stopLimit bounds the end of Run. Attempts under way have a part of it to
// finish; then they are cut off and made again by whoever runs next.
const stopLimit = 20 * time.Second

// Run works until ctx ends, and then lets what is under way finish.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.jobs.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop before it began
		}
		return fmt.Errorf("worker: start: %w", err)
	}
	var group sync.WaitGroup
	group.Go(func() { w.relay.Run(ctx) })
	<-ctx.Done()
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-w.jobs.Stopped():
	case <-limit.C:
		w.logger.Warn("attempts under way did not stop in time; another worker takes them up")
	}
	group.Wait()
	return nil
}
