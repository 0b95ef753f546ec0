// Package redis gives a test a real redis-server of its own, which it may
// pause and kill.
package redis

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// Proc is a running redis-server.
type Proc struct {
	address string
	dir     string
	process *os.Process
	ended   chan struct{} // closed when the process has gone
}

// attempts is how often a port is chosen: between the choice of one and its
// use another program may take it.
const attempts = 5

// Start runs an empty redis-server on a free port of 127.0.0.1 and returns its
// host:port once it answers; it is killed when the test ends. Without a
// redis-server on the machine the test is skipped, or fails when the
// environment says CI=true.
func Start(t testing.TB) (addr string, proc *Proc) {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not installed: run `make setup`")
		}
		t.Skip("redis-server is not installed: run `make setup`")
	}
	p := &Proc{dir: t.TempDir()}
	for range attempts {
		if p.address, err = freeAddress(); err == nil {
			err = p.run(binary)
		}
		if err == nil {
			t.Cleanup(p.Kill)
			return p.address, p
		}
	}
	t.Fatalf("start redis-server: %v", err)
	return "", nil
}

// Kill ends the server at once, as a power cut would, and returns when it has
// gone. A second Kill does nothing.
func (p *Proc) Kill() {
	p.process.Kill()
	<-p.ended
}

// Pause stops the server without closing its connections, so that callers meet
// silence rather than an error. Resume ends it.
func (p *Proc) Pause() error { return p.process.Signal(syscall.SIGSTOP) }

// Resume lets a paused server go on.
func (p *Proc) Resume() error { return p.process.Signal(syscall.SIGCONT) }

// Restart runs a new, empty server at the same address after Kill.
func (p *Proc) Restart(t testing.TB) {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err == nil {
		err = p.run(binary)
	}
	if err != nil {
		t.Fatalf("restart redis-server: %v", err)
	}
}

// run starts the server and waits until it says that it accepts connections.
func (p *Proc) run(binary string) error {
	host, port, err := net.SplitHostPort(p.address)
	if err != nil {
		return err
	}
	cmd := exec.Command(binary, "--bind", host, "--port", port, "--dir", p.dir,
		"--save", "", "--appendonly", "no", "--loglevel", "notice", "--logfile", "")
	cmd.SysProcAttr = attributes()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	started := make(chan error)
	p.ended = make(chan struct{})
	go p.supervise(cmd, out, started)
	return <-started
}

// supervise starts the process, waits for its readiness and then for its end.
// All is done on one thread: where a child is told to die with its parent, the
// parent is the thread that started it.
func (p *Proc) supervise(cmd *exec.Cmd, out io.Reader, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.ended)
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	p.process = cmd.Process
	lines := bufio.NewScanner(out)
	var said []string
	ready := false
	for !ready && lines.Scan() {
		said = append(said, lines.Text())
		ready = strings.Contains(lines.Text(), "Ready to accept connections")
	}
	if ready {
		started <- nil
	} else {
		cmd.Process.Kill()
		started <- fmt.Errorf("it ended:\n%s", strings.Join(said, "\n"))
	}
	io.Copy(io.Discard, out) // a full pipe would stop it
	cmd.Wait()
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
