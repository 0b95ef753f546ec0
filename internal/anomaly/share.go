package anomaly

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Shared is where the processes of a deployment add up what each has counted.
type Shared interface {
	// Add adds parts to their sums, and returns the sums and those of the spans
	// before. What is a few spans old is forgotten.
	Add(ctx context.Context, parts []Part) (sums, before []int64, err error)
	// Forgive removes the sums of parts, and leaves word that their callers were
	// forgiven.
	Forgive(ctx context.Context, at time.Time, parts []Part) error
	// Forgiven returns when callers were last forgiven; zero for not of late.
	Forgiven(ctx context.Context, callers []uuid.UUID) ([]time.Time, error)
}

// Part is what one process has counted of a caller, by one rule within one span.
type Part struct {
	Caller uuid.UUID
	Rule   int
	Began  time.Time // of the span
	Span   time.Duration
	N      int64
}

// exchanging is how often processes tell each other what they have counted.
const exchanging = time.Second

// Run tells other processes what this one counts, and hears what they do, until
// ctx ends. While they cannot be reached, this process counts alone.
func (d *Detector) Run(ctx context.Context) {
	if d.cfg.Shared == nil {
		return
	}
	ticks := time.NewTicker(exchanging)
	defer ticks.Stop()
	alone := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		err := d.Exchange(ctx)
		if err != nil && !alone && ctx.Err() == nil {
			d.cfg.Logger.WarnContext(ctx, "unusual behavior is counted by each process alone", "error", err)
		}
		alone = err != nil
	}
}

// Exchange does once what Run does.
func (d *Detector) Exchange(ctx context.Context) error {
	err := errors.Join(d.passOn(ctx), d.hear(ctx))
	parts := d.unsent() // also where nobody can be told, who would be told too late
	if err != nil || len(parts) == 0 {
		return err
	}
	sums, before, err := d.cfg.Shared.Add(ctx, parts)
	if err != nil {
		return err // what may have been added is not added twice
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, p := range parts {
		c, known := d.all.Peek(p.Caller)
		if !known || !c.counts[p.Rule].began.Equal(p.Began) {
			continue
		}
		w := &c.counts[p.Rule]
		w.others, w.othersBefore = max(0, sums[i]-w.sent), max(0, before[i]-w.before)
	}
	return nil
}

// unsent is what others do not know of yet.
func (d *Detector) unsent() (parts []Part) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.cfg.Now()
	for id := range d.active {
		c, known := d.all.Peek(id)
		if !known {
			continue
		}
		for i := range d.cfg.Rules {
			w, span := &c.counts[i], d.cfg.Rules[i].Window
			if w.move(now, span); w.now > w.sent {
				parts = append(parts, Part{id, i, w.began, span, w.now - w.sent})
				w.sent = w.now
			}
		}
	}
	clear(d.active)
	return parts
}

// passOn tells others whom this process was asked to forgive.
func (d *Detector) passOn(ctx context.Context) error {
	d.mu.Lock()
	now := d.cfg.Now()
	var parts []Part
	for id := range d.forgiven {
		for i := range d.cfg.Rules {
			span := d.cfg.Rules[i].Window
			parts = append(parts, Part{Caller: id, Rule: i, Began: now.Truncate(span), Span: span})
		}
	}
	d.mu.Unlock()
	if len(parts) == 0 {
		return nil
	}
	if err := d.cfg.Shared.Forgive(ctx, now, parts); err != nil {
		return err // and is told again
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range parts {
		delete(d.forgiven, p.Caller)
	}
	return nil
}

// hear forgives whom another process was asked to forgive.
func (d *Detector) hear(ctx context.Context) error {
	d.mu.Lock()
	var callers []uuid.UUID
	for id := range d.suspended {
		callers = append(callers, id)
	}
	d.mu.Unlock()
	if len(callers) == 0 {
		return nil
	}
	forgiven, err := d.cfg.Shared.Forgiven(ctx, callers)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, id := range callers {
		if since, still := d.suspended[id]; still && forgiven[i].After(since) {
			d.forget(id)
		}
	}
	return nil
}
