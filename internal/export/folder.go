package export

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
)

// Folder keeps files in a folder of this machine. Servers and workers on
// several machines need one that they share.
type Folder struct{ root *os.Root }

// OpenFolder makes the folder where it is not there.
func OpenFolder(name string) (*Folder, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Folder{root}, nil
}

// Close gives the folder back.
func (f *Folder) Close() error { return f.root.Close() }

// Create implements Files.
func (f *Folder) Create(name string) (Pending, error) {
	if err := f.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return nil, err
	}
	file, err := f.root.OpenFile(name+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &pendingFile{File: file, root: f.root, name: name}, nil
}

// Open implements Files.
func (f *Folder) Open(name string) (io.ReadSeekCloser, error) { return f.root.Open(name) }

// Remove implements Files.
func (f *Folder) Remove(name string) error {
	if err := f.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

type pendingFile struct {
	*os.File
	root *os.Root
	name string
	done bool
}

// Commit implements Pending: what it names is on the disk, whole.
func (p *pendingFile) Commit() error {
	p.done = true
	if err := errors.Join(p.Sync(), p.Close()); err != nil {
		return err
	}
	return p.root.Rename(p.name+".part", p.name)
}

// Abort implements Pending.
func (p *pendingFile) Abort() {
	if !p.done {
		p.done = true
		_ = p.Close()
		_ = p.root.Remove(p.name + ".part")
	}
}
