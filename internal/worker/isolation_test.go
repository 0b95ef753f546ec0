package worker_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/webhook"
	"github.com/barrehq/barre/internal/worker"
)

// An endpoint that hangs takes its own places and nobody else's.
func TestHangingEndpoint(t *testing.T) {
	b := setUp(t, func(c *worker.Config) { c.Jobs.MaxWorkers, c.Delivery.InFlight = 4, 2 })
	release := make(chan struct{})
	hanging := receive(t, func(int, http.ResponseWriter) { <-release })
	healthy := receive(t, nil)
	b.register(t, b.A, hanging, "household.created")
	b.register(t, b.B, healthy, "household.created")
	for range 8 {
		b.household(t, b.A, "A family")
	}
	for range 8 {
		b.household(t, b.B, "A family")
	}
	for range 8 {
		healthy.next(t)
	}
	if n := len(hanging.got); n != 0 {
		t.Errorf("the hanging endpoint answered %d times", n)
	}
	close(release)
	for range 8 {
		hanging.next(t)
	}
}

// A job that names another studio than its delivery's reads nothing.
func TestForgedJob(t *testing.T) {
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Next = func(int, time.Duration) time.Duration { return webhook.Stop }
	})
	r := receive(t, nil)
	b.register(t, b.A, r, "household.created")
	b.household(t, b.A, "A family")
	r.next(t)
	b.settle(t)
	db := b.Super(t)
	var id uuid.UUID
	if err := db.QueryRow(`UPDATE deliveries SET status = 'PENDING' RETURNING id`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	pool, err := job.Open(t.Context(), b.SystemURL, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	jobs, err := job.NewClient(pool, nil, job.Config{})
	if err != nil {
		t.Fatal(err)
	}
	insert := func(d job.Deliver) int64 {
		t.Helper()
		made, err := jobs.Insert(context.WithoutCancel(t.Context()), d, nil)
		if err != nil {
			t.Fatal(err)
		}
		return made.Job.ID
	}
	forged := insert(job.Deliver{Delivery: id, Tenant: b.B.Tenant})
	for state := ""; state != "completed"; {
		if err := db.QueryRow(`SELECT state FROM river.river_job, pg_sleep(0.01) WHERE id = $1`, forged).Scan(&state); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.got) != 0 {
		t.Error("a forged job sent a delivery")
	}
	insert(job.Deliver{Delivery: id, Tenant: b.A.Tenant})
	r.next(t)
}
