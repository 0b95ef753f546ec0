package backup

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/cluster"
	"github.com/barrehq/barre/internal/feed"
)

// Target is what to bring back: the newest backup and the whole log after it,
// where nothing is said.
type Target struct {
	Name     string    // of the backup; "" is the newest before Until
	Until    time.Time // the last moment; zero is as much as the log has
	position string    // the last place in the log, of a drill
}

// Restored is what was brought back.
type Restored struct {
	Manifest Manifest
	Before   string // folder in which the data that was there is kept; "" for none
}

// Restore makes a private cluster of a backup. Nobody may be using the place;
// afterwards it is stopped and Start serves it. What was there is kept beside.
// The readers of all feeds are told to begin anew, and whoever was erased since
// is erased again.
func (k *Keeper) Restore(ctx context.Context, place cluster.Config, at Target) (done Restored, err error) {
	if done, err = k.restore(ctx, place, at); err != nil {
		return done, err
	}
	return done, serving(ctx, place, func(server *cluster.Cluster) error {
		conn, err := pgx.Connect(ctx, server.URL(done.Manifest.Database, "", ""))
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		if _, err := feed.BeginEpoch(ctx, conn); err != nil {
			return err
		}
		return k.eraseAgain(ctx, conn)
	})
}

// serving runs a cluster while use does.
func serving(ctx context.Context, place cluster.Config, use func(*cluster.Cluster) error) (err error) {
	server, err := cluster.Start(ctx, place)
	if err != nil {
		return err
	}
	defer func() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, server.Close(limit))
	}()
	return use(server)
}

func (k *Keeper) restore(ctx context.Context, place cluster.Config, at Target) (done Restored, err error) {
	m, err := k.choose(ctx, at)
	if err != nil {
		return done, err
	}
	done.Manifest = m
	if m.Environment != k.cfg.Environment {
		return done, fmt.Errorf("backup: %s was made in %s and is not brought back in %s", m.Name, m.Environment, k.cfg.Environment)
	}
	if m.Kind != Base {
		return done, fmt.Errorf("backup: %s is a dump: fetch it with `barre backup --fetch` and hand it to pg_restore", m.Name)
	}
	done.Before, err = cluster.Recover(ctx, place, cluster.Recovery{
		Major: m.Major, Until: at.Until, Position: at.position,
		Fill: func(folder string) error { return k.unpack(ctx, m, folder) },
		Log:  func(folder string) error { return k.fetch(ctx, m, folder) },
	})
	return done, err
}

// choose returns the backup from which a target can be reached.
func (k *Keeper) choose(ctx context.Context, at Target) (Manifest, error) {
	if at.Name != "" || at.Until.IsZero() {
		return k.find(ctx, at.Name)
	}
	all, err := k.Backups(ctx)
	if err != nil {
		return Manifest{}, err
	}
	for _, m := range all {
		if m.Kind == Base && m.EndedAt.Before(at.Until) {
			return m, nil
		}
	}
	return Manifest{}, fmt.Errorf("%w from before %s", ErrMissing, at.Until.Format(time.RFC3339))
}

// unpack writes the files of a base into a folder.
func (k *Keeper) unpack(ctx context.Context, m Manifest, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range m.Files {
		err := k.get(ctx, m.Name+"/"+f.Name, &f, func(r io.Reader) error { return untar(root, tar.NewReader(r)) })
		if err != nil {
			return err
		}
	}
	return nil
}

func untar(root *os.Root, from *tar.Reader) error {
	for {
		head, err := from.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.Clean(head.Name)
		switch head.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o700)
		case tar.TypeReg:
			err = untarFile(root, name, from)
		default:
			err = fmt.Errorf("%s is neither a file nor a folder: the cluster must have one tablespace", name)
		}
		if err != nil {
			return err
		}
	}
}

func untarFile(root *os.Root, name string, from io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Sync(), file.Close())
}

// Fetch writes the one file of a backup, decrypted, such as a dump for
// pg_restore or the tar of a base.
func (k *Keeper) Fetch(ctx context.Context, name string, to io.Writer) (Manifest, error) {
	m, err := k.find(ctx, name)
	if err != nil {
		return m, err
	}
	for _, f := range m.Files {
		err := k.get(ctx, m.Name+"/"+f.Name, &f, func(r io.Reader) error {
			_, err := io.Copy(to, r)
			return err
		})
		if err != nil {
			return m, err
		}
	}
	return m, nil
}

// aside brings a target back into a cluster of its own, which use may ask as
// its superuser until it returns.
func (k *Keeper) aside(ctx context.Context, at Target, use func(url string, m Manifest) error) (err error) {
	folder, err := os.MkdirTemp("", "barre-aside-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	place := cluster.Config{Dir: folder, Logger: k.cfg.Logger}
	defer func() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, cluster.Reset(limit, folder))
	}()
	done, err := k.restore(ctx, place, at)
	if err != nil {
		return err
	}
	return serving(ctx, place, func(server *cluster.Cluster) error {
		return use(server.URL(done.Manifest.Database, "", ""), done.Manifest)
	})
}
