package main

import (
	"cmp"
	"context"
	"errors"
	goflag "flag" // flag is a kind of variable in config.go
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/cluster"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/store"
)

// errNoBackupURL is a misuse: there is nothing to take a backup with.
var errNoBackupURL = errors.New("BACKUP_DATABASE_URL: it must be set to take backups of a database that is not private")

// openBackups prepares the daily backup.
func (a *App) openBackups(ctx context.Context) (err error) {
	if !a.Config.WorkerInServer || !a.Config.Backups || a.Config.BackupURL == "" {
		return nil
	}
	pool, err := job.Open(ctx, a.Config.SystemURL.Reveal(), 2)
	if err != nil {
		return err
	}
	a.closing(func() error { pool.Close(); return nil })
	a.backups = backup.New(backup.Config{
		URL: a.Config.BackupURL.Reveal(), Pool: pool, Vault: vault{a.files}, Keys: a.box, Log: a.Config.logFolder, Environment: a.Config.Environment,
		DrillEvery: a.Config.DrillEvery, Logger: a.Log,
		Alarm: func(ctx context.Context, alarm backup.Alarm) {
			a.watch.alarmed(ctx, alarm)
			a.alerts.Raise(ctx, alarm.Code, alarm.Text)
		},
	})
	return nil
}

// withKeeper runs do with a keeper that needs no database, such as to bring
// one back.
func withKeeper(ctx context.Context, c *Config, more backup.Config, do func(*backup.Keeper) error) error {
	box, err := c.openBox(ctx)
	if err != nil {
		return err
	}
	files, err := openBucket(ctx, c)
	if err != nil {
		return err
	}
	defer files.Close()
	more.Vault, more.Keys, more.Environment, more.Logger = vault{files}, box, c.Environment, newLog(c.logTo(), c.LogLevel)
	return do(backup.New(more))
}

// withLiveKeeper runs do with a keeper of the running database.
func withLiveKeeper(ctx context.Context, c *Config, do func(*backup.Keeper) error) error {
	return withDatabase(ctx, c, func() error {
		if c.BackupURL == "" {
			return misuse{errNoBackupURL}
		}
		pool, err := job.Open(ctx, c.SystemURL.Reveal(), 2)
		if err != nil {
			return err
		}
		defer pool.Close()
		return withKeeper(ctx, c, backup.Config{URL: c.BackupURL.Reveal(), Pool: pool, Log: c.logFolder, DrillEvery: c.DrillEvery}, do)
	})
}

// flags reads the arguments of a command.
func (c call) flags(name string, define func(*goflag.FlagSet)) error {
	flags := goflag.NewFlagSet(name, goflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	define(flags)
	err := flags.Parse(c.args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("there is nothing to do with %q", flags.Arg(0))
	}
	if err != nil {
		return misuse{fmt.Errorf("%s: %w", name, err)}
	}
	return nil
}

// runBackup takes a backup, or lists, fetches or removes one.
func runBackup(ctx context.Context, c call) error {
	var schedule, list bool
	var fetch, remove string
	err := c.flags("backup", func(f *goflag.FlagSet) {
		f.BoolVar(&schedule, "schedule", false, "")
		f.BoolVar(&list, "list", false, "")
		f.StringVar(&fetch, "fetch", "", "")
		f.StringVar(&remove, "remove", "", "")
	})
	if err != nil {
		return err
	}
	conf, err := c.config()
	if err != nil {
		return err
	}
	switch {
	case list:
		return withKeeper(ctx, conf, backup.Config{}, func(k *backup.Keeper) error { return listBackups(ctx, c.out, k) })
	case fetch != "":
		return withKeeper(ctx, conf, backup.Config{}, func(k *backup.Keeper) error { _, err := k.Fetch(ctx, fetch, c.out); return err })
	case remove != "":
		return withKeeper(ctx, conf, backup.Config{}, func(k *backup.Keeper) error { return k.Remove(ctx, remove) })
	case schedule:
		return withLiveKeeper(ctx, conf, func(k *backup.Keeper) error { schedules(ctx, k); return nil })
	}
	return withLiveKeeper(ctx, conf, func(k *backup.Keeper) error {
		m, err := k.Take(ctx)
		if err == nil {
			fmt.Fprintf(c.out, "%s: %d bytes, locked until %s\n", m.Name, m.Size(), m.LockedUntil.Format(time.RFC3339))
		}
		return err
	})
}

// schedules takes backups, makes drills and ships the log until ctx ends. What fails has
// raised an alarm and is tried again.
func schedules(ctx context.Context, k *backup.Keeper) {
	ticks := time.NewTicker(15 * time.Minute)
	defer ticks.Stop()
	var shipping sync.WaitGroup
	shipping.Go(func() { k.Run(ctx) })
	for {
		_ = k.Due(ctx)
		_ = k.DueDrill(ctx)
		select {
		case <-ctx.Done():
			shipping.Wait()
			return
		case <-ticks.C:
		}
	}
}

func listBackups(ctx context.Context, out io.Writer, k *backup.Keeper) error {
	all, err := k.Backups(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "NAME\tKIND\tBEGUN\tBYTES\tLOCKED UNTIL")
	for _, m := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", m.Name, m.Kind, m.StartedAt.Format(time.RFC3339), m.Size(), m.LockedUntil.Format(time.RFC3339))
	}
	return table.Flush()
}

