// Package probe lets a running server check itself: whether it answers, whether
// the walls of its database stand, and whether one studio can reach another.
// What came of it is kept by day.
package probe

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// How often the server checks itself.
const (
	AvailabilityEvery = time.Minute
	IsolationEvery    = 10 * time.Minute
)

// The kinds of probes, as they are kept.
const (
	availability = "AVAILABILITY"
	isolation    = "ISOLATION"
)

// Config of a Prober.
type Config struct {
	// Ask asks the server a question as anybody may, and reports what is wrong
	// with the answer.
	Ask    func(context.Context) error
	Now    func() time.Time // time.Now when nil
	Logger *slog.Logger     // slog.Default when nil
}

// Prober checks a server. It is safe for concurrent use.
type Prober struct {
	store *store.Store
	cfg   Config
	open  atomic.Bool          // a wall was found open
	pair  atomic.Pointer[pair] // once they are known
}

// New returns a Prober of the server on s.
func New(s *store.Store, c Config) *Prober {
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Prober{store: s, cfg: c}
}

// Sound reports whether the last check found studios apart. A server that
// found them together must not serve.
func (p *Prober) Sound() bool { return !p.open.Load() }

// Run checks until ctx ends.
func (p *Prober) Run(ctx context.Context) {
	minute, walls := time.NewTicker(AvailabilityEvery), time.NewTicker(IsolationEvery)
	defer minute.Stop()
	defer walls.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-minute.C:
			err = p.Availability(ctx)
		case <-walls.C:
			err = p.Isolation(ctx)
		}
		if err != nil && ctx.Err() == nil {
			p.cfg.Logger.ErrorContext(ctx, "the server's check of itself failed", "error", err)
		}
	}
}

// checkLimit bounds one check.
const checkLimit = 10 * time.Second

// Availability asks the server once and keeps whether it answered.
func (p *Prober) Availability(ctx context.Context) error {
	return p.check(ctx, availability, p.cfg.Ask)
}

// Isolation compares the walls of the database with what they must be, and
// lets two studios of the platform's own try to reach each other.
func (p *Prober) Isolation(ctx context.Context) error {
	return p.check(ctx, isolation, func(ctx context.Context) error {
		err := p.store.CheckWalls(ctx)
		if err == nil {
			err = p.neighbors(ctx)
		}
		if wall := (store.OpenWall{}); err == nil || errors.As(err, &wall) {
			p.open.Store(err != nil) // a database that did not answer says neither
		}
		return err
	})
}

func (p *Prober) check(ctx context.Context, kind string, do func(context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	failed := do(bounded)
	if ctx.Err() != nil {
		return nil // told to stop meanwhile
	}
	if err := p.count(ctx, kind, failed); err != nil {
		return err
	}
	return failed
}

// tally adds an outcome to its day. Several servers check; each period counts
// once, and as failed if any of them failed.
const tally = `INSERT INTO probes AS p (id, created_at, updated_at, kind, day, passed, failed, last_at, failure)
	VALUES ($1, $2, $2, $3, $4, $5, $6, $2, $7)
	ON CONFLICT (kind, day) DO UPDATE SET updated_at = excluded.updated_at, version = p.version + 1,
		passed = p.passed + CASE WHEN p.last_at <= excluded.last_at - make_interval(secs => $8) THEN excluded.passed ELSE 0 END,
		failed = p.failed + excluded.failed,
		last_at = CASE WHEN p.last_at <= excluded.last_at - make_interval(secs => $8) THEN excluded.last_at ELSE p.last_at END,
		failure = CASE WHEN excluded.failed > 0 THEN excluded.failure ELSE p.failure END`

func (p *Prober) count(ctx context.Context, kind string, failed error) error {
	now := p.cfg.Now().UTC().Truncate(time.Microsecond)
	period, passed, why := AvailabilityEvery, 1, ""
	if kind == isolation {
		period = IsolationEvery
	}
	if failed != nil {
		passed, why = 0, failed.Error()[:min(500, len(failed.Error()))]
	}
	across := p.across(ctx)
	_, err := p.store.Run(across).ExecContext(across, tally, uuid.Must(uuid.NewV7()), now, kind, now.Format(time.DateOnly), passed, 1-passed, why,
		(period - period/10).Seconds()) // clocks differ by a little
	return err
}

// across reaches what is no studio's: the counts, and the list of studios.
func (p *Prober) across(ctx context.Context) context.Context {
	return viewer.AcrossTenants(ctx, "keep what the server found out about itself")
}
