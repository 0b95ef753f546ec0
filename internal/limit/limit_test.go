package limit_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/limit"
	"github.com/barrehq/barre/internal/viewer"
)

// The client's own log, of the whole process, says nothing that a test needs.
func TestMain(m *testing.M) {
	redis.SetLogger(&logging.VoidLogger{})
	m.Run()
}

// clock stands still until it is moved.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(c.offset.Load()))
}

func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// small is a plan whose figures a reader can follow.
func small() limit.Plan {
	return limit.Plan{Name: "small", Burst: 100, RestorePerSecond: 10, CredentialRestorePerSecond: 5, RequestCeiling: 60, InFlight: 2}
}

func newLimiter(t testing.TB, cfg limit.Config) *limit.Limiter {
	t.Helper()
	if cfg.Plans == nil {
		cfg.Plans = []limit.Plan{small()}
	}
	l, err := limit.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func caller() *viewer.Viewer {
	return &viewer.Viewer{TenantID: uuid.New(), CredentialID: uuid.New(), Plan: "small"}
}

// colleague is another credential of v's tenant.
func colleague(v *viewer.Viewer) *viewer.Viewer {
	c := *v
	c.CredentialID = uuid.New()
	return &c
}

func take(t testing.TB, l *limit.Limiter, v *viewer.Viewer, cost int) limit.Decision {
	t.Helper()
	d, err := l.Take(t.Context(), v, cost)
	if d.Allowed != (err == nil) {
		t.Fatalf("Take(%d): allowed is %v, error is %v", cost, d.Allowed, err)
	}
	return d
}

func TestTakeCountsDownAndComesBack(t *testing.T) {
	c := new(clock)
	l, v := newLimiter(t, limit.Config{Now: c.now}), caller()
	want := limit.Decision{Allowed: true, Limit: 100, Remaining: 40, RestoreRate: 10, Reset: 6 * time.Second}
	if got := take(t, l, v, 60); got != want {
		t.Errorf("first: %+v, want %+v", got, want)
	}
	refused, err := l.Take(t.Context(), v, 50)
	want = limit.Decision{Limit: 100, Remaining: 40, RestoreRate: 5, Reset: 12 * time.Second, RetryAfter: 2 * time.Second}
	if refused != want {
		t.Errorf("refused: %+v, want %+v", refused, want)
	}
	if fault.CodeOf(err) != fault.Throttled || !strings.Contains(err.Error(), "Retry in 2.0 seconds") {
		t.Errorf("error is %v", err)
	}
	c.advance(refused.RetryAfter - 1)
	if take(t, l, v, 50).Allowed {
		t.Error("let through before RetryAfter")
	}
	c.advance(1)
	if !take(t, l, v, 50).Allowed {
		t.Error("refused after RetryAfter")
	}
}

func TestTenantAndCredentialMustBothAllow(t *testing.T) {
	c := new(clock)
	l, v := newLimiter(t, limit.Config{Now: c.now}), caller()
	other, stranger := colleague(v), caller()
	take(t, l, v, 60)
	if d := take(t, l, other, 50); d.Allowed || d.RetryAfter != time.Second {
		t.Errorf("the tenant's bucket did not refuse: %+v", d)
	}
	if !take(t, l, stranger, 60).Allowed {
		t.Error("another tenant was refused")
	}
	// What the tenant refused was not charged to the credential.
	take(t, l, other, 50)
	c.advance(2 * time.Second)
	if d := take(t, l, other, 60); !d.Allowed || d.Remaining != 0 || d.RestoreRate != 10 {
		t.Errorf("colleague after a refusal: %+v", d)
	}
}

func TestOneCredentialLeavesAPartOfTheRate(t *testing.T) {
	c := new(clock)
	l, runaway := newLimiter(t, limit.Config{Now: c.now}), caller()
	person, served := colleague(runaway), 0
	for range 100 {
		for take(t, l, runaway, 5).Allowed {
		}
		if take(t, l, person, 5).Allowed {
			served++
		}
		c.advance(time.Second)
	}
	// The tenant restores 10 a second, a credential 5: the person's 5 remain,
	// once the runaway has used up its own bucket.
	if served < 75 {
		t.Errorf("%d of 100 requests of the colleague were served", served)
	}
}

func TestRefusalsThatNoWaitingHelps(t *testing.T) {
	l, v := newLimiter(t, limit.Config{}), caller()
	d, err := l.Take(t.Context(), v, 61)
	if fault.CodeOf(err) != fault.QueryTooExpensive || d.Allowed || d.RetryAfter != 0 || d.Remaining != 100 {
		t.Errorf("above the ceiling: %+v, %v", d, err)
	}
	h := http.Header{}
	if d.Headers(h); h.Get("Retry-After") != "" {
		t.Error("Retry-After on a request that is never let through")
	}
	if d, err := l.Take(t.Context(), v, -1); !errors.Is(err, limit.ErrNegativeCost) || d.Allowed {
		t.Errorf("negative cost: %+v, %v", d, err)
	}
	for name, v := range map[string]*viewer.Viewer{"nobody": nil, "no tenant": {Plan: "small"}} {
		if d, err := l.Take(t.Context(), v, 1); !errors.Is(err, limit.ErrNoTenant) || d.Allowed {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
		if _, err := l.Enter(v); !errors.Is(err, limit.ErrNoTenant) {
			t.Errorf("%s: Enter: %v", name, err)
		}
		l.Refund(t.Context(), v, 1)
	}
}

func TestUnknownPlanIsTheFirst(t *testing.T) {
	l, v := newLimiter(t, limit.Config{}), caller()
	v.Plan = "gift"
	if d := take(t, l, v, 1); d.Limit != 100 {
		t.Errorf("limit is %d", d.Limit)
	}
}

func TestRefundIsBoundedByWhatWasTaken(t *testing.T) {
	c := new(clock)
	l, v := newLimiter(t, limit.Config{Now: c.now}), caller()
	l.Refund(t.Context(), v, 1000)
	take(t, l, v, 60)
	l.Refund(t.Context(), v, 20)
	l.Refund(t.Context(), v, -500)
	if d := take(t, l, v, 0); d.Remaining != 60 {
		t.Errorf("after a refund of 20 of 60: %d remain", d.Remaining)
	}
	l.Refund(t.Context(), v, 1000)
	if d := take(t, l, v, 0); d.Remaining != 100 {
		t.Errorf("after a refund of more than was taken: %d remain", d.Remaining)
	}
	take(t, l, v, 60)
	c.advance(time.Hour)
	l.Refund(t.Context(), v, 60)
	if d := take(t, l, v, 0); d.Remaining != 100 {
		t.Errorf("a refund filled the bucket to %d", d.Remaining)
	}
}

func TestHeaders(t *testing.T) {
	d := limit.Decision{Limit: 1000, Remaining: 15, Reset: 19700 * time.Millisecond, RetryAfter: 2100 * time.Millisecond}
	h := http.Header{}
	d.Headers(h)
	for name, want := range map[string]string{
		"RateLimit-Limit": "1000", "RateLimit-Remaining": "15", "RateLimit-Reset": "20", "Retry-After": "3",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	d.Allowed = true
	h = http.Header{}
	if d.Headers(h); h.Get("Retry-After") != "" {
		t.Error("Retry-After on an admitted request")
	}
}

func TestNewRefusesSenselessPlans(t *testing.T) {
	for name, change := range map[string]func(*limit.Plan){
		"no name":            func(p *limit.Plan) { p.Name = "" },
		"no burst":           func(p *limit.Plan) { p.Burst = 0 },
		"huge burst":         func(p *limit.Plan) { p.Burst = 1 << 40 },
		"no restore":         func(p *limit.Plan) { p.RestorePerSecond = 0 },
		"generous key":       func(p *limit.Plan) { p.CredentialRestorePerSecond = 11 },
		"ceiling over burst": func(p *limit.Plan) { p.RequestCeiling = 101 },
		"nothing in flight":  func(p *limit.Plan) { p.InFlight = 0 },
	} {
		p := small()
		change(&p)
		if _, err := limit.New(limit.Config{Plans: []limit.Plan{p}}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := limit.New(limit.Config{Plans: []limit.Plan{small(), small()}}); err == nil {
		t.Error("two plans of one name: accepted")
	}
	if _, err := limit.New(limit.Config{}); err != nil {
		t.Errorf("the default plans: %v", err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c := new(clock)
	l := newLimiter(t, limit.Config{Now: c.now, MaxBuckets: 50})
	for range 100 {
		take(t, l, caller(), 10)
	}
	if n := l.Buckets(); n != 50 {
		t.Errorf("%d buckets, want 50", n)
	}
	v := caller()
	take(t, l, v, 60)
	c.advance(50 * time.Second)
	busy := caller()
	take(t, l, busy, 60)
	c.advance(11 * time.Second)
	l.Sweep(t.Context())
	if n := l.Buckets(); n != 2 {
		t.Errorf("%d buckets after a sweep, want those of the one in use", n)
	}
}

func TestSweepNeverFillsABucket(t *testing.T) {
	c := new(clock)
	slow := limit.Plan{Name: "small", Burst: 1000, RestorePerSecond: 1, InFlight: 1}
	l, v := newLimiter(t, limit.Config{Now: c.now, Plans: []limit.Plan{slow}}), caller()
	take(t, l, v, 1000)
	for range 10 {
		c.advance(70 * time.Second)
		l.Sweep(t.Context())
	}
	if d := take(t, l, v, 0); d.Remaining != 700 {
		t.Errorf("%d remain after 700 seconds", d.Remaining)
	}
}

func TestClockThatGoesBack(t *testing.T) {
	c := new(clock)
	l, v := newLimiter(t, limit.Config{Now: c.now}), caller()
	take(t, l, v, 60)
	c.advance(-time.Hour)
	if d := take(t, l, v, 0); d.Remaining != 40 {
		t.Errorf("%d remain, want 40", d.Remaining)
	}
	c.advance(time.Hour + time.Second)
	if d := take(t, l, v, 0); d.Remaining != 45 {
		t.Errorf("%d remain a second later, want 45", d.Remaining)
	}
}
