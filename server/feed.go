package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/job"
)

// runFeed begins a new epoch in every studio's feed, after the database was
// restored by other means than barre restore.
func runFeed(ctx context.Context, c call) error {
	if !slices.Equal(c.args, []string{"new-epoch"}) {
		return misuse{errors.New("feed: say new-epoch, after the database was restored and before anything is served")}
	}
	conf, err := c.config()
	if err != nil {
		return err
	}
	return withDatabase(ctx, conf, func() error {
		pool, err := job.Open(ctx, conf.SystemURL.Reveal(), 1)
		if err != nil {
			return err
		}
		defer pool.Close()
		studios, err := feed.BeginEpoch(ctx, pool)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "A new epoch began in the feeds of %d studios. Tools that follow one are told to take a full copy.\n", studios)
		return err
	})
}
