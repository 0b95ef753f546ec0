package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/store"
)

// Bounds of what a healthy deployment shows.
const (
	checkLimit  = 5 * time.Second
	clockSkew   = 5 * time.Second // idle sessions and signatures tolerate much more
	eventDelay  = 30 * time.Second
	backupDelay = 2 * time.Hour
)

var errUnwell = errors.New("something is wrong; see above")

// finding is what one check found; err says what is wrong and what to do.
type finding struct {
	about, fine string
	err         error
}

// runDoctor checks a deployment from here, with the environment that its
// server has, and changes nothing.
func runDoctor(ctx context.Context, c call) error {
	conf, err := readConfig(c.env)
	if err != nil {
		tell(c, finding{about: "Configuration", err: err})
		return errUnwell
	}
	tell(c, finding{about: "Configuration", fine: "every variable can be read (" + conf.Environment + ")"})
	if conf.DatabaseURL == "" {
		tell(c, finding{about: "Database", fine: "a private one in " + conf.DataDir + "/postgres, which runs while barre serve or barre demo does; set DATABASE_URL to check another"})
		return nil
	}
	unwell := false
	for _, check := range []func(context.Context, *Config) finding{
		checkDatabase, checkMigrations, checkClock, checkEvents, checkBackups, checkRedis, checkContactDay,
	} {
		limit, cancel := context.WithTimeout(ctx, checkLimit)
		f := check(limit, conf)
		cancel()
		tell(c, f)
		unwell = unwell || f.err != nil
	}
	if unwell {
		return errUnwell
	}
	return nil
}

func tell(c call, f finding) {
	if f.err != nil {
		fmt.Fprintf(c.out, "%-14s WRONG: %s\n", f.about, strings.ReplaceAll(f.err.Error(), "\n", "; "))
		return
	}
	fmt.Fprintf(c.out, "%-14s ok: %s\n", f.about, f.fine)
}

// checkDatabase asks for what the server insists on when it starts.
func checkDatabase(ctx context.Context, c *Config) finding {
	f := finding{about: "Database", fine: "reachable, and the request role cannot step around the walls between studios"}
	s, err := store.Open(ctx, store.Config{URL: c.DatabaseURL.Reveal(), SystemURL: c.SystemURL.Reveal(), MaxConns: 2})
	if err != nil {
		f.err = fmt.Errorf("%w. Check DATABASE_URL, that Postgres runs, and that it leads in as the role %s", err, store.AppRole)
		return f
	}
	s.Close()
	return f
}

func checkMigrations(ctx context.Context, c *Config) finding {
	f := finding{about: "Migrations", fine: "all are applied"}
	pending, err := store.Pending(ctx, c.SystemURL.Reveal())
	switch {
	case err != nil:
		f.err = fmt.Errorf("%w. Check SYSTEM_DATABASE_URL, which must lead in as the role %s", err, store.SystemRole)
	case pending > 0:
		f.err = fmt.Errorf("%d are pending. Run barre migrate with OWNER_DATABASE_URL set", pending)
	}
	return f
}

// ask runs one query as the system role, which works across studios.
func ask(ctx context.Context, c *Config, query string, into ...any) error {
	pool, err := job.Open(ctx, c.SystemURL.Reveal(), 1)
	if err != nil {
		return err
	}
	defer pool.Close()
	return pool.QueryRow(ctx, query).Scan(into...)
}

func checkClock(ctx context.Context, c *Config) finding {
	f := finding{about: "Clock", fine: "this machine and Postgres agree"}
	var there time.Time
	before := time.Now()
	if err := ask(ctx, c, "SELECT clock_timestamp()", &there); err != nil {
		f.err = fmt.Errorf("cannot ask Postgres: %w", err)
		return f
	}
	if skew := max(before.Sub(there), time.Until(there)); skew > clockSkew {
		f.err = fmt.Errorf("this machine and Postgres are %s apart. Let both follow a time server; sessions and signatures depend on it", skew.Round(time.Second))
	}
	return f
}

// checkEvents looks whether a worker keeps up.
func checkEvents(ctx context.Context, c *Config) finding {
	f := finding{about: "Worker", fine: "no event waits for a worker"}
	var waiting int
	var oldest *time.Time
	err := ask(ctx, c, "SELECT count(*), min(created_at) FROM events WHERE sequence IS NULL", &waiting, &oldest)
	switch {
	case errors.Is(err, pgx.ErrNoRows) || err == nil && waiting == 0:
	case err != nil:
		f.err = fmt.Errorf("cannot see the events: %w", err)
	default:
		age := time.Since(*oldest).Round(time.Second)
		f.fine = fmt.Sprintf("%d events wait, the oldest for %s", waiting, age)
		if age > eventDelay {
			f.err = fmt.Errorf("%s. Start barre worker, or barre serve without BARRE_WORKER=false, and read its log", f.fine)
		}
	}
	return f
}

// checkBackups finds a backup that nobody has taken.
func checkBackups(ctx context.Context, c *Config) finding {
	f := finding{about: "Backups", fine: "somebody else takes them, as BACKUP_DATABASE_URL is not set"}
	if c.BackupURL == "" {
		return f
	}
	var last *time.Time
	err := ask(ctx, c, "SELECT max(started_at) FROM backup_runs WHERE kind IN ('BASE', 'DUMP') AND status IN ('DONE', 'REMOVED')", &last)
	switch {
	case err != nil:
		f.err = fmt.Errorf("cannot see the backups: %w", err)
	case last == nil:
		f.err = errors.New("none has been taken yet. Run barre backup, or let a worker do it")
	default:
		age := time.Since(*last).Round(time.Minute)
		f.fine = fmt.Sprintf("the last good one is %s old", age)
		if age > backup.Every+backupDelay {
			f.err = fmt.Errorf("%s. Run barre backup, and read the column error of backup_runs", f.fine)
		}
	}
	return f
}

func checkRedis(ctx context.Context, c *Config) finding {
	f := finding{about: "Redis", fine: "answers"}
	if c.RedisURL == "" {
		f.fine = "not used; every server counts limits for itself"
		if c.Instances > 1 {
			f.err = fmt.Errorf("BARRE_INSTANCES is %d, but without REDIS_URL each server lets its callers have the whole limit", c.Instances)
		}
		return f
	}
	client, err := c.dialRedis()
	if err == nil {
		defer client.Close()
		err = client.Ping(ctx).Err()
	}
	if err != nil {
		f.err = fmt.Errorf("%w. Check REDIS_URL and that Redis runs; until then each server counts limits for itself", err)
	}
	return f
}
