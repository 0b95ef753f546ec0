package limit_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/limit"
	"github.com/barrehq/barre/internal/viewer"
)

// admission is points let through at a time.
type admission struct {
	at     time.Duration
	points int
}

// worst returns by how many points any window of log exceeds rate*time.
func worst(log []admission, rate int) (most float64) {
	for i := range log {
		sum := 0
		for _, a := range log[i:] {
			sum += a.points
			most = max(most, float64(sum)-float64(rate)*(a.at-log[i].at).Seconds())
		}
	}
	return most
}

func drawPlan(t *rapid.T) limit.Plan {
	burst := rapid.IntRange(1, 2000).Draw(t, "burst")
	rate := rapid.IntRange(1, 700).Draw(t, "rate")
	return limit.Plan{
		Name: "small", Burst: burst, RestorePerSecond: rate, InFlight: 1,
		CredentialRestorePerSecond: rapid.IntRange(1, rate).Draw(t, "credential rate"),
		RequestCeiling:             rapid.IntRange(1, burst).Draw(t, "ceiling"),
	}
}

func TestNeverMoreThanBurstAndRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, c := drawPlan(t), new(clock)
		l, err := limit.New(limit.Config{Plans: []limit.Plan{p}, Now: c.now})
		if err != nil {
			t.Fatal(err)
		}
		tenant := caller()
		people := []*viewer.Viewer{tenant, colleague(tenant), colleague(tenant)}
		var all []admission
		each := make([][]admission, len(people))
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			c.advance(time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(t, "pause")))
			if rapid.Bool().Draw(t, "sweep") {
				l.Sweep(context.Background())
			}
			who := rapid.IntRange(0, len(people)-1).Draw(t, "who")
			cost := rapid.IntRange(0, p.RequestCeiling).Draw(t, "cost")
			d, err := l.Take(context.Background(), people[who], cost)
			checkDecision(t, d, cost)
			if err == nil {
				a := admission{time.Duration(c.offset.Load()), cost}
				all, each[who] = append(all, a), append(each[who], a)
			}
		}
		if w := worst(all, p.RestorePerSecond); w > float64(p.Burst)+1e-6 {
			t.Fatalf("the tenant got %f above its rate, the burst is %d", w, p.Burst)
		}
		for _, log := range each {
			if w := worst(log, p.CredentialRestorePerSecond); w > float64(p.Burst)+1e-6 {
				t.Fatalf("a credential got %f above its rate, the burst is %d", w, p.Burst)
			}
		}
	})
}

func checkDecision(t *rapid.T, d limit.Decision, cost int) {
	if d.Remaining < 0 || d.Remaining > d.Limit || d.Reset < 0 {
		t.Fatalf("impossible state %+v", d)
	}
	if d.Allowed != (d.RetryAfter == 0) {
		t.Fatalf("cost %d: a refusal without a time, or a time without one: %+v", cost, d)
	}
}

// A caller that waits as it was told is let through.
func TestRetryAfterIsTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, c := drawPlan(t), new(clock)
		l, err := limit.New(limit.Config{Plans: []limit.Plan{p}, Now: c.now})
		if err != nil {
			t.Fatal(err)
		}
		v := caller()
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			cost := rapid.IntRange(1, p.RequestCeiling).Draw(t, "cost")
			d, err := l.Take(context.Background(), v, cost)
			for range 2 { // the credential's bucket first, then the tenant's
				if err == nil {
					break
				}
				c.advance(d.RetryAfter)
				d, err = l.Take(context.Background(), v, cost)
			}
			if err != nil {
				t.Fatalf("cost %d after waiting: %v", cost, err)
			}
		}
	})
}
