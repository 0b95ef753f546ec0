// Command cmd measures Barre; see package bench.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/barrehq/barre/internal/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if address := os.Getenv("BENCH_LIMIT_ADDRESS"); address != "" {
		return bench.ServeLimit(ctx, address, os.Getenv("BENCH_LIMIT_DATABASE"))
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := bench.Config{Limit: []string{self}, Out: os.Stdout}
	flag.StringVar(&c.Dir, "dir", ".barre/bench", "keeps the database for the next run")
	flag.StringVar(&c.Server, "server", "bin/barre", "the binary to measure")
	flag.BoolVar(&c.Quick, "quick", false, "little data")
	flag.BoolVar(&c.Extras, "extras", true, "also growth, limits, cold start and statements")
	flag.IntVar(&c.Rounds, "rounds", 2, "slices of each peer in each measurement")
	seconds := flag.Float64("seconds", 3, "of load at a time")
	workloads := flag.String("workloads", "", "such as Q1,Q2; all by default")
	connections := flag.String("connections", "1,8,32", "at once")
	flag.Parse()
	c.Slice = time.Duration(*seconds * float64(time.Second))
	if *workloads != "" {
		c.Workloads = strings.Split(*workloads, ",")
	}
	for _, text := range strings.Split(*connections, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		c.Connections = append(c.Connections, n)
	}
	return bench.Run(ctx, c)
}
