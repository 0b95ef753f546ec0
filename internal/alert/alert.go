// Package alert tells a studio what was unusual and what was done about it,
// suspends what has to stop, and sees to it that an alert which nobody
// acknowledges is not forgotten.
package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	entalert "github.com/barrehq/barre/ent/alert"
	"github.com/barrehq/barre/internal/anomaly"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Database is what a Desk needs of the store.
type Database interface {
	Client(context.Context) *ent.Client
	InTx(context.Context, func(context.Context) error) error
}

// waiting is how many notices may wait to be written down.
const waiting = 1000

// Config of a Desk. The zero value suspends nothing and is otherwise right for
// production.
type Config struct {
	// Suspend ends a key or a session; nil ends none.
	Suspend func(ctx context.Context, v *viewer.Viewer, reason string) error
	// Patience is how long an alert may stay open; 30 minutes when zero.
	Patience time.Duration
	// Observe is told of each alert, of each alarm as RAISED, and of each
	// escalation as ESCALATED; may be nil.
	Observe func(kind, response string)
	Retry   time.Duration    // between two attempts to write; 1 s when zero
	Now     func() time.Time // time.Now when nil
	Logger  *slog.Logger
}

// Desk writes alerts down and carries out the verbs on them.
type Desk struct {
	db      Database
	cfg     Config
	notices chan anomaly.Notice

	mu     sync.Mutex
	raised map[string]*streak // alarms of the operator's, by code
}

// New returns a Desk on db.
func New(db Database, c Config) *Desk {
	c.Patience = cmp.Or(c.Patience, 30*time.Minute)
	c.Retry = cmp.Or(c.Retry, time.Second)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Observe == nil {
		c.Observe = func(string, string) {}
	}
	return &Desk{db: db, cfg: c, notices: make(chan anomaly.Notice, waiting), raised: map[string]*streak{}}
}

// Tell keeps a notice until Run writes it down. It never waits: where too many
// wait, the log alone hears of it.
func (d *Desk) Tell(n anomaly.Notice) {
	d.cfg.Observe(string(n.Kind), n.Response.String())
	d.cfg.Logger.Warn("a caller behaves unusually", "tenant", n.Viewer.TenantID, "actor", n.Viewer.Actor(), "kind", string(n.Kind),
		"response", n.Response.String(), "measured", n.Measured, "threshold", n.Threshold)
	select {
	case d.notices <- n:
	default:
		d.cfg.Logger.Error("an alert was lost: too many wait to be written down")
	}
}

// streak is an alarm that is raised again and again.
type streak struct{ since, last time.Time }

// over is how long after it was last raised an alarm has ended: whoever raises
// one does so at least once a day for as long as it lasts.
const over = 25 * time.Hour

// Raise tells the operator of something that concerns no one studio, such as a
// backup that failed. An alarm that is still raised after Patience is escalated.
func (d *Desk) Raise(ctx context.Context, code, text string) {
	now := d.cfg.Now()
	d.mu.Lock()
	s := d.raised[code]
	if s == nil || now.Sub(s.last) > over {
		s = &streak{since: now}
		d.raised[code] = s
	}
	s.last = now
	d.mu.Unlock()
	response := "RAISED"
	if now.Sub(s.since) >= d.cfg.Patience {
		response = string(entalert.StatusESCALATED)
	}
	d.cfg.Observe(code, response)
	d.cfg.Logger.ErrorContext(ctx, "an alarm of the operator's", "alarm", code, "response", response, "text", text)
}

// Run writes down what is told until ctx ends. What cannot be written is tried
// again.
func (d *Desk) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-d.notices:
			d.insist(ctx, n)
		}
	}
}

// attempts is how often writing an alert down is tried: a database that is away
// comes back, but one alert must not hold up all others for ever.
const attempts = 300

