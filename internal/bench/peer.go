package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// peer is one of the two servers, in a process of its own.
type peer struct {
	name    string
	address string
	metrics string // address of its metrics; of Barre alone
	cmd     *exec.Cmd
	log     *bytes.Buffer
	message func(w workload, q question) message
}

// begin starts command and waits until ready says so, for at most 30 s.
func (p *peer) begin(ctx context.Context, ready func() error, environment []string, command ...string) error {
	p.cmd = exec.CommandContext(ctx, command[0], command[1:]...)
	p.cmd.Env, p.log = environment, &bytes.Buffer{}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 10 * time.Second
	if err := p.cmd.Start(); err != nil {
		return err
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) || p.cmd.Process.Signal(syscall.Signal(0)) != nil {
			p.end()
			return fmt.Errorf("bench: %s does not answer: %w\n%s", p.name, err, p.log)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (p *peer) end() {
	if p == nil || p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
	p.cmd = nil
}

// once sends one request on a connection of its own and copies the answer.
func (p *peer) once(w workload, q question) ([]byte, error) {
	l, err := dial(p.address)
	if err != nil {
		return nil, err
	}
	defer l.conn.Close()
	body, err := l.do(p.message(w, q))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return bytes.Clone(body), refused(body)
}

// free returns an address on loopback that nobody listens on.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// newBarre starts the product as it is deployed: every wall, price, limit and
// metric is on; the limits are only too high to be reached.
func (r *run) newBarre(ctx context.Context, more ...string) (*peer, error) {
	address, err := free()
	metrics, err2 := free()
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	p := &peer{name: "barre", address: address, metrics: metrics, message: func(w workload, q question) message {
		return message{"/graphql", "Authorization: Bearer " + r.data.keys[q.tenant], w.body(q)}
	}}
	environment := append(os.Environ(), "BARRE_ENVIRONMENT=development", "BARRE_ADDRESS="+address, "BARRE_METRICS_ADDRESS="+metrics,
		"BARRE_DATA_DIR="+filepath.Join(r.Dir, "server"), "BARRE_WORKER=false", "BARRE_LIMIT_FACTOR=100000", "BARRE_LOG_LEVEL=warn",
		"DATABASE_URL="+r.data.url("barre_app"), "SYSTEM_DATABASE_URL="+r.data.url("barre_system"), "REDIS_URL=")
	first := r.data.workloads(nil)[0]
	return p, p.begin(ctx, func() error { _, err := p.once(first, first.ask(0)); return err }, append(environment, more...), r.Server, "serve")
}

// newLimit starts the hand-written handlers.
func (r *run) newLimit(ctx context.Context) (*peer, error) {
	address, err := free()
	if err != nil {
		return nil, err
	}
	p := &peer{name: "limit", address: address, message: func(w workload, q question) message {
		return message{"/" + w.name, "Tenant: " + id(tenantKind, q.tenant, 1), q.handwritten()}
	}}
	first := r.data.workloads(nil)[0]
	environment := append(os.Environ(), "BENCH_LIMIT_ADDRESS="+address, "BENCH_LIMIT_DATABASE="+r.data.url("barre_system"))
	return p, p.begin(ctx, func() error { _, err := p.once(first, first.ask(0)); return err }, environment, r.Limit...)
}
