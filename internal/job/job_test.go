package job_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
)

// Several processes may migrate at once, and again; the store still finds its
// walls intact beside River's tables.
func TestMigrateTogether(t *testing.T) {
	kit := testkit.Empty(t)
	pool := jobtest.Migrate(t, kit)
	if _, err := kit.Super(t).Exec(`DROP SCHEMA river CASCADE`); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := job.Migrate(t.Context(), kit.OwnerURL); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM river.river_job`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d jobs, %v", n, err)
	}
	if _, err := pool.Exec(t.Context(), `DROP TABLE river.river_job`); err == nil {
		t.Error("the system role may drop the queue")
	}
	opened, err := store.Open(t.Context(), store.Config{URL: kit.AppURL, SystemURL: kit.SystemURL})
	if err != nil {
		t.Fatalf("the walls beside the queue: %v", err)
	}
	opened.Close()
}

type echo struct{ N int }

func (echo) Kind() string { return "echo" }

// TestAnnounced inserts jobs right behind one another; nobody polls.
func TestAnnounced(t *testing.T) {
	pool := jobtest.Migrate(t, testkit.Empty(t))
	worked := make(chan int, 1)
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(_ context.Context, j *river.Job[echo]) error { worked <- j.Args.N; return nil }))
	working, err := job.NewClient(pool, workers, job.Config{Poll: time.Hour, Test: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := working.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = working.Stop(context.WithoutCancel(t.Context())) }()
	inserting, err := job.NewClient(pool, nil, job.Config{Test: true})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 100 {
		time.Sleep(2 * time.Millisecond) // less than a batch of the relay takes
		if _, err := inserting.Insert(t.Context(), echo{n}, &river.InsertOpts{Queue: job.Queue}); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-worked:
			if got != n {
				t.Fatalf("job %d was worked, not %d", got, n)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("job %d waits for somebody to poll", n)
		}
	}
}

func TestOpenHidesThePassword(t *testing.T) {
	_, err := job.Open(t.Context(), "postgres://barre_system:hunter2@%zz/x", 1)
	if err == nil || err.Error() != "job: the database address is not valid" {
		t.Errorf("%v", err)
	}
}
