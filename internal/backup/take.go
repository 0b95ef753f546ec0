package backup

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/barrehq/barre/internal/cluster"
)

// Take takes a backup now, and removes the oldest where there are enough.
func (k *Keeper) Take(ctx context.Context) (m Manifest, err error) {
	run, err := k.begin(ctx, Base)
	if err != nil {
		return m, err
	}
	m, digest, err := k.take(ctx)
	if err == nil {
		err = k.Ship(ctx)
	}
	if err := k.end(ctx, run, m, digest, err); err != nil {
		k.alarm(ctx, "BACKUP_FAILED", "a backup failed", err)
		return m, err
	}
	return m, k.Prune(ctx)
}

func (k *Keeper) take(ctx context.Context) (m Manifest, digest string, err error) {
	m, err = k.describe(ctx)
	if err != nil {
		return m, "", err
	}
	program, args := "pg_basebackup", []string{"--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--no-password"}
	file := "base.tar"
	if m.Kind == Dump {
		program, args, file = "pg_dump", []string{"--format=custom", "--compress=0", "--no-password", "--enable-row-security", "--no-owner"}, "database.dump"
	}
	tool, err := cluster.Tool(ctx, program, m.Major)
	if err != nil {
		return m, "", fmt.Errorf("backup: %w", err)
	}
	made, err := k.put(ctx, m.Name+"/"+file, m.LockedUntil, func(w io.Writer) error { return k.run(ctx, w, tool, args...) })
	if err != nil {
		return m, "", fmt.Errorf("backup: %w", err)
	}
	m.Files, m.EndedAt = []File{made}, k.now()
	if m.Kind == Base {
		if err := k.ask(ctx, `SELECT pg_current_wal_lsn()::text`, &m.Position); err != nil {
			return m, "", err
		}
	}
	digest, err = k.write(ctx, m)
	return m, digest, err
}

// describe asks the database what it is and how it may be copied.
func (k *Keeper) describe(ctx context.Context) (m Manifest, err error) {
	now := k.now()
	m = Manifest{Kind: Base, Environment: k.cfg.Environment, StartedAt: now, LockedUntil: now.Add(Locked)}
	var version int
	var replicates bool
	err = k.ask(ctx, `SELECT current_setting('server_version_num')::int, current_database(), (SELECT system_identifier::text FROM pg_control_system()),
		(SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user)`, &version, &m.Database, &m.System, &replicates)
	if err != nil {
		return m, err
	}
	m.Major = version / 10000
	m.Name = m.System + "/base/" + now.Format("20060102T150405Z")
	if !replicates {
		m.Kind = Dump
		return m, nil
	}
	// Where the base needs no older segment is known before it begins.
	err = k.ask(ctx, `SELECT pg_walfile_name(redo_lsn) FROM pg_control_checkpoint()`, &m.Segment)
	return m, err
}

// ask runs a query of one row.
func (k *Keeper) ask(ctx context.Context, query string, into ...any) error {
	conn, err := pgx.Connect(ctx, k.cfg.URL)
	if err != nil {
		return fmt.Errorf("backup: connect: %w", hidden(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := conn.QueryRow(ctx, query).Scan(into...); err != nil {
		return fmt.Errorf("backup: ask the database: %w", err)
	}
	return nil
}

// hidden keeps an address, with its password, out of an error.
func hidden(err error) error {
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) {
		return errors.New("the database address is not valid")
	}
	return err
}

// run runs a program of Postgres on the database. Its password is in no
// argument, which others on the machine could read.
func (k *Keeper) run(ctx context.Context, out io.Writer, tool string, args ...string) error {
	u, err := url.Parse(k.cfg.URL)
	if err != nil {
		return errors.New("the database address is not valid")
	}
	password, _ := u.User.Password()
	u.User = url.User(u.User.Username())
	cmd := exec.CommandContext(ctx, tool, append(args, "--dbname="+u.String())...)
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C", "TZ=UTC", "PGPASSWORD=" + password}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, cmp.Or(strings.TrimSpace(said.String()), "it gave no reason"))
	}
	return nil
}
