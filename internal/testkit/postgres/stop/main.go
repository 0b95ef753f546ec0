// Command stop removes the server that the tests of this checkout share. While
// another test process uses it, it stays.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/barrehq/barre/internal/cluster"
	"github.com/barrehq/barre/internal/testkit/postgres"
)

func main() {
	if err := stop(); err != nil && !errors.Is(err, cluster.ErrInUse) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func stop() error {
	dir, err := postgres.Dir()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return cluster.Reset(ctx, dir)
}
