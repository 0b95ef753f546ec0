package main

import (
	"context"
	"errors"
	goflag "flag" // flag is a kind of variable in config.go
	"fmt"
	"io"
	"log/slog"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/ent/announcement"
	news "github.com/barrehq/barre/internal/announcement"
	"github.com/barrehq/barre/internal/feature"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/store"
)

// operating opens the database for a command of the operator.
func operating(ctx context.Context, c call, do func(*store.Store, *pgxpool.Pool) error) error {
	conf, err := parseConfig(c.env)
	if err == nil && conf.DatabaseURL == "" {
		err = errors.New("DATABASE_URL: it must be set, with SYSTEM_DATABASE_URL, to reach the studios")
	}
	if err != nil {
		return misuse{err}
	}
	s, err := store.Open(ctx, store.Config{URL: conf.DatabaseURL.Reveal(), SystemURL: conf.SystemURL.Reveal(), MaxConns: 2, Record: outbox.Record})
	if err != nil {
		return err
	}
	defer s.Close()
	pool, err := job.Open(ctx, conf.SystemURL.Reveal(), 1)
	if err != nil {
		return err
	}
	defer pool.Close()
	return do(s, pool)
}

// studio finds a studio by its short name.
func studio(ctx context.Context, pool *pgxpool.Pool, slug string) (id uuid.UUID, err error) {
	err = pool.QueryRow(ctx, "SELECT id FROM tenants WHERE slug = $1", slug).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = misuse{fmt.Errorf("there is no studio %q", slug)}
	}
	return id, err
}

// runAnnounce tells all studios, or one, what is new.
func runAnnounce(ctx context.Context, c call) error {
	var n news.News
	var kind, only string
	flags := goflag.NewFlagSet("announce", goflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&n.Slug, "slug", "", "short name of what is told; a studio is told the same once")
	flags.StringVar(&kind, "kind", string(announcement.KindPRODUCT_UPDATE), "PRODUCT_UPDATE or MESSAGE")
	flags.StringVar(&n.Title, "title", "", "what it is about, in one line")
	flags.StringVar(&n.Body, "body", "", "the text")
	flags.StringVar(&n.Link, "link", "", "where there is more")
	flags.StringVar(&only, "studio", "", "short name of the only studio to tell")
	err := flags.Parse(c.args)
	if n.Kind = announcement.Kind(kind); err == nil {
		err = n.Check()
	}
	if err != nil || flags.NArg() > 0 {
		return misuse{errors.Join(err, errors.New("barre announce --slug NAME --title TEXT [--body TEXT] [--kind PRODUCT_UPDATE|MESSAGE] [--link URL] [--studio SLUG]"))}
	}
	return operating(ctx, c, func(s *store.Store, pool *pgxpool.Pool) error {
		desk, told := news.New(s, slog.New(slog.DiscardHandler)), 0
		if only == "" {
			told, err = desk.TellAll(ctx, pool, n)
		} else {
			var id uuid.UUID
			if id, err = studio(ctx, pool, only); err == nil {
				var first bool
				if first, err = desk.Tell(ctx, id, n); first {
					told = 1
				}
			}
		}
		fmt.Fprintf(c.out, "%d studios were told.\n", told)
		return err
	})
}

// runFeature lists the features, or lets a studio into one and out of it.
func runFeature(ctx context.Context, c call) error {
	if len(c.args) == 1 && c.args[0] == "list" {
		for _, f := range feature.Catalogue() {
			fmt.Fprintf(c.out, "%-20s %-13s %s\n", f.Name, f.Stage, f.About)
		}
		return nil
	}
	if len(c.args) != 3 || c.args[0] != "grant" && c.args[0] != "withdraw" {
		return misuse{errors.New("barre feature list, or barre feature grant|withdraw STUDIO FEATURE")}
	}
	return operating(ctx, c, func(s *store.Store, pool *pgxpool.Pool) error {
		id, err := studio(ctx, pool, c.args[1])
		if err != nil {
			return err
		}
		features := feature.New(s, feature.Config{})
		if c.args[0] == "withdraw" {
			err = features.Withdraw(ctx, id, c.args[2])
		} else {
			err = features.Grant(ctx, id, c.args[2])
		}
		if err == nil {
			fmt.Fprintln(c.out, "Done; servers follow within a second.")
		}
		return err
	})
}
