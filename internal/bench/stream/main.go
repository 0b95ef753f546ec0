// Command stream measures what follows a commit; see package bench.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/barrehq/barre/internal/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := bench.StreamConfig{Out: os.Stdout, Only: map[string]bool{}}
	flag.StringVar(&c.Dir, "dir", ".barre/bench", "keeps the database for the next run")
	flag.StringVar(&c.Server, "server", "bin/barre", "the binary to measure")
	flag.IntVar(&c.Events, "events", 20_000, "in the batches that are timed")
	flag.DurationVar(&c.Load, "load", 20*time.Second, "of traffic at a time")
	only := flag.String("only", "", "such as relay,idle; all by default")
	flag.Parse()
	for name := range strings.SplitSeq(*only, ",") {
		if name != "" {
			c.Only[name] = true
		}
	}
	if err := bench.MeasureStream(ctx, c); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
