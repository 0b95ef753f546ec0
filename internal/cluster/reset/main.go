// Command reset stops the private clusters in the directories given as
// arguments and deletes their data for good: what `make reset` runs.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/barrehq/barre/internal/cluster"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, dir := range os.Args[1:] {
		if err := cluster.Reset(ctx, dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
