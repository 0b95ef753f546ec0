package bench

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"time"
)

// extras are the measurements beside the table: statements, growth, start, limits.
func (r *run) extras(ctx context.Context) error {
	pages, err := r.places(ctx)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return r.statements(ctx, r.data.workloads(pages)) },
		func() error { return r.tenants() },
		func() error { return r.growth(ctx, pages) },
		func() error { return r.coldStart(ctx) },
		func() error { return r.limits(ctx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// tenants shows what it costs that each request may be another tenant's, which
// a connection has to be told.
func (r *run) tenants() error {
	many := r.data.workloads(nil)[0]
	single := many
	single.ask = func(n int) question { return one(2, 1+n*7919%r.data.Students) }
	found, err := r.rotate([]turn{{r.barre, many}, {r.barre, single}}, 8)
	if err == nil {
		fmt.Fprintf(r.Out, "Q1 of many tenants: %.3f CPU-ms; of one: %.3f\n", found[0].total(), found[1].total())
	}
	return err
}

// growth compares a tenant of ten times the size and a page far behind (P7).
func (r *run) growth(ctx context.Context, pages []place) error {
	work := r.data.workloads(pages)
	near, err := r.placeAt(ctx, 1, "OPEN", 100)
	if err != nil {
		return err
	}
	far, err := r.placeAt(ctx, 1, "OPEN", min(50000, 100*r.data.Students/8))
	if err != nil {
		return err
	}
	large, small := work[1], work[1]
	large.ask = func(n int) question { return list(1, starts()[n%20]) }
	small.ask = func(n int) question { return list(2, starts()[n%20]) }
	first, last := work[2], work[2]
	first.ask = func(int) question { return near.ask() }
	last.ask = func(int) question { return far.ask() }
	for _, pair := range []struct {
		title     string
		base, new workload
	}{{"Q2 in the tenant of ten times the size", small, large}, {"Q3 on page 500 against page 2", first, last}} {
		found, err := r.rotate([]turn{{r.barre, pair.base}, {r.barre, pair.new}}, 8)
		if err != nil {
			return err
		}
		ratio := found[1].total() / found[0].total()
		verdict(r.Out, "P7", ratio <= 1.15, "%s: %.3f against %.3f CPU-ms, %.2f (at most 1.15)", pair.title, found[1].total(), found[0].total(), ratio)
	}
	return nil
}

// coldStart is the time from exec to the first correct answer (P9).
func (r *run) coldStart(ctx context.Context) error {
	var times []time.Duration
	for range 5 {
		began := time.Now()
		p, err := r.newBarre(ctx)
		if err != nil {
			return err
		}
		times = append(times, time.Since(began))
		p.end()
	}
	slices.Sort(times)
	took := times[len(times)/2]
	verdict(r.Out, "P9", took <= 150*time.Millisecond, "start to first correct answer: %v, median of 5 (at most 150ms)", took.Round(time.Millisecond))
	return nil
}

// limits measures Q1 with the limits shared through Redis against limits kept
// in process, which ask nobody (P11).
func (r *run) limits(ctx context.Context) error {
	address, err := free()
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	redis := &peer{name: "redis"}
	if _, err := exec.LookPath("redis-server"); err != nil {
		fmt.Fprintln(r.Out, "P11  skipped: there is no redis-server")
		return nil
	}
	ready := func() error {
		l, err := dial(address)
		if err == nil {
			l.conn.Close()
		}
		return err
	}
	if err := redis.begin(ctx, ready, nil, "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"); err != nil {
		return err
	}
	defer redis.end()
	shared, err := r.newBarre(ctx, "REDIS_URL=redis://"+address, "BARRE_LIMIT_FACTOR=100")
	if err != nil {
		return err
	}
	defer shared.end()
	work := r.data.workloads(nil)[0]
	found, err := r.rotate([]turn{{r.barre, work}, {shared, work}}, 8)
	if err != nil {
		return err
	}
	added := found[1].per(found[1].server) - found[0].per(found[0].server)
	verdict(r.Out, "P11", added <= 0.05, "shared limits add %.3f ms server CPU to Q1 (at most 0.05)", added)
	return nil
}
