package anomaly_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/barrehq/barre/internal/anomaly"
	server "github.com/barrehq/barre/internal/testkit/redis"
)

// processes are detectors of several processes, which add up in one Redis and
// have one clock.
type processes struct {
	t      *testing.T
	client *redis.Client
	now    time.Time
}

func (p *processes) start() *scene {
	s := &scene{t: p.t}
	s.Detector = anomaly.New(anomaly.Config{
		Now: func() time.Time { return p.now }, Tell: func(n anomaly.Notice) { s.told = append(s.told, n) }, Shared: anomaly.OnRedis(p.client),
	})
	return s
}

func (p *processes) exchange(all ...*scene) {
	p.t.Helper()
	for _, s := range all {
		if err := s.Exchange(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
	}
}

func newProcesses(t *testing.T) (*processes, *server.Proc) {
	t.Helper()
	address, proc := server.Start(t)
	p := &processes{t: t, client: redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1}), now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	t.Cleanup(func() { p.client.Close() })
	return p, proc
}

// A caller that spreads what it does over processes is answered as if it came
// to one, also by a process that it comes to late.
func TestSharedCounts(t *testing.T) {
	p, proc := newProcesses(t)
	a, b, v := p.start(), p.start(), key()
	probe := anomaly.Seen{Probes: 1}
	a.does(v, 40, 0, probe)
	b.does(v, 19, 0, probe)
	p.exchange(a, b)
	b.does(key(), 59, 0, probe) // somebody else
	b.wants()
	b.does(v, 1, 0, probe)
	b.wants("PROBING SLOWED")
	p.exchange(b, a)
	a.does(v, 1, 0, probe)
	p.exchange(a)
	a.wants() // it has not seen what the other counted since
	a.does(v, 1, 0, probe)
	a.wants("PROBING SLOWED")

	// In the middle of the next minute, half of the 61 that were told still count.
	p.now = p.now.Add(90 * time.Second)
	late := p.start()
	late.does(v, 29, 0, probe)
	p.exchange(a, late)
	late.wants()
	late.does(v, 1, 0, probe)
	late.wants("PROBING SLOWED")

	proc.Kill()
	other := key()
	a.does(other, 30, 0, probe)
	if err := a.Exchange(t.Context()); err == nil {
		t.Error("it does not notice that Redis is gone")
	}
	a.does(other, 30, 0, probe)
	a.wants("PROBING SLOWED", "PROBING SLOWED") // alone
}

// Whoever is suspended by two processes and forgiven by one is let in by both.
func TestSharedForgiveness(t *testing.T) {
	p, _ := newProcesses(t)
	a, b, v := p.start(), p.start(), key()
	for _, s := range []*scene{a, b} {
		s.does(v, 600, 0, anomaly.Seen{Probes: 1})
	}
	p.exchange(a, b)
	p.now = p.now.Add(2 * time.Minute) // longer than any other response
	a.Forgive(v.CredentialID)
	if _, refused := a.enters(v); refused {
		t.Error("the process that forgave refuses it")
	}
	if _, refused := b.enters(v); !refused {
		t.Error("the other process knows before it was told")
	}
	p.exchange(a, b)
	if _, refused := b.enters(v); refused {
		t.Error("the other process does not forgive")
	}
	b.does(v, 1, 0, anomaly.Seen{Probes: 1})
	if _, refused := b.enters(v); refused {
		t.Error("what was forgiven counts again")
	}
}
