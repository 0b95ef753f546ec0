package anomaly_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/anomaly"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// scene is a detector with a clock, and what it told.
type scene struct {
	*anomaly.Detector
	t    *testing.T
	now  time.Time
	told []anomaly.Notice
}

func newScene(t *testing.T, factor float64) *scene {
	s := &scene{t: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	s.Detector = anomaly.New(anomaly.Config{
		Factor: factor, Now: func() time.Time { return s.now }, Tell: func(n anomaly.Notice) { s.told = append(s.told, n) },
	})
	return s
}

func key() *viewer.Viewer {
	return &viewer.Viewer{TenantID: uuid.New(), CredentialID: uuid.New(), Role: viewer.Key}
}

// does lets v do the same thing n times, and time pass between.
func (s *scene) does(v *viewer.Viewer, n int, between time.Duration, seen anomaly.Seen) {
	for range n {
		s.Note(v, "192.0.2.1", seen)
		s.now = s.now.Add(between)
	}
}

// enters reports how v is let in: after which wait, or not at all.
func (s *scene) enters(v *viewer.Viewer) (wait time.Duration, refused bool) {
	s.t.Helper()
	_, wait, leave, err := s.Enter(s.t.Context(), v, "192.0.2.1")
	if err != nil {
		if fault.CodeOf(err) != fault.Throttled {
			s.t.Errorf("refused with %v", err)
		}
		return 0, true
	}
	leave()
	return wait, false
}

func (s *scene) responses() (list []string) {
	for _, n := range s.told {
		list = append(list, string(n.Kind)+" "+n.Response.String())
	}
	return list
}

func (s *scene) wants(want ...string) {
	s.t.Helper()
	got := s.responses()
	if len(got) != len(want) {
		s.t.Fatalf("told %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			s.t.Errorf("told %q, want %q", got, want)
		}
	}
}

// Scenario: a stolen key tries ids that are not its studio's.
func TestProbingIsAnsweredStepByStep(t *testing.T) {
	s, v := newScene(t, 1), key()
	probe := anomaly.Seen{Probes: 1}
	s.does(v, 59, 0, probe)
	if wait, refused := s.enters(v); wait != 0 || refused || len(s.told) != 0 {
		t.Fatalf("below the threshold: %v %v %q", wait, refused, s.responses())
	}
	s.does(v, 1, 0, probe)
	if wait, refused := s.enters(v); wait == 0 || refused {
		t.Errorf("slowed: waits %v, refused %v", wait, refused)
	}
	s.does(v, 60, 0, probe)
	if _, refused := s.enters(v); refused {
		t.Error("a throttled caller is let in once a second")
	}
	if _, refused := s.enters(v); !refused {
		t.Error("a throttled caller is let in twice at once")
	}
	s.now = s.now.Add(time.Second)
	if _, refused := s.enters(v); refused {
		t.Error("a throttled caller is not let in a second later")
	}
	s.does(v, 120, 0, probe)
	if _, refused := s.enters(v); !refused {
		t.Error("a caller whose requests are stopped is let in")
	}
	s.does(v, 360, 0, probe)
	s.wants("PROBING SLOWED", "PROBING THROTTLED", "PROBING CANCELED", "PROBING SUSPENDED")
	if n := s.told[3]; n.Measured < n.Threshold || n.Threshold != 600 || n.Window != time.Minute || n.Viewer != v {
		t.Errorf("told %+v", n)
	}
	s.now = s.now.Add(24 * time.Hour)
	if _, refused := s.enters(v); !refused {
		t.Error("a suspension ends by itself")
	}
	s.Forgive(v.CredentialID)
	if wait, refused := s.enters(v); wait != 0 || refused {
		t.Error("a forgiven caller is still held back")
	}
}

// Scenario: an application attack by documents that are refused.
func TestErrors(t *testing.T) {
	s, v := newScene(t, 1), key()
	s.does(v, 300, 0, anomaly.Seen{Failed: true})
	s.wants("ERRORS SLOWED")
	other := key()
	if wait, _ := s.enters(other); wait != 0 {
		t.Error("a caller is slowed for what another one did")
	}
}

// Scenario: a person's session reads the whole studio out.
func TestVolumeOfPeopleAndPrograms(t *testing.T) {
	s, program := newScene(t, 1), key()
	person := key()
	person.Role, person.UserID = viewer.Admin, uuid.New()
	page := anomaly.Seen{Records: 100}
	s.does(program, 200, time.Second, page)
	s.wants()
	s.does(person, 200, time.Second, page)
	s.wants("VOLUME SLOWED")
}

// What is usual for a caller moves the thresholds of cost: a nightly sync that
// has run for weeks is no spike.
func TestUsualCost(t *testing.T) {
	s, v := newScene(t, 1), key()
	for range 60 {
		s.does(v, 10, 6*time.Second, anomaly.Seen{Points: 4000})
	}
	s.wants()
	s.does(v, 2, 0, anomaly.Seen{Points: 50_000})
	s.wants()
	s.does(v, 6, 0, anomaly.Seen{Points: 50_000})
	s.wants("COST SLOWED")
	fresh := key()
	s.does(fresh, 1, 0, anomaly.Seen{Points: 50_000})
	s.wants("COST SLOWED", "COST SLOWED")
}

// Scenario: operations that keep the database busy are stopped, those that run included.
func TestRunningRequestsAreStopped(t *testing.T) {
	s, v := newScene(t, 1), key()
	ctx, _, leave, err := s.Enter(t.Context(), v, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	untouched, _, leaveOther, _ := s.Enter(t.Context(), key(), "192.0.2.1")
	defer leaveOther()
	s.does(v, 18, 0, anomaly.Seen{Took: 10 * time.Second})
	s.wants("SLOWNESS SLOWED", "SLOWNESS THROTTLED", "SLOWNESS CANCELED")
	if !errors.Is(ctx.Err(), context.Canceled) || fault.CodeOf(context.Cause(ctx)) != fault.Throttled {
		t.Errorf("the running request goes on: %v, %v", ctx.Err(), context.Cause(ctx))
	}
	if untouched.Err() != nil {
		t.Error("another caller's request was stopped")
	}
	s.now = s.now.Add(2 * time.Minute)
	if _, refused := s.enters(v); refused {
		t.Error("the caller is not let in again after the pause")
	}
}

// Whoever misuses a storefront's key from one address takes it from nobody else.
func TestPublishableKeys(t *testing.T) {
	s, v := newScene(t, 1), key()
	v.Role = viewer.Public
	s.does(v, 10_000, 0, anomaly.Seen{Failed: true, Probes: 1})
	for _, n := range s.told {
		if n.Response == anomaly.Suspend {
			t.Errorf("a publishable key was suspended for %s", n.Kind)
		}
	}
	if _, refused := s.enters(v); !refused {
		t.Error("the address is let in")
	}
	if _, wait, leave, err := s.Enter(t.Context(), v, "192.0.2.2"); err != nil || wait != 0 {
		t.Errorf("another address is held back: %v, %v", wait, err)
	} else {
		leave()
	}
}

// Apps and the operator's staff are stopped, and ended by whoever let them in;
// who belongs to no studio is not watched.
func TestCallersOfOthers(t *testing.T) {
	app, staff, nobody := key(), key(), key()
	app.InstallationID, staff.StaffAccessID, nobody.TenantID = app.CredentialID, staff.CredentialID, uuid.Nil
	for name, c := range map[string]struct {
		v    *viewer.Viewer
		want string
	}{"app": {app, "CANCELED"}, "staff": {staff, "CANCELED"}, "nobody": {nobody, ""}} {
		s := newScene(t, 1)
		s.does(c.v, 10_000, 0, anomaly.Seen{Probes: 1})
		last := ""
		for _, n := range s.told {
			last = n.Response.String()
		}
		if last != c.want {
			t.Errorf("%s: %q", name, last)
		}
	}
}

// The same step is told once in a quarter of an hour, however often it is taken.
func TestToldOnce(t *testing.T) {
	s, v := newScene(t, 1), key()
	for range 5 {
		s.does(v, 60, 0, anomaly.Seen{Probes: 1})
		s.now = s.now.Add(3 * time.Minute)
	}
	s.wants("PROBING SLOWED")
	s.does(v, 60, 0, anomaly.Seen{Probes: 1})
	s.wants("PROBING SLOWED", "PROBING SLOWED")
}

func TestFactor(t *testing.T) {
	for factor, want := range map[float64]int{-1: 0, 1: 1, 2: 0} {
		s := newScene(t, factor)
		s.does(key(), 60, 0, anomaly.Seen{Probes: 1})
		if len(s.told) != want {
			t.Errorf("factor %v: told %q", factor, s.responses())
		}
	}
}

// Every rule's steps come one after the other, and every kind has a rule.
func TestRules(t *testing.T) {
	kinds := map[anomaly.Kind]bool{}
	for _, r := range anomaly.DefaultRules() {
		kinds[r.Kind] = true
		last := int64(0)
		for response := anomaly.Slow; response <= anomaly.Suspend; response++ {
			if n := r.At[response]; n != 0 && n <= last || response < anomaly.Suspend && n == 0 {
				t.Errorf("%s: %s at %d, the one before at %d", r.Kind, response, n, last)
			}
			last = r.At[response]
		}
		if r.Counts == "" || r.Window <= 0 {
			t.Errorf("%s counts %q over %s", r.Kind, r.Counts, r.Window)
		}
	}
	for _, kind := range []anomaly.Kind{anomaly.Errors, anomaly.Probing, anomaly.Cost, anomaly.Volume, anomaly.Slowness} {
		if !kinds[kind] {
			t.Errorf("%s has no rule", kind)
		}
	}
}

// BenchmarkRequest is what watching adds to one request.
func BenchmarkRequest(b *testing.B) {
	d := anomaly.New(anomaly.Config{})
	v := key()
	b.ReportAllocs()
	for b.Loop() {
		_, _, leave, err := d.Enter(b.Context(), v, "192.0.2.1")
		if err != nil {
			b.Fatal(err)
		}
		d.Note(v, "192.0.2.1", anomaly.Seen{Points: 1, Records: 1})
		leave()
	}
}
