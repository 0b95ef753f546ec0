package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"
)

// The kinds of a backup.
const (
	Base = "BASE"
	Dump = "DUMP"
)

// Manifest says what a backup is. It is the last file that is written: without
// it there is no backup.
type Manifest struct {
	Name        string    `json:"name"` // the folder in the vault
	Kind        string    `json:"kind"`
	Environment string    `json:"environment"`
	System      string    `json:"system"` // identifier of the database cluster
	Major       int       `json:"major"`  // version of Postgres
	Database    string    `json:"database"`
	StartedAt   time.Time `json:"startedAt"`
	EndedAt     time.Time `json:"endedAt"`
	LockedUntil time.Time `json:"lockedUntil"`
	// Segment is the first of the log that the base needs, and Position the
	// place in the log at which it was whole.
	Segment  string `json:"segment,omitempty"`
	Position string `json:"position,omitempty"`
	Files    []File `json:"files"`
}

// File is one file of a backup, as it is in the vault.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Size is that of all files.
func (m Manifest) Size() (size int64) {
	for _, f := range m.Files {
		size += f.Size
	}
	return size
}

const manifestName = "manifest"

// put encrypts what write writes into the vault and returns what it is there.
func (k *Keeper) put(ctx context.Context, name string, locked time.Time, write func(io.Writer) error) (File, error) {
	reader, writer := io.Pipe()
	sum := sha256.New()
	counted := &counting{Reader: io.TeeReader(reader, sum)}
	go func() {
		sealed, err := seal(writer, k.cfg.Keys, name)
		if err == nil {
			if err = write(sealed); err == nil {
				err = sealed.Close()
			}
		}
		writer.CloseWithError(err)
	}()
	err := k.cfg.Vault.Put(ctx, name, counted, locked)
	reader.CloseWithError(io.ErrClosedPipe) // where the vault stopped reading
	return File{Name: path.Base(name), Size: counted.n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

type counting struct {
	io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// get decrypts one file of the vault and hands it to read, which must read it
// to its end. A file that is not what want says is an error.
func (k *Keeper) get(ctx context.Context, name string, want *File, read func(io.Reader) error) error {
	file, err := k.cfg.Vault.Open(ctx, name)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	counted := &counting{Reader: io.TeeReader(file, sum)}
	plain, err := unseal(counted, k.cfg.Keys, name)
	if err != nil {
		return err
	}
	if err := read(plain); err != nil {
		return fmt.Errorf("backup: read %s: %w", name, err)
	}
	if _, err := io.Copy(io.Discard, plain); err != nil {
		return fmt.Errorf("backup: read %s: %w", name, err)
	}
	if want != nil && (counted.n != want.Size || hex.EncodeToString(sum.Sum(nil)) != want.SHA256) {
		return fmt.Errorf("backup: %s is not the file that the manifest lists", name)
	}
	return nil
}

// write puts the manifest beside its files, and returns its digest.
func (k *Keeper) write(ctx context.Context, m Manifest) (string, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	file, err := k.put(ctx, m.Name+"/"+manifestName, m.LockedUntil, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	return file.SHA256, err
}

// Backups returns all that can be brought back, the newest first.
func (k *Keeper) Backups(ctx context.Context) ([]Manifest, error) {
	objects, err := k.cfg.Vault.List(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	var found []Manifest
	for _, o := range objects {
		if !strings.Contains(o.Name, "/base/") || path.Base(o.Name) != manifestName {
			continue
		}
		var m Manifest
		err := k.get(ctx, o.Name, nil, func(r io.Reader) error { return json.NewDecoder(r).Decode(&m) })
		if err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	slices.SortFunc(found, func(a, b Manifest) int { return b.StartedAt.Compare(a.StartedAt) })
	return found, nil
}

// find returns a backup by its name, or the newest for "".
func (k *Keeper) find(ctx context.Context, name string) (Manifest, error) {
	all, err := k.Backups(ctx)
	if err != nil {
		return Manifest{}, err
	}
	for _, m := range all {
		if name == "" || m.Name == name {
			return m, nil
		}
	}
	if name == "" {
		return Manifest{}, fmt.Errorf("%w: no backup has been taken yet", ErrMissing)
	}
	return Manifest{}, fmt.Errorf("%w: %s", ErrMissing, name)
}