// runRestore brings a whole private database back, or one studio into a
// database that runs.
func runRestore(ctx context.Context, c call) error {
	var at backup.Target
	var to, tenant, into string
	err := c.flags("restore", func(f *goflag.FlagSet) {
		f.StringVar(&at.Name, "backup", "", "")
		f.StringVar(&to, "to", "", "")
		f.StringVar(&tenant, "tenant", "", "")
		f.StringVar(&into, "into", "", "")
	})
	if err != nil {
		return err
	}
	if to != "" {
		if at.Until, err = time.Parse(time.RFC3339Nano, to); err != nil {
			return misuse{fmt.Errorf("restore: --to must be a time such as 2026-11-22T09:30:00Z")}
		}
	}
	conf, err := c.config()
	if err != nil {
		return err
	}
	if tenant != "" {
		return withLiveKeeper(ctx, conf, func(k *backup.Keeper) error {
			b, err := k.RestoreTenant(ctx, tenant, at, func(ctx context.Context, url string) error { _, err := store.Migrate(ctx, url); return err })
			if err == nil {
				fmt.Fprintf(c.out, "%s: %d records were brought back from %s; %d were there before.\n", tenant, b.Rows, b.Backup, b.Removed)
			}
			return err
		})
	}
	if conf.DatabaseURL != "" && into == "" {
		return misuse{errors.New("restore: the database is not a private one; name a folder with --into, and point a server at what is made there")}
	}
	place := cluster.Config{Dir: cmp.Or(into, filepath.Join(conf.DataDir, "postgres")), Archive: into == "" && conf.Backups, Logger: newLog(conf.logTo(), conf.LogLevel)}
	return withKeeper(ctx, conf, backup.Config{}, func(k *backup.Keeper) error {
		done, err := k.Restore(ctx, place, at)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s was brought back into %s; the next start serves it.\n", done.Manifest.Name, place.Dir)
		if done.Before != "" {
			fmt.Fprintf(c.out, "What was there before is kept in %s.\n", done.Before)
		}
		return nil
	})
}

// runDrill proves that the newest backup can be brought back.
func runDrill(ctx context.Context, c call) error {
	conf, err := c.config()
	if err != nil {
		return err
	}
	return withLiveKeeper(ctx, conf, func(k *backup.Keeper) error {
		d, err := k.Drill(ctx)
		if err == nil {
			fmt.Fprintf(c.out, "%s was brought back: %d rows of %d studios, all as in the database.\nRecovery point: %s. Recovery time: %s.\n",
				d.Backup, d.Rows, d.Tenants, d.Lost.Round(time.Millisecond), d.Took.Round(time.Millisecond))
		}
		return err
	})
}

// runArchive is what Postgres calls for each segment, in its data folder.
func runArchive(ctx context.Context, c call) error {
	if len(c.args) != 1 {
		return misuse{errors.New("archive-wal: name one segment, as in archive_command = 'barre archive-wal %p'")}
	}
	conf, err := parseConfig(c.env)
	if err != nil {
		return misuse{err}
	}
	return withKeeper(ctx, conf, backup.Config{}, func(k *backup.Keeper) error { return k.Archive(ctx, c.args[0]) })
}
