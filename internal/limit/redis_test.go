package limit_test

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/barrehq/barre/internal/limit"
)

// process is a redis-server of one test.
type process struct {
	port string
	dir  string
	cmd  *exec.Cmd
}

func newProcess(t testing.TB) *process {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("CI must have a redis-server (Debian: apt-get install redis-server)")
		}
		t.Skip("no redis-server in PATH (Debian: apt-get install redis-server)")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	_ = free.Close()
	p := &process{port: port, dir: t.TempDir()}
	p.start(t, path)
	return p
}

// start runs the server and returns once it is ready; it dies with the test.
func (p *process) start(t testing.TB, path string) {
	t.Helper()
	p.cmd = exec.Command(path, "--port", p.port, "--bind", "127.0.0.1", "--dir", p.dir, "--save", "", "--appendonly", "no")
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			return
		}
	}
	t.Fatal("redis-server ended before it was ready, on port " + p.port)
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func (p *process) dial(t testing.TB) *redis.Client {
	t.Helper()
	client, err := limit.Dial("redis://127.0.0.1:" + p.port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// slow is a plan whose points do not come back during a test.
func slow() []limit.Plan {
	return []limit.Plan{{Name: "small", Burst: 1000, RestorePerSecond: 1, RequestCeiling: 100, InFlight: 1}}
}

func TestRealRedisIsShared(t *testing.T) {
	p := newProcess(t)
	a := newLimiter(t, limit.Config{Plans: slow(), Redis: p.dial(t), Timeout: 5 * time.Second, Lease: time.Hour})
	b := newLimiter(t, limit.Config{Plans: slow(), Redis: p.dial(t), Timeout: 5 * time.Second, Lease: time.Hour})
	v, start, admitted := caller(), time.Now(), 0
	for range 600 {
		for _, l := range []*limit.Limiter{a, b} {
			if take(t, l, v, 2).Allowed {
				admitted += 2
			}
		}
	}
	if most := 1000 + int(time.Since(start).Seconds()) + 1; admitted < 900 || admitted > most {
		t.Errorf("%d points admitted by two processes, at most %d", admitted, most)
	}
}

// A lost Redis costs a few requests the timeout, and then no request anything.
func TestRealRedisLost(t *testing.T) {
	losses := map[string]struct{ lose, find func(*testing.T, *process) }{
		"stopped as a black hole": {
			lose: func(t *testing.T, p *process) { p.signal(t, syscall.SIGSTOP) },
			find: func(t *testing.T, p *process) { p.signal(t, syscall.SIGCONT) },
		},
		"killed and restarted empty": {
			lose: func(_ *testing.T, p *process) { p.kill() },
			find: func(t *testing.T, p *process) { p.start(t, p.cmd.Path) },
		},
	}
	for name, loss := range losses {
		t.Run(name, func(t *testing.T) {
			p := newProcess(t)
			cfg, changes, log := watch(limit.Config{Plans: slow(), Redis: p.dial(t), Instances: 2, LeasePercent: 1, Retry: 50 * time.Millisecond})
			l := newLimiter(t, cfg)
			take(t, l, caller(), 100)
			loss.lose(t, p)

			assertNoStall(t, l)
			await(t, l, changes, true)
			assertAlone(t, l)

			loss.find(t, p)
			await(t, l, changes, false)
			if d := take(t, l, caller(), 10); d.Limit != 1000 {
				t.Errorf("after the return: %+v", d)
			}
			if log.lines() != 2 {
				t.Errorf("log of one loss and return: %s", log.text.String())
			}
		})
	}
}

// assertNoStall sends 20 requests of one studio at once, just after the loss:
// they share the timeouts rather than queue for them.
func assertNoStall(t *testing.T, l *limit.Limiter) {
	t.Helper()
	v, start := caller(), time.Now()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := l.Take(t.Context(), v, 10); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	if took > time.Second {
		t.Errorf("the first requests after the loss took %v", took)
	}
	t.Logf("%v for the first requests after the loss", took)
}

// assertAlone sends 2000 requests to a limiter without its Redis: half of the
// plan is let through, and nobody waits.
func assertAlone(t *testing.T, l *limit.Limiter) {
	t.Helper()
	v, admitted, start := caller(), 0, time.Now()
	for range 2000 {
		if take(t, l, v, 1).Allowed {
			admitted++
		}
	}
	took := time.Since(start)
	if took > 2*time.Second {
		t.Errorf("2000 requests without Redis took %v", took)
	}
	if admitted < 500 || admitted > 501+int(took.Seconds()) {
		t.Errorf("%d admitted alone, half of the plan is 500", admitted)
	}
	t.Logf("%v for each request without Redis", took/2000)
}

// BenchmarkTakeRedis spends leases of a real Redis, 10 points a request and
// 100 points a lease, as the smallest default plan has them.
func BenchmarkTakeRedis(b *testing.B) {
	p := newProcess(b)
	plan := limit.Plan{Name: "small", Burst: 1000, RestorePerSecond: 1_000_000_000, InFlight: 1}
	for _, cost := range []int{10, 100} { // 10 requests for each lease, and 1
		b.Run(strconv.Itoa(100/cost)+" per lease", func(b *testing.B) {
			l, v := newLimiter(b, limit.Config{Plans: []limit.Plan{plan}, Redis: p.dial(b)}), caller()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.Take(b.Context(), v, cost); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
