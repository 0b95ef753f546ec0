package cluster

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Recovery is what a cluster is made anew from.
type Recovery struct {
	Major int // version of Postgres that made the backup
	// Fill writes the files of a base backup into a folder.
	Fill func(folder string) error
	// Log writes the segments of the write-ahead log that follow into a folder.
	Log func(folder string) error
	// Until is the last moment to bring back, Position the place in the
	// log, such as 0/3000060, before which to stop; without both it is everything in the log.
	Until    time.Time
	Position string
}

// Recover makes the cluster in config.Dir anew and returns once it is whole and
// stopped: Start then serves it. What was there before is kept in the folder
// that it returns, "" for nothing. After an error all is as it was.
func Recover(ctx context.Context, config Config, from Recovery) (before string, err error) {
	place, err := locate(config.Dir)
	if err != nil {
		return "", fmt.Errorf("cluster: %w", err)
	}
	held, err := place.lock(ctx)
	if err != nil {
		return "", fmt.Errorf("cluster: %w", err)
	}
	defer held.Close()
	if used, err := place.inUse(); err != nil || used {
		return "", fmt.Errorf("cluster: recover: %w", cmp.Or(err, fmt.Errorf("%w: %s", ErrInUse, place.dir)))
	}
	if err := place.stop(ctx, fast); err != nil {
		return "", err
	}
	c := &Cluster{home: place, log: cmp.Or(config.Logger, slog.Default())}
	if before, err = c.recover(ctx, config, from); err != nil {
		return "", fmt.Errorf("cluster: recover: %w", err)
	}
	return before, nil
}

func (c *Cluster) recover(ctx context.Context, config Config, from Recovery) (before string, err error) {
	r := runner{}
	if r.bin, err = findBinaries(ctx, from.Major); err != nil {
		return "", err
	}
	if r.account, err = accountFor(c.home); err != nil {
		return "", err
	}
	if !exists(c.home.note()) {
		if c.home, err = c.home.settle(r); err != nil {
			return "", err
		}
	}
	segments := filepath.Join(c.home.root, "wal.recover")
	defer os.RemoveAll(segments)
	for folder, fill := range map[string]func(string) error{c.home.fresh(): from.Fill, segments: from.Log} {
		if err := errors.Join(os.RemoveAll(folder), os.Mkdir(folder, 0o700)); err != nil {
			return "", err
		}
		if err := fill(folder); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(filepath.Join(c.home.fresh(), "recovery.signal"), nil, 0o600); err != nil {
		return "", err
	}
	if err := errors.Join(r.account.give(c.home.fresh()), r.account.give(segments)); err != nil {
		return "", err
	}
	if c.home.made() {
		before = c.home.data() + ".before-" + time.Now().UTC().Format("20060102T150405")
		if err := os.Rename(c.home.data(), before); err != nil {
			return "", err
		}
	}
	if err = os.Rename(c.home.fresh(), c.home.data()); err == nil {
		err = c.replay(ctx, r, config, from, segments)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(c.home.data()))
		if before != "" {
			err = errors.Join(err, os.Rename(before, c.home.data()))
		}
		return "", err
	}
	if c.home.root != c.home.dir {
		return before, os.WriteFile(c.home.note(), []byte(c.home.root+"\n"), 0o600)
	}
	return before, nil
}

// replay runs the server until the log is applied, without letting anybody in
// from outside, and gives the superuser the password of this cluster.
func (c *Cluster) replay(ctx context.Context, r runner, config Config, from Recovery, segments string) error {
	if config.Archive {
		if err := r.account.folder(c.home.log()); err != nil {
			return err
		}
	}
	port, err := freePort(0)
	if err != nil {
		return err
	}
	how := map[string]string{
		"listen_addresses":       "",
		"hot_standby":            "off",
		"restore_command":        "cp '" + filepath.Join(segments, "%f") + "' '%p' 2>/dev/null",
		"recovery_target_action": "promote",
	}
	switch {
	case from.Position != "":
		how["recovery_target_lsn"], how["recovery_target_inclusive"] = from.Position, "off"
	case !from.Until.IsZero():
		how["recovery_target_time"] = from.Until.UTC().Format("2006-01-02 15:04:05.999999+00")
	}
	if _, err := c.run(ctx, r, append(settings(config, port, c.home.log()), arguments(how)...)); err != nil {
		return err
	}
	if err := c.home.stop(ctx, fast); err != nil {
		return err
	}
	password, err := c.home.password()
	if errors.Is(err, errLost) {
		password, err = c.home.renew()
	}
	if err != nil {
		return err
	}
	alone := r.command(c.home.data(), "postgres", "--single", "-D", c.home.data(), "postgres")
	alone.Stdin = strings.NewReader("ALTER ROLE " + Superuser + " PASSWORD '" + password.Reveal() + "'\n")
	var said bytes.Buffer
	alone.Stdout, alone.Stderr = &said, &said
	if err := alone.Run(); err != nil {
		return fmt.Errorf("set the superuser's password: %w\n%s", err, said.Bytes())
	}
	return nil
}
