package limit

import (
	"errors"
	"fmt"
	"time"

	"github.com/barrehq/barre/internal/viewer"
)

// Plan is what a tenant pays for, in points of cost. A tenant has one bucket
// of Burst points; each of its credentials has one of the same Burst that
// restores more slowly, so that a single runaway integration always leaves a
// part of the rate to the people of the studio.
type Plan struct {
	Name             string // as viewer.Viewer.Plan spells it
	Burst            int    // points of a full bucket
	RestorePerSecond int    // points that come back to the tenant
	// CredentialRestorePerSecond is the same for one session or key; zero
	// means three quarters of RestorePerSecond.
	CredentialRestorePerSecond int
	// RequestCeiling is the highest cost of one request; zero means Burst.
	RequestCeiling int
	InFlight       int // requests of a tenant running at once, in this process
}

// DefaultPlans returns the plans from the smallest to the largest.
func DefaultPlans() []Plan {
	return []Plan{
		{Name: "starter", Burst: 5000, RestorePerSecond: 250, RequestCeiling: 5000, InFlight: 4},
		{Name: "studio", Burst: 20000, RestorePerSecond: 1000, RequestCeiling: 10000, InFlight: 8},
		{Name: "network", Burst: 50000, RestorePerSecond: 2500, RequestCeiling: 25000, InFlight: 16},
	}
}

// maxBurst keeps a full bucket, counted in billionths of a point, far below
// the largest int64.
const maxBurst = 1_000_000_000

// normalized fills in what zero stands for, or says what makes no sense.
func (p Plan) normalized() (Plan, error) {
	if p.RequestCeiling == 0 {
		p.RequestCeiling = p.Burst
	}
	if p.CredentialRestorePerSecond == 0 {
		p.CredentialRestorePerSecond = max(1, p.RestorePerSecond*3/4)
	}
	switch {
	case p.Name == "":
		return p, errors.New("limit: a plan has no name")
	case p.Burst < 1 || p.Burst > maxBurst,
		p.RestorePerSecond < 1 || p.RestorePerSecond > maxBurst,
		p.CredentialRestorePerSecond < 1 || p.CredentialRestorePerSecond > p.RestorePerSecond,
		p.RequestCeiling < 1 || p.RequestCeiling > p.Burst,
		p.InFlight < 1:
		return p, fmt.Errorf("limit: plan %q is out of range: %+v", p.Name, p)
	}
	return p, nil
}

// size is a bucket's figures, computed once per plan. Its address is part of
// a bucket's key: a tenant that changes plans starts with a new bucket.
type size struct {
	kind        string // "tenant" or "credential"
	burst, rate int    // shared by all processes
	ownBurst    int    // of this process while it cannot share
	ownRate     int
	chunk       int // points of one lease
}

// tier is a plan with the sizes of its two buckets.
type tier struct {
	Plan
	tenant, credential *size
}

func newTier(p Plan, cfg Config) (*tier, error) {
	p, err := p.normalized()
	if err != nil {
		return nil, err
	}
	sized := func(kind string, rate int) *size {
		return &size{
			kind: kind, burst: p.Burst, rate: rate,
			// A request at the ceiling must stay possible in a process that is alone.
			ownBurst: max(p.Burst/cfg.Instances, p.RequestCeiling),
			ownRate:  max(1, rate/cfg.Instances),
			chunk:    max(1, p.Burst*cfg.LeasePercent/100),
		}
	}
	return &tier{
		Plan:       p,
		tenant:     sized("tenant", p.RestorePerSecond),
		credential: sized("credential", p.CredentialRestorePerSecond),
	}, nil
}

// tierOf returns the tier of v's plan. An unknown plan gets the first one of
// the table, never no limit.
func (l *Limiter) tierOf(v *viewer.Viewer) *tier {
	if t := l.tiers[v.Plan]; t != nil {
		return t
	}
	return l.fallback
}

// refill is the time in which points come back at rate points a second,
// rounded up: whoever waits that long finds them.
func refill(nanoPoints int64, rate int) time.Duration {
	if nanoPoints <= 0 {
		return 0
	}
	return time.Duration((nanoPoints + int64(rate) - 1) / int64(rate))
}
