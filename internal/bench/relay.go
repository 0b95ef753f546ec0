package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/store"
)

// relay times how fast events become deliveries, first at one endpoint, then
// while somebody reads one snapshot for long, and at last how fast those are
// sent.
func (s *stream) relay(ctx context.Context) error {
	server, err := s.newBarre(ctx)
	if err != nil {
		return err
	}
	defer server.end()
	if err := s.register(server, 2, 50); err != nil {
		return err
	}
	pool, err := job.Open(ctx, s.data.url(store.SystemRole), 4)
	if err != nil {
		return err
	}
	defer pool.Close()
	rate, err := s.place(ctx, pool)
	if err != nil {
		return err
	}
	s.verdict(rate >= budgetRelay, "relay: %.0f deliveries created/s at one endpoint (at least %d)", rate, budgetRelay)
	reader, err := pgx.Connect(ctx, s.data.url(""))
	if err != nil {
		return err
	}
	defer reader.Close(ctx)
	if _, err := reader.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM tags"); err != nil {
		return err
	}
	if rate, err = s.place(ctx, pool); err != nil {
		return err
	}
	s.verdict(rate >= budgetRelay, "relay: %.0f deliveries created/s while a snapshot is read for long (at least %d)", rate, budgetRelay)
	if err := reader.Close(ctx); err != nil {
		return err
	}
	return s.send(ctx)
}

// place commits events and returns how many deliveries of them are made per second.
func (s *stream) place(ctx context.Context, pool *pgxpool.Pool) (float64, error) {
	if err := s.commit(ctx, 2, s.Events); err != nil {
		return 0, err
	}
	jobs, err := job.NewClient(pool, nil, job.Config{Logger: s.Log})
	if err != nil {
		return 0, err
	}
	r := relay.New(pool, jobs, relay.Config{Logger: s.Log})
	began, made := time.Now(), 0
	for made < s.Events {
		n, err := r.Place(ctx)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, fmt.Errorf("%d of %d events were placed", made, s.Events)
		}
		made += n
	}
	return float64(made) / time.Since(began).Seconds(), nil
}

// send times a worker that finds deliveries waiting.
func (s *stream) send(ctx context.Context) error {
	worker, err := s.newWorker(ctx)
	if err != nil {
		return err
	}
	defer worker.end()
	want := 2 * s.Events
	if err := s.arrivals(ctx, want); err != nil {
		return err
	}
	times := s.inbox.times
	from, to := len(times)/10, len(times)*9/10 // without the start and the last few, which had to wait
	rate := float64(to-from) / times[to].Sub(times[from]).Seconds()
	ids, again := s.inbox.received()
	s.verdict(rate >= budgetHTTP && again == 0, "send: %.0f HTTP deliveries/s at one endpoint (at least %d); %d ids, %d of them twice", rate, budgetHTTP, ids, again)
	return nil
}

// arrivals waits until that many ids have come.
func (s *stream) arrivals(ctx context.Context, want int) error {
	limit := time.NewTimer(10 * time.Minute)
	defer limit.Stop()
	for {
		ids, _ := s.inbox.received()
		if ids >= want {
			return nil
		}
		select {
		case <-s.inbox.arrived:
		case <-limit.C:
			return fmt.Errorf("%d of %d deliveries came", ids, want)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
