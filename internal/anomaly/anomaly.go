// Package anomaly notices callers that behave unlike themselves or unlike
// anybody well-meaning, and answers step by step: it slows them, throttles
// them, stops what they have running, and asks to have their key suspended.
// It counts in memory; where it has something Shared, what other processes have
// counted until a second ago is part of the counts.
package anomaly

import (
	"cmp"
	"context"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	// hold is how long a response lasts once its count has fallen below again.
	hold = time.Minute
	// quiet is how long the same step for the same reason is not told again.
	quiet = 15 * time.Minute
	// pause is how long a slowed request waits.
	pause = 250 * time.Millisecond
	// pace is the time between two requests of a throttled caller.
	pace = time.Second
)

// Seen is what one operation did.
type Seen struct {
	Failed  bool // it went wrong or was refused as a whole
	Probes  int  // how often something was not there or not allowed
	Points  int  // what it cost
	Records int  // how many it read
	Took    time.Duration
}

// Notice tells that a response began.
type Notice struct {
	Viewer    *viewer.Viewer
	Kind      Kind
	Response  Response
	Measured  int64
	Threshold int64
	Window    time.Duration
	At        time.Time
}

// Config of a Detector. The zero value is right for production.
type Config struct {
	Rules   []Rule           // DefaultRules when nil
	Factor  float64          // multiplies every threshold; 1 when zero, and nothing is watched below zero
	Callers int              // remembered at once; 10,000 when zero
	Now     func() time.Time // time.Now when nil
	// Tell is told of each step; it must not wait. Nil tells nobody.
	Tell func(Notice)
	// Shared adds up what several processes count, while Run runs; nil counts
	// what this process sees alone.
	Shared Shared
	Logger *slog.Logger
}

// Detector watches callers. It is safe for concurrent use.
type Detector struct {
	cfg Config

	mu  sync.Mutex
	all *simplelru.LRU[uuid.UUID, *caller]
	// For Run, where something is shared: who did anything since it last told
	// others, whom it has to tell them to forgive, and since when callers are
	// suspended here.
	active, forgiven map[uuid.UUID]struct{}
	suspended        map[uuid.UUID]time.Time
}

// caller is what is known of one credential.
type caller struct {
	counts  []window
	steps   []step // by rule
	next    time.Time
	running map[*visit]struct{}
}

// step is how far the response of one rule has come.
type step struct {
	response Response
	until    time.Time
	told     [Suspend + 1]time.Time
}

// visit is a request under way.
type visit struct{ stop context.CancelCauseFunc }

// New returns a Detector.
func New(c Config) *Detector {
	if c.Rules == nil {
		c.Rules = DefaultRules()
	}
	c.Factor = cmp.Or(c.Factor, 1)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Tell == nil {
		c.Tell = func(Notice) {}
	}
	all, err := simplelru.NewLRU[uuid.UUID, *caller](cmp.Or(c.Callers, 10_000), nil)
	if err != nil {
		panic("anomaly: " + err.Error()) // a negative size is a mistake of the program
	}
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return &Detector{cfg: c, all: all, active: map[uuid.UUID]struct{}{}, forgiven: map[uuid.UUID]struct{}{}, suspended: map[uuid.UUID]time.Time{}}
}

// idOf is whom counts are kept of. A publishable key is in everybody's hands:
// whoever misuses it from one address must not be able to take it from the
// others, so that it counts by address.
func idOf(v *viewer.Viewer, address string) uuid.UUID {
	if v.Role == viewer.Public {
		return uuid.NewSHA1(v.CredentialID, []byte(address))
	}
	return v.CredentialID
}

// most is the highest response that a caller can get. What is no session or
// secret key of the studio's own is ended by whoever gave it: an app's
// installation by the studio, the access of staff by its own rules.
func most(v *viewer.Viewer) Response {
	if v.Role == viewer.Public || v.InstallationID != uuid.Nil || v.StaffAccessID != uuid.Nil {
		return Cancel
	}
	return Suspend
}

// watches reports whether a caller is watched: one of a studio, which can be
// told.
func (d *Detector) watches(v *viewer.Viewer) bool { return d.cfg.Factor > 0 && v.TenantID != uuid.Nil }

// of returns the caller with the given id, with the lock held.
func (d *Detector) of(id uuid.UUID) *caller {
	c, known := d.all.Get(id)
	if !known {
		c = &caller{counts: make([]window, len(d.cfg.Rules)), steps: make([]step, len(d.cfg.Rules)), running: map[*visit]struct{}{}}
		d.all.Add(id, c)
	}
	return c
}