func (d *Desk) insist(ctx context.Context, n anomaly.Notice) {
	for range attempts {
		err := d.write(ctx, n)
		if err == nil {
			return
		}
		d.cfg.Logger.ErrorContext(ctx, "an alert waits to be written down", "error", err)
		timer := time.NewTimer(d.cfg.Retry)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
	d.cfg.Logger.ErrorContext(ctx, "an alert was lost: it could not be written down", "tenant", n.Viewer.TenantID, "kind", string(n.Kind))
}

// write suspends first: an alert that says so must be true.
func (d *Desk) write(ctx context.Context, n anomaly.Notice) error {
	text := message(n)
	if n.Response == anomaly.Suspend && d.cfg.Suspend != nil {
		if err := d.cfg.Suspend(ctx, n.Viewer, text); err != nil {
			return fmt.Errorf("alert: suspend: %w", err)
		}
	}
	inside := viewer.ForTenant(ctx, n.Viewer.TenantID, "unusual behavior")
	return d.db.InTx(inside, func(ctx context.Context) error {
		made := d.db.Client(ctx).Alert.Create().SetKind(entalert.Kind(n.Kind)).SetResponse(entalert.Response(n.Response.String())).
			SetActor(n.Viewer.Actor()).SetMeasured(n.Measured).SetThreshold(n.Threshold).SetWindowSeconds(int(n.Window.Seconds())).
			SetMessage(text).SetOccurredAt(n.At.UTC().Truncate(time.Microsecond))
		if v := n.Viewer; v.UserID == uuid.Nil && v.InstallationID == uuid.Nil && v.StaffAccessID == uuid.Nil {
			made.SetAPIKeyID(n.Viewer.CredentialID)
		}
		return made.Exec(ctx)
	})
}

// about says of each kind what was counted.
var about = map[anomaly.Kind]string{
	anomaly.Errors:   "%d requests failed or were refused",
	anomaly.Probing:  "%d times something was asked for that is not there or not allowed",
	anomaly.Cost:     "the operations cost %d points",
	anomaly.Volume:   "%d records were read",
	anomaly.Slowness: "the operations took %d milliseconds",
}

// message says what happened and what to do.
func message(n anomaly.Notice) string {
	what := fmt.Sprintf(about[n.Kind], n.Measured)
	done := map[anomaly.Response]string{
		anomaly.Slow:     "Its requests are slowed down.",
		anomaly.Throttle: "One of its requests a second is let in.",
		anomaly.Cancel:   "Its running requests were stopped, and none is let in for a minute.",
		anomaly.Suspend:  "It no longer works: a key until an OWNER or ADMIN reinstates it, a person until the next sign-in.",
	}[n.Response]
	return fmt.Sprintf("Within %s %s by one credential, where %d are the threshold. %s If you do not know why, revoke it.", n.Window, what, n.Threshold, done)
}

// maxRemark bounds what may be said about an alert.
const maxRemark = 1000

// Acknowledge says that somebody has seen an alert and takes care of it. OWNER
// and ADMIN may call it. What is acknowledged already stays as it is.
func (d *Desk) Acknowledge(ctx context.Context, id uuid.UUID, remark string) (*ent.Alert, error) {
	if remark = strings.TrimSpace(remark); len(remark) > maxRemark {
		return nil, fault.User(fault.Invalid, []string{"input", "remark"}, "A remark has at most %d characters.", maxRemark)
	}
	var seen *ent.Alert
	err := d.db.InTx(ctx, func(ctx context.Context) (err error) {
		client := d.db.Client(ctx).Alert
		if seen, err = client.Get(ctx, id); err != nil || seen.Status == entalert.StatusACKNOWLEDGED {
			return err
		}
		seen, err = client.UpdateOneID(id).SetStatus(entalert.StatusACKNOWLEDGED).SetRemark(remark).
			SetAcknowledgedAt(d.cfg.Now().UTC().Truncate(time.Microsecond)).SetAcknowledgedBy(viewer.From(ctx).Actor()).Save(ctx)
		return err
	})
	if ent.IsNotFound(err) {
		err = fault.User(fault.NotFound, []string{"input", "id"}, "There is no such alert.")
	}
	if err != nil {
		return nil, err
	}
	return seen, nil
}

// escalate marks an alert that nobody has acknowledged in time, as a change
// that the studio sees in its feed.
func (d *Desk) escalate(ctx context.Context, tenant, id uuid.UUID) error {
	ctx = viewer.ForTenant(ctx, tenant, "nobody acknowledged an alert")
	var raised *ent.Alert
	err := d.db.InTx(ctx, func(ctx context.Context) (err error) {
		raised, err = d.db.Client(ctx).Alert.UpdateOneID(id).Where(entalert.StatusEQ(entalert.StatusOPEN)).
			SetStatus(entalert.StatusESCALATED).SetEscalatedAt(d.cfg.Now().UTC().Truncate(time.Microsecond)).Save(ctx)
		return err
	})
	switch {
	case ent.IsNotFound(err):
		return nil // somebody has acknowledged it meanwhile
	case err != nil:
		return errors.Join(errEscalate, err)
	}
	d.cfg.Observe(string(raised.Kind), string(entalert.StatusESCALATED))
	d.cfg.Logger.ErrorContext(ctx, "an alert was not acknowledged in time", "tenant", tenant, "alert", id, "kind", string(raised.Kind), "response", string(raised.Response))
	return nil
}

var errEscalate = errors.New("alert: escalate")
