package limit_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/server"

	"github.com/barrehq/barre/internal/limit"
)

// diary is a log that may be read while it is written.
type diary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(p)
}

func (d *diary) lines() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Count(d.text.String(), "\n")
}

// watch is a Config that hands changes of state to the test.
func watch(cfg limit.Config) (limit.Config, chan bool, *diary) {
	changes, d := make(chan bool, 100), new(diary)
	cfg.OnDegraded = func(degraded bool) { changes <- degraded }
	cfg.Log = slog.New(slog.NewTextHandler(d, nil))
	return cfg, changes, d
}

// await asks again and again, as traffic does, until the state is degraded.
func await(t *testing.T, l *limit.Limiter, changes chan bool, degraded bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case got := <-changes:
			if got != degraded {
				t.Fatalf("degraded is %v, want %v", got, degraded)
			}
			return
		case <-tick.C:
			_, _ = l.Take(t.Context(), caller(), 1)
		case <-deadline:
			t.Fatalf("never became degraded=%v", degraded)
		}
	}
}

func TestRedisThatTakesNoWrites(t *testing.T) {
	s := newShared(t)
	cfg, changes, log := watch(limit.Config{
		Redis: s.dial(t), Instances: 2, Now: s.now, Retry: 5 * time.Millisecond, Timeout: 5 * time.Second,
	})
	l, v := newLimiter(t, cfg), caller()
	take(t, l, v, 40)

	s.server.SetError("OOM command not allowed when used memory > 'maxmemory'")
	await(t, l, changes, true)
	// Alone: half of the plan, but never less than one request at the ceiling.
	fresh := caller()
	if d := take(t, l, fresh, 60); !d.Allowed || d.Limit != 60 || d.RestoreRate != 5 {
		t.Errorf("alone: %+v", d)
	}
	if d := take(t, l, fresh, 1); d.Allowed {
		t.Error("the door is open")
	}
	// What was spent while Redis answered counts.
	if d := take(t, l, v, 30); d.Allowed {
		t.Error("losing Redis filled the bucket")
	}
	if log.lines() != 1 {
		t.Errorf("%d lines in the log: %s", log.lines(), log.text.String())
	}

	s.server.SetError("")
	await(t, l, changes, false)
	if d := take(t, l, caller(), 1); d.Limit != 100 {
		t.Errorf("after the return: %+v", d)
	}
	if log.lines() != 2 {
		t.Errorf("%d lines in the log: %s", log.lines(), log.text.String())
	}
}

// What came back while Redis answered came back at the rate of the whole plan.
func TestALossDoesNotPunishThePatient(t *testing.T) {
	s := newShared(t)
	l, v := newLimiter(t, limit.Config{Redis: s.dial(t), Instances: 2, Now: s.now, Timeout: 5 * time.Second}), caller()
	take(t, l, v, 40)
	s.advance(8 * time.Second)
	s.server.SetError("READONLY You can't write against a read only replica.")
	if d := take(t, l, v, 60); !d.Allowed || d.Limit != 60 {
		t.Errorf("%+v", d)
	}
}

// After a failure nobody waits for the same bucket in Redis for a while, even
// though one failure is no loss yet.
func TestOneFailureIsNotRepeated(t *testing.T) {
	s := newShared(t)
	l, v := newLimiter(t, limit.Config{
		Redis: s.dial(t), Now: s.now, Timeout: 5 * time.Second,
		OnDegraded: func(bool) { t.Error("one failure counts as a loss") },
	}), caller()
	take(t, l, v, 60)
	s.advance(time.Hour)
	asked := s.failing("BUSY Redis is busy running a script")
	for range 5 {
		take(t, l, v, 1)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("Redis was asked %d times, want once for each of 2 buckets", n)
	}
	s.server.SetError("")
	s.advance(5 * time.Second)
	if d := take(t, l, v, 1); d.Remaining != 99 {
		t.Errorf("after a single failure: %+v", d)
	}
}

// failing has the server answer message to all and counts how often it does.
func (s *shared) failing(message string) *atomic.Int64 {
	n := new(atomic.Int64)
	s.server.Server().SetPreHook(func(c *server.Peer, _ string, _ ...string) bool {
		n.Add(1)
		c.WriteError(message)
		return true
	})
	return n
}

func TestFailingProbesAreSilent(t *testing.T) {
	s := newShared(t)
	cfg, changes, log := watch(limit.Config{Redis: s.dial(t), Retry: time.Millisecond, Timeout: 5 * time.Second})
	l := newLimiter(t, cfg)
	asked := s.failing("LOADING Redis is loading the dataset in memory")
	await(t, l, changes, true)
	deadline := time.Now().Add(20 * time.Second)
	for before := asked.Load(); asked.Load() < before+5; { // five probes, by requests that do not wait
		if time.Now().After(deadline) {
			t.Fatal("Redis is not tried again")
		}
		_, _ = l.Take(t.Context(), caller(), 1)
	}
	if log.lines() != 1 || len(changes) != 0 {
		t.Errorf("%d lines in the log and %d changes for one loss", log.lines(), len(changes))
	}
}