// Enter lets a request of v in, or refuses it. The request runs under the
// context that is returned, which ends early where the caller's requests are
// stopped; before it begins it has to wait for as long as wait says. leave must
// be called when it has ended.
func (d *Detector) Enter(ctx context.Context, v *viewer.Viewer, address string) (running context.Context, wait time.Duration, leave func(), err error) {
	if !d.watches(v) {
		return ctx, 0, func() {}, nil
	}
	now, id := d.cfg.Now(), idOf(v, address)
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.of(id)
	switch response, until := c.response(now); {
	case response >= Cancel:
		return nil, 0, nil, stopped(until.Sub(now))
	case response == Throttle && now.Before(c.next):
		return nil, 0, nil, stopped(c.next.Sub(now))
	case response == Throttle:
		c.next = now.Add(pace)
		fallthrough
	case response == Slow:
		wait = pause
	}
	running, stop := context.WithCancelCause(ctx)
	here := &visit{stop}
	c.running[here] = struct{}{}
	return running, wait, func() {
		stop(nil)
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(c.running, here)
	}, nil
}

// response is the highest that is under way, and when it ends.
func (c *caller) response(now time.Time) (highest Response, until time.Time) {
	for _, s := range c.steps {
		if s.response > highest && now.Before(s.until) {
			highest, until = s.response, s.until
		}
	}
	return highest, until
}

func stopped(wait time.Duration) *fault.Fault {
	return fault.New(fault.Throttled, "This credential behaves unusually and is held back; the studio's alerts say why. Retry in %.0f seconds.",
		max(1, math.Ceil(min(wait, hold).Seconds())))
}

// Note counts what an operation of v did, and responds.
func (d *Detector) Note(v *viewer.Viewer, address string, s Seen) {
	if !d.watches(v) {
		return
	}
	now := d.cfg.Now()
	notices, halted := d.count(v, address, s, now)
	for _, visit := range halted {
		visit.stop(stopped(hold))
	}
	for _, n := range notices {
		d.cfg.Tell(n)
	}
}

// count returns what has to be told, and which requests have to be stopped.
func (d *Detector) count(v *viewer.Viewer, address string, s Seen, now time.Time) (notices []Notice, halted []*visit) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := idOf(v, address)
	c := d.of(id)
	if d.cfg.Shared != nil {
		d.active[id] = struct{}{}
	}
	for i := range d.cfg.Rules {
		rule, at := &d.cfg.Rules[i], &c.steps[i]
		if !rule.judges(v) {
			continue
		}
		count := c.counts[i].add(rule.measure(s), now, rule.Window)
		response, threshold := rule.judge(count, c.counts[i].usual, d.cfg.Factor)
		response = min(response, most(v))
		if !at.reach(response, now) {
			continue
		}
		if response == Suspend && d.cfg.Shared != nil {
			d.suspended[id] = now
		}
		if response >= Cancel {
			for running := range c.running {
				halted = append(halted, running)
			}
		}
		if now.Sub(at.told[response]) >= quiet {
			at.told[response] = now
			notices = append(notices, Notice{v, rule.Kind, response, count, threshold, rule.Window, now})
		}
	}
	return notices, halted
}

func (r *Rule) judges(v *viewer.Viewer) bool {
	switch person := v.UserID != uuid.Nil; r.Whose {
	case People:
		return person
	case Programs:
		return !person
	}
	return true
}

// forever is when a suspension ends: Forgive does that.
const forever = 100 * 365 * 24 * time.Hour

// reach prolongs the response, and reports whether it is a new one.
func (s *step) reach(response Response, now time.Time) (risen bool) {
	if !now.Before(s.until) {
		s.response = None
	}
	if response == None || response < s.response {
		return false
	}
	risen = response > s.response
	s.response, s.until = response, now.Add(hold)
	if response == Suspend {
		s.until = now.Add(forever)
	}
	return risen
}

// Forgive forgets what a credential did, when somebody has decided that it may
// go on; other processes do so within two seconds.
func (d *Detector) Forgive(credential uuid.UUID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget(credential)
	if d.cfg.Shared != nil {
		d.forgiven[credential] = struct{}{}
	}
}

// forget forgets a caller, with the lock held.
func (d *Detector) forget(id uuid.UUID) {
	delete(d.suspended, id)
	if c, known := d.all.Peek(id); known {
		c.counts, c.steps, c.next = make([]window, len(d.cfg.Rules)), make([]step, len(d.cfg.Rules)), time.Time{}
	}
}
