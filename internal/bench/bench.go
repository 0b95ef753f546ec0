// Package bench measures Barre against a hand-written handler on the same
// database in the same run. What counts is CPU time per request, of the server
// and of Postgres together: it can be compared where a machine is shared and
// wall time cannot. Only ratios of one run are to be quoted.
package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Config says what to measure. Dir alone is needed.
type Config struct {
	Dir         string        // keeps the database for the next run
	Server      string        // the barre binary
	Limit       []string      // the command that runs ServeLimit in a process of its own
	Quick       bool          // little data, for a test
	Slice       time.Duration // of load at a time; default 3 s
	Rounds      int           // slices of each peer in each measurement; default 2
	Connections []int         // default 8
	Workloads   []string      // names such as Q1; default all
	Extras      bool          // also growth, limits, cold start and statements
	Out         io.Writer
	Log         *slog.Logger
}

func (c *Config) defaults() {
	if c.Slice == 0 {
		c.Slice = 3 * time.Second
	}
	if c.Rounds == 0 {
		c.Rounds = 2
	}
	if len(c.Connections) == 0 {
		c.Connections = []int{8}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
}

// Run measures and prints what it found. It is an error when a peer answers
// with an error or when the two answer differently.
func Run(ctx context.Context, c Config) error {
	c.defaults()
	scale := full
	if c.Quick {
		scale = quick
	}
	d, err := prepare(ctx, c.Dir, scale, c.Log)
	if err != nil {
		return err
	}
	defer d.cluster.Close(context.WithoutCancel(ctx))
	r := &run{Config: c, data: d}
	defer r.stop()
	if err := r.start(ctx); err != nil {
		return err
	}
	work, err := r.chosen(ctx)
	if err != nil {
		return err
	}
	for _, w := range work {
		if err := r.compare(w); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	fmt.Fprintf(c.Out, "answers are equal: %s\n", names(work))
	if err := r.measureAll(ctx, work); err != nil {
		return err
	}
	if c.Extras {
		return r.extras(ctx)
	}
	return nil
}
