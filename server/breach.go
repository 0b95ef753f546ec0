package main

import (
	"context"
	"errors"
	goflag "flag" // flag is a kind of variable in config.go
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/breach"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/store"
)

const breachUsage = `usage:
  barre breach open --title TEXT --actors key:…,user:… --began TIME [--ended TIME] [--detected TIME] [--summary TEXT]
  barre breach list
  barre breach assess ID   who is concerned, with a draft of each notice
  barre breach notify ID   send the notices
  barre breach close ID
Times are written as 2026-11-22T16:00:00Z`

// runBreach is the operator's work on a breach.
func runBreach(ctx context.Context, c call) error {
	conf, err := c.config()
	if err != nil {
		return err
	}
	switch {
	case len(c.args) == 0:
		return misuse{errors.New(breachUsage)}
	case conf.SystemURL == "" || conf.DatabaseURL == "":
		return misuse{errors.New("DATABASE_URL and SYSTEM_DATABASE_URL must be set")}
	}
	pool, err := job.Open(ctx, conf.SystemURL.Reveal(), 2)
	if err != nil {
		return misuse{err}
	}
	defer pool.Close()
	office := breach.NewOffice(pool, nil)
	switch verb, rest := c.args[0], c.args[1:]; {
	case verb == "list" && len(rest) == 0:
		return listBreaches(ctx, office, c.out)
	case verb == "open":
		return openBreach(ctx, office, rest, c.out)
	case len(rest) == 1:
		id, err := uuid.Parse(rest[0])
		if err != nil {
			return misuse{errors.New("the id of a breach is that which barre breach list shows")}
		}
		return workOn(ctx, office, conf, verb, id, c.out)
	}
	return misuse{errors.New(breachUsage)}
}

func workOn(ctx context.Context, office *breach.Office, conf *Config, verb string, id uuid.UUID, out io.Writer) error {
	b, err := office.Find(ctx, id)
	if err != nil {
		return misuse{err}
	}
	switch verb {
	case "assess":
		return assess(ctx, office, b, out)
	case "close":
		return office.Close(ctx, id)
	case "notify":
		db, err := store.Open(ctx, store.Config{URL: conf.DatabaseURL.Reveal(), SystemURL: conf.SystemURL.Reveal(), MaxConns: 2, Record: outbox.Record})
		if err != nil {
			return err
		}
		defer db.Close()
		told, err := office.Notify(ctx, db, b)
		fmt.Fprintf(out, "%d studios were told, %s before the time was up.\n", told, left(b.Left(time.Now())))
		return err
	}
	return misuse{errors.New(breachUsage)}
}

func assess(ctx context.Context, office *breach.Office, b *breach.Breach, out io.Writer) error {
	affected, err := office.Assess(ctx, b)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d studios are concerned; %s left to tell them.\n", len(affected), left(b.Left(time.Now())))
	for _, a := range affected {
		text, err := breach.Draft(b, a)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n%s (%d entries in its audit log)\n\n%s", a.Slug, a.Entries, text)
	}
	return nil
}

func left(d time.Duration) string { return d.Round(time.Minute).String() }

func listBreaches(ctx context.Context, office *breach.Office, out io.Writer) error {
	list, err := office.List(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTATUS\tDETECTED\tTIME LEFT\tTITLE")
	for _, b := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", b.ID, b.Status, b.Detected.UTC().Format(time.RFC3339), left(b.Left(time.Now())), b.Title)
	}
	return table.Flush()
}

func openBreach(ctx context.Context, office *breach.Office, args []string, out io.Writer) error {
	b := &breach.Breach{Detected: time.Now().UTC()}
	set := goflag.NewFlagSet("breach open", goflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&b.Title, "title", "", "")
	set.StringVar(&b.Summary, "summary", "", "")
	set.Func("actors", "", func(text string) error { b.Actors = strings.Split(text, ","); return nil })
	moment := func(into func(time.Time)) func(string) error {
		return func(text string) error {
			at, err := time.Parse(time.RFC3339, text)
			into(at)
			return err
		}
	}
	set.Func("began", "", moment(func(at time.Time) { b.Began = at }))
	set.Func("ended", "", moment(func(at time.Time) { b.Ended = &at }))
	set.Func("detected", "", moment(func(at time.Time) { b.Detected = at }))
	if err := set.Parse(args); err != nil || set.NArg() > 0 || b.Began.IsZero() {
		return misuse{errors.New(breachUsage)}
	}
	if err := office.Open(ctx, b); err != nil {
		return misuse{err}
	}
	fmt.Fprintf(out, "%s\nStudios have to be told until %s.\n", b.ID, b.Due.UTC().Format(time.RFC3339))
	return nil
}
