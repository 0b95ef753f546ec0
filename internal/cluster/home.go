package cluster

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/barrehq/barre/internal/secret"
)

// home names the places of one cluster. dir holds what belongs to the user who
// starts it (locks, password, port); root holds what belongs to Postgres (data
// and run). The two are the same unless Postgres cannot enter dir.
type home struct {
	dir, root string
}

// refuges are where the data goes when Postgres, running under an account of
// its own, cannot enter the user's directory. The first that can be written
// serves: /var/tmp comes second because systems may clear it by age.
var refuges = [...]string{"/var/lib", "/var/tmp"}

func (h home) data() string  { return filepath.Join(h.root, "data") }
func (h home) fresh() string { return filepath.Join(h.root, "data.new") } // initdb in progress
func (h home) log() string   { return filepath.Join(h.root, "wal") }
func (h home) note() string  { return filepath.Join(h.dir, "elsewhere") }
func (h home) made() bool    { return exists(filepath.Join(h.data(), "PG_VERSION")) }

// locate finds the home that belongs to dir, making dir if there is none. The
// mode lets the account of Postgres pass through, not look in.
func locate(dir string) (home, error) {
	if dir == "" {
		return home{}, errors.New("Config.Dir is empty")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return home{}, err
	}
	// #nosec G301 -- Postgres, which is another user, passes through
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return home{}, err
	}
	if err := owned(dir, os.Geteuid()); err != nil {
		return home{}, err
	}
	h := home{dir: dir, root: dir}
	note, err := os.ReadFile(h.note())
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if h.root = strings.TrimSpace(string(note)); filepath.Base(h.root) != refugeName(dir) {
		return home{}, fmt.Errorf("%s names %s, the data of another directory: "+
			"rename that to end in %s and correct the note, or remove the note to begin anew", h.note(), h.root, refugeName(dir))
	}
	return h, err
}

// refugeName is derived from the directory, so that a copied directory does
// not share the data of the original.
func refugeName(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return "barre-" + hex.EncodeToString(sum[:6])
}

// settle decides where the data of a new cluster goes: into dir when Postgres
// can work there, else, under an account of its own, into a refuge.
func (h home) settle(r runner) (home, error) {
	blocked := r.canWork(h.dir)
	if blocked == nil || r.account == nil {
		return h, blocked
	}
	for _, refuge := range refuges {
		h.root = filepath.Join(refuge, refugeName(h.dir))
		// #nosec G301 -- Postgres, which is another user, passes through
		if err := os.Mkdir(h.root, 0o711); err != nil && !errors.Is(err, fs.ErrExist) {
			continue
		}
		if owned(h.root, os.Geteuid()) == nil && r.canWork(h.root) == nil {
			return h, nil
		}
	}
	return h, fmt.Errorf("the account %q, which must run Postgres because root may not, can enter neither %s nor %s: %w",
		r.account.name, h.dir, strings.Join(refuges[:], ", "), blocked)
}

// password returns the superuser's password, made on first use.
func (h home) password() (secret.String, error) {
	path := filepath.Join(h.dir, "password")
	text, err := os.ReadFile(path)
	if err == nil {
		return secret.String(text), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if h.made() {
		return "", fmt.Errorf("%s %w: put it back, or begin anew with `make reset`", path, errLost)
	}
	return h.renew()
}

// errLost says that data is there and its password is not.
var errLost = errors.New("is missing")

// renew makes a new password.
func (h home) renew() (secret.String, error) {
	fresh := rand.Text() + rand.Text()
	return secret.String(fresh), os.WriteFile(filepath.Join(h.dir, "password"), []byte(fresh), 0o600)
}

// port returns the port of the last start, 0 if there was none.
func (h home) port() int {
	text, _ := os.ReadFile(filepath.Join(h.dir, "port"))
	port, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return port
}

func (h home) remember(port int) error {
	return os.WriteFile(filepath.Join(h.dir, "port"), []byte(strconv.Itoa(port)+"\n"), 0o600)
}

// owned refuses a directory that somebody else made or could change: in a
// shared place such as /tmp anybody may have come first.
func owned(dir string, uid int) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != uid || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s must be a directory that belongs to user %d and that nobody else can write", dir, uid)
	}
	return nil
}

// modified returns when path last changed, the zero time if it cannot be read.
func modified(path string) time.Time {
	info, err := os.Lstat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
