package cluster

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// socketLimit is the shortest limit on a socket's path that unixes have
// (macOS: 104 bytes with the closing zero), less the name of the socket itself.
const socketLimit = 103 - len("/.s.PGSQL.65535")

// launch starts the server, after making the data if there is none. The caller
// holds the lock and has found nothing running.
func (c *Cluster) launch(ctx context.Context, config Config) (postmaster, error) {
	begun := time.Now()
	r, err := c.prepare(ctx, config)
	if err != nil {
		return postmaster{}, err
	}
	var server postmaster
	for attempt := range attempts {
		port := config.Port
		if port == 0 {
			if port, err = freePort(c.home.port()); err != nil {
				return server, err
			}
		}
		if server, err = c.run(ctx, r, settings(config, port, c.home.log())); err == nil {
			c.log.Info("started the private Postgres", "dir", c.home.dir, "data", c.home.data(),
				"port", port, "binaries", r.bin, "took", time.Since(begun).Round(time.Millisecond))
			return server, c.home.remember(port)
		}
		if !passing(err, config.Port == 0 && !isFree(port)) {
			break
		}
		select {
		case <-ctx.Done():
			return server, err
		case <-time.After(time.Duration(attempt) * time.Millisecond):
		}
	}
	return server, err
}

// attempts of a start, between which the pause grows by a millisecond: about
// five seconds in all.
const attempts = 100

// passing tells a failure that time mends: somebody took the port between its
// choice and its use, or children of a killed postmaster have yet to notice.
func passing(err error, portTaken bool) bool {
	return portTaken || strings.Contains(err.Error(), "pre-existing shared memory block")
}

// run starts the postmaster and waits for it. On failure nothing is left
// running, and the error ends with the last lines of the log.
func (c *Cluster) run(ctx context.Context, r runner, settings []string) (postmaster, error) {
	socket, err := c.home.socketDir(r.account)
	if err != nil {
		return postmaster{}, err
	}
	early, err := os.OpenFile(c.home.earlyLog(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return postmaster{}, err
	}
	defer early.Close()
	args := append([]string{"-D", c.home.data(), "-c", "unix_socket_directories=" + socket}, settings...)
	cmd := r.command(c.home.data(), "postgres", args...)
	cmd.Stdout, cmd.Stderr = early, early
	ended, err := startFamily(cmd)
	if err != nil {
		return postmaster{}, fmt.Errorf("start Postgres: %w", err)
	}
	server, err := c.home.await(ctx, ended)
	if err != nil {
		cmd.Process.Signal(immediate)
		<-ended
		return server, fmt.Errorf("start Postgres: %w%s", err, c.home.lastLines())
	}
	return server, nil
}

// startFamily starts the postmaster; the channel is closed when it and all its
// children have gone. The log collector outlives the postmaster by a moment,
// in which it writes down why. All of them inherit one end of a pipe: when the
// last has closed it, the other end says so.
func startFamily(cmd *exec.Cmd) (<-chan struct{}, error) {
	watch, life, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer life.Close()
	cmd.ExtraFiles = []*os.File{life}
	if err := cmd.Start(); err != nil {
		watch.Close()
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer watch.Close()
		cmd.Wait() // leaves no zombie
		io.Copy(io.Discard, watch)
	}()
	return ended, nil
}

// socketPlace is in the home, or under /tmp when that makes too long a path.
func (h home) socketPlace() string {
	if dir := filepath.Join(h.root, "run"); len(dir) <= socketLimit {
		return dir
	}
	return filepath.Join("/tmp", refugeName(h.dir)+"-run")
}

// socketDir makes the folder of the unix socket, empty, for the account alone.
// The name says nothing of whose it was, so the owner is checked.
func (h home) socketDir(who *account) (string, error) {
	dir := h.socketPlace()
	if exists(dir) {
		if err := owned(dir, who.id()); err != nil {
			return "", err
		}
		if err := os.RemoveAll(dir); err != nil {
			return "", err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	return dir, who.give(dir)
}

func isFree(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// freePort returns wanted if nobody listens there, else a port of the
// system's choice.
func freePort(wanted int) (int, error) {
	if wanted != 0 && isFree(wanted) {
		return wanted, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
