package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var errNotRunning = errors.New("not running")

// Signals by which a postmaster shuts down (Postgres manual, "Shutting Down
// the Server"): fast rolls open transactions back and writes everything out,
// immediate leaves the rest to recovery.
const (
	fast      = syscall.SIGINT
	immediate = syscall.SIGQUIT
)

// postmaster is what a running server writes into its data/postmaster.pid.
type postmaster struct {
	pid       int
	port      int
	socketDir string
	ready     bool // accepts connections
}

// running reads postmaster.pid. The file outlives a kill or a power cut, and
// its number may by then be another program's, so the process is looked at too.
func (h home) running() (postmaster, bool) {
	text, err := os.ReadFile(filepath.Join(h.data(), "postmaster.pid"))
	if err != nil {
		return postmaster{}, false
	}
	// Lines: pid, data, start time, port, socket folder, address, shared
	// memory, state. A server that has just begun has written only a few.
	lines := append(strings.Split(string(text), "\n"), make([]string, 8)...)
	m := postmaster{socketDir: lines[4], ready: strings.TrimSpace(lines[7]) == "ready"}
	m.pid, _ = strconv.Atoi(lines[0])
	m.port, _ = strconv.Atoi(lines[3])
	return m, m.pid > 0 && strings.Contains(commandOf(m.pid), " -D "+h.data()+" ")
}

// commandOf returns the command line of a process, words separated by one
// space; "" when there is none.
func commandOf(pid int) string {
	if exists("/proc/self/cmdline") {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		return strings.ReplaceAll(string(text), "\x00", " ")
	}
	out, _ := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return string(out)
}

// attach finds the server already running, waiting while it is still starting.
// One that is stopping ends in errNotRunning.
func (c *Cluster) attach(ctx context.Context) (postmaster, error) {
	if _, ok := c.home.running(); !ok {
		return postmaster{}, errNotRunning
	}
	server, err := c.home.await(ctx, nil)
	if err == nil {
		c.log.Debug("attached to the running private Postgres", "dir", c.home.dir, "pid", server.pid)
	}
	return server, err
}

// await returns when the server accepts connections, or errNotRunning when it
// has gone. ended, if not nil, tells of our own child's end; without it the end
// is read from the process table.
func (h home) await(ctx context.Context, ended <-chan struct{}) (postmaster, error) {
	for step := time.Millisecond; ; step = min(2*step, 20*time.Millisecond) {
		server, ok := h.running()
		if ok && server.ready {
			return server, nil
		}
		if !ok && ended == nil {
			return server, errNotRunning
		}
		select {
		case <-ended:
			return server, errNotRunning
		case <-ctx.Done():
			return server, fmt.Errorf("wait for Postgres: %w", ctx.Err())
		case <-time.After(step):
		}
	}
}

// stop ends the server, if one runs, and returns when it has gone.
func (h home) stop(ctx context.Context, how syscall.Signal) error {
	server, ok := h.running()
	if !ok {
		return nil
	}
	if err := syscall.Kill(server.pid, how); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("cluster: stop Postgres %d: %w", server.pid, err)
	}
	for step := time.Millisecond; ok; step = min(2*step, 20*time.Millisecond) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("cluster: Postgres %d is still stopping: %w", server.pid, ctx.Err())
		case <-time.After(step):
		}
		_, ok = h.running()
	}
	return nil
}

// disown makes a postmaster.pid that a dead server left harmless. Postgres
// refuses to start while the number in it is any live process of the same
// account, which after a container's restart it often is; it makes an
// exception for its own parent, so that is the number we write. The rest stays:
// by it Postgres still finds orphans that use the old shared memory.
func (h home) disown() error {
	path := filepath.Join(h.data(), "postmaster.pid")
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%d\n%s", os.Getpid(), rest)
	return errors.Join(err, f.Close())
}
