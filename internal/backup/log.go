package backup

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// segment is the name of a file of the write-ahead log: of a segment, of the
// history of a timeline, or of the label of a base.
var segment = regexp.MustCompile(`^([0-9A-F]{24}|[0-9A-F]{8}\.history|[0-9A-F]{24}\.[0-9A-F]{8}\.backup)$`)

// Archive copies one file of the write-ahead log into the vault. It is what
// the database calls as its archive_command, in its data folder.
func (k *Keeper) Archive(ctx context.Context, path string) error {
	head, err := os.Open(filepath.Join(filepath.Dir(path), "..", "global", "pg_control"))
	if err != nil {
		return fmt.Errorf("backup: find out which cluster it is: %w", err)
	}
	defer head.Close()
	var system uint64
	if err := binary.Read(head, binary.NativeEndian, &system); err != nil {
		return fmt.Errorf("backup: find out which cluster it is: %w", err)
	}
	return k.archive(ctx, fmt.Sprint(system), path)
}

// archive copies a file. One that is there already must be the same: two
// clusters must not write one log.
func (k *Keeper) archive(ctx context.Context, system, path string) error {
	if !segment.MatchString(filepath.Base(path)) {
		return fmt.Errorf("backup: %s is no file of the write-ahead log", path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	name := system + "/wal/" + filepath.Base(path)
	_, err = k.put(ctx, name, k.now().Add(Locked), func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if errors.Is(err, ErrExists) {
		return k.get(ctx, name, nil, func(r io.Reader) error {
			if have, err := io.ReadAll(r); err != nil || !bytes.Equal(have, content) {
				return errors.Join(err, errors.New("the vault has another file of this name"))
			}
			return nil
		})
	}
	return err
}

// Ship copies the segments that wait in the folder of the log into the vault
// and removes them there.
func (k *Keeper) Ship(ctx context.Context) error {
	if k.cfg.Log == "" {
		return nil
	}
	entries, err := os.ReadDir(k.cfg.Log)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	var system string
	for _, entry := range entries { // in the order of names, which is that of the log
		if !segment.MatchString(entry.Name()) {
			continue // still being written
		}
		if system == "" {
			if err := k.ask(ctx, `SELECT system_identifier::text FROM pg_control_system()`, &system); err != nil {
				return err
			}
		}
		path := filepath.Join(k.cfg.Log, entry.Name())
		if err := k.archive(ctx, system, path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("backup: %w", err)
		}
	}
	return nil
}

// catchUp has the vault take the log up to this moment, so that the moments
// before it can be brought back at once. A role that may not finish a segment
// leaves it to the database, which does so in a minute.
func (k *Keeper) catchUp(ctx context.Context) error {
	var may bool
	if err := k.ask(ctx, `SELECT has_function_privilege('pg_switch_wal()', 'EXECUTE')`, &may); err != nil || !may {
		return err
	}
	var place, system, last string
	// A commit after the target is where recovery finds out that it is there.
	if err := k.ask(ctx, `SELECT pg_logical_emit_message(true, 'barre', 'restore')::text`, &place); err != nil {
		return err
	}
	err := k.ask(ctx, `SELECT system_identifier::text, pg_walfile_name(pg_current_wal_insert_lsn()), pg_switch_wal()::text FROM pg_control_system()`, &system, &last, &place)
	if err != nil {
		return err
	}
	return k.await(ctx, system+"/wal/"+last)
}

// shipping is how often Run looks for finished segments.
const shipping = 5 * time.Second

// Run ships segments until ctx ends. It tells once when it begins to fail.
func (k *Keeper) Run(ctx context.Context) {
	if k.cfg.Log == "" {
		return
	}
	ticks := time.NewTicker(shipping)
	defer ticks.Stop()
	stuck := false
	for {
		err := k.Ship(ctx)
		if err != nil && ctx.Err() == nil && !stuck {
			k.alarm(ctx, "LOG_STUCK", "the write-ahead log cannot be taken away", err)
		}
		stuck = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// log returns the files of the log that a backup needs and that follow it.
func (k *Keeper) log(ctx context.Context, m Manifest) ([]Object, error) {
	objects, err := k.cfg.Vault.List(ctx, m.System+"/wal/")
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return slices.DeleteFunc(objects, func(o Object) bool {
		name := filepath.Base(o.Name)
		return strings.HasSuffix(name, ".backup") || !strings.HasSuffix(name, ".history") && place(name) < place(m.Segment)
	}), nil
}

// place is where a segment stands in the log, whatever its timeline.
func place(segment string) string { return segment[min(8, len(segment)):] }

// fetch writes the files of the log that follow a backup into a folder.
func (k *Keeper) fetch(ctx context.Context, m Manifest, folder string) error {
	files, err := k.log(ctx, m)
	if err != nil {
		return err
	}
	for _, o := range files {
		err := k.get(ctx, o.Name, nil, func(r io.Reader) error {
			file, err := os.OpenFile(filepath.Join(folder, filepath.Base(o.Name)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return err
			}
			_, err = io.Copy(&sparse{File: file}, r)
			return errors.Join(err, file.Close())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sparse leaves holes where there are only zeros: most of a segment that was
// finished because its minute was over.
type sparse struct {
	*os.File
	size int64
}

func (s *sparse) Write(p []byte) (int, error) {
	var err error
	s.size += int64(len(p))
	if len(bytes.Trim(p, "\x00")) == 0 {
		if _, err = s.Seek(int64(len(p)), io.SeekCurrent); err == nil {
			err = s.Truncate(s.size)
		}
	} else {
		_, err = s.File.Write(p)
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}
