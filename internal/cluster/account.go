package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is who runs Postgres when we are root, which Postgres refuses to be.
// A nil account is the user we already are.
type account struct {
	name     string
	uid, gid int
}

// accountFor returns the account for the cluster in h: the owner of the data
// that is there, else the system's postgres user, else nobody.
func accountFor(h home) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	names := []string{"postgres", "nobody"}
	if info, err := os.Lstat(h.data()); err == nil {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 {
			return &account{strconv.Itoa(int(stat.Uid)), int(stat.Uid), int(stat.Gid)}, nil
		}
	}
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return &account{name, uid, gid}, nil
		}
	}
	return nil, fmt.Errorf("root may not run Postgres, and there is no user among %q to run it: "+
		"start Barre as another user, or set DATABASE_URL", names)
}

// id returns the user id of the account.
func (a *account) id() int {
	if a == nil {
		return os.Geteuid()
	}
	return a.uid
}

// give makes the account the owner of path and of all below it.
func (a *account) give(path string) error {
	if a == nil {
		return nil
	}
	return filepath.WalkDir(path, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(name, a.uid, a.gid)
	})
}

// folder makes a folder for the account alone, where there is none.
func (a *account) folder(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return a.give(path)
}

// runner runs the programs of Postgres in the folder bin under the account.
type runner struct {
	bin     string
	account *account
}

// command prepares a program to run in dir with none of our environment:
// PGDATA and its kin would change what it does. A session of its own keeps the
// terminal's Ctrl-C from it.
func (r runner) command(dir, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(r.bin, program), args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a := r.account; a != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return cmd
}

// canWork tries what everything else depends on: that the account can own
// something in dir, enter it there, and run the binaries.
func (r runner) canWork(dir string) error {
	probe, err := os.MkdirTemp(dir, "probe-")
	if err != nil {
		return err
	}
	defer os.Remove(probe)
	if err := r.account.give(probe); err != nil {
		return err
	}
	out, err := r.command(probe, "initdb", "--version").CombinedOutput()
	if err != nil {
		return fmt.Errorf("run initdb in %s: %w %s", dir, err, out)
	}
	return nil
}
