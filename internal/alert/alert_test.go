package alert_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent"
	entalert "github.com/barrehq/barre/ent/alert"
	"github.com/barrehq/barre/internal/alert"
	"github.com/barrehq/barre/internal/anomaly"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// scene is a desk on a database, with a clock, and a caller that it hears of.
type scene struct {
	*testkit.Kit
	*alert.Desk
	now       time.Time
	person    *viewer.Viewer
	suspended chan string
	observed  map[string]int
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{Kit: testkit.New(t), now: time.Now().UTC().Truncate(time.Second), suspended: make(chan string, 10), observed: map[string]int{}}
	s.person = &viewer.Viewer{TenantID: s.A.Tenant, Role: viewer.Admin, UserID: uuid.New(), CredentialID: uuid.New()}
	s.Desk = alert.New(s.Store, alert.Config{
		Now: func() time.Time { return s.now }, Logger: slog.New(slog.DiscardHandler),
		Suspend: func(_ context.Context, _ *viewer.Viewer, reason string) error { s.suspended <- reason; return nil },
		Observe: func(kind, response string) { s.observed[kind+" "+response]++ },
	})
	return s
}

// TestRaise tells the operator of an alarm, escalates one that lasts, and begins
// anew with one that had ended.
func TestRaise(t *testing.T) {
	s := newScene(t)
	for _, step := range []struct {
		after             time.Duration
		raised, escalated int
	}{{0, 1, 0}, {15 * time.Minute, 2, 0}, {15 * time.Minute, 2, 1}, {24 * time.Hour, 2, 2}, {26 * time.Hour, 3, 2}} {
		s.now = s.now.Add(step.after)
		s.Raise(t.Context(), "BACKUP_MISSED", "no backup has succeeded")
		if raised, escalated := s.observed["BACKUP_MISSED RAISED"], s.observed["BACKUP_MISSED ESCALATED"]; raised != step.raised || escalated != step.escalated {
			t.Errorf("%s later: raised %d and escalated %d times; want %d and %d", step.after, raised, escalated, step.raised, step.escalated)
		}
	}
	s.Raise(t.Context(), "DRILL_FAILED", "a drill failed")
	if s.observed["DRILL_FAILED RAISED"] != 1 {
		t.Error("another alarm is taken for the first")
	}
}

func (s *scene) notice(response anomaly.Response) anomaly.Notice {
	return anomaly.Notice{Viewer: s.person, Kind: anomaly.Probing, Response: response, Measured: 700, Threshold: 600, Window: time.Minute, At: s.now}
}

// written runs the desk until there are n alerts.
func (s *scene) written(t *testing.T, n int) []*ent.Alert {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.Desk.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	owner := s.A.As(t.Context(), viewer.Owner)
	limit, tick := time.NewTimer(time.Minute), time.NewTicker(5*time.Millisecond)
	defer limit.Stop()
	defer tick.Stop()
	for {
		found := s.Client(owner).Alert.Query().Order(ent.Asc(entalert.FieldID)).AllX(owner)
		if len(found) == n {
			return found
		}
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("%d alerts; want %d", len(found), n)
		}
	}
}

// Each step is an alert of the studio alone, and an event in its feed; the last
// one ends the session.
func TestEachStepIsAnAlert(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.Tell(s.notice(anomaly.Slow))
	s.Tell(s.notice(anomaly.Suspend))
	found := s.written(t, 2)
	if a := found[1]; a.Response != entalert.ResponseSUSPENDED || a.Kind != entalert.KindPROBING || a.Measured != 700 || a.Threshold != 600 ||
		a.WindowSeconds != 60 || a.Actor != s.person.Actor() || a.Status != entalert.StatusOPEN || a.APIKeyID != nil || a.Message == "" {
		t.Errorf("%+v", a)
	}
	select {
	case reason := <-s.suspended:
		if reason != found[1].Message {
			t.Errorf("suspended because of %q", reason)
		}
	default:
		t.Error("nothing was suspended")
	}
	if len(s.suspended) != 0 {
		t.Error("suspended for the first step")
	}
	neighbor := s.B.As(t.Context(), viewer.Owner)
	if n := s.Client(neighbor).Alert.Query().CountX(neighbor); n != 0 {
		t.Errorf("the neighbor sees %d alerts", n)
	}
	var events int
	if err := s.Super(t).QueryRow(`SELECT count(*) FROM events WHERE tenant_id = $1 AND type = 'alert.created'`, s.A.Tenant).Scan(&events); err != nil || events != 2 {
		t.Errorf("%d events, %v", events, err)
	}
	if s.observed["PROBING SLOWED"] != 1 || s.observed["PROBING SUSPENDED"] != 1 {
		t.Errorf("observed %v", s.observed)
	}
}

// What nobody acknowledges within half an hour is escalated once.
func TestAcknowledgeAndEscalate(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	pool, err := job.Open(t.Context(), s.SystemURL, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s.Tell(s.notice(anomaly.Slow))
	s.Tell(s.notice(anomaly.Throttle))
	found := s.written(t, 2)
	owner := s.A.As(t.Context(), viewer.Owner)
	if _, err := s.Acknowledge(s.B.As(t.Context(), viewer.Owner), found[0].ID, ""); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor acknowledged it: %v", err)
	}
	if _, err := s.Acknowledge(s.A.As(t.Context(), viewer.FrontDesk), found[0].ID, ""); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("the front desk acknowledged it: %v", err)
	}
	seen, err := s.Acknowledge(owner, found[0].ID, " Our new sync. ")
	if err != nil || seen.Status != entalert.StatusACKNOWLEDGED || seen.Remark != "Our new sync." || seen.AcknowledgedAt == nil || seen.AcknowledgedBy == "" {
		t.Fatalf("%+v, %v", seen, err)
	}
	escalate := func() {
		t.Helper()
		if err := alert.NewEscalator(pool, s.Desk).Work(t.Context(), &river.Job[job.Escalate]{}); err != nil {
			t.Fatal(err)
		}
	}
	status := func(want entalert.Status) {
		t.Helper()
		if a := s.Client(owner).Alert.GetX(owner, found[1].ID); a.Status != want || (a.EscalatedAt != nil) != (want == entalert.StatusESCALATED) {
			t.Errorf("%s since %v; want %s", a.Status, a.EscalatedAt, want)
		}
	}
	s.now = s.now.Add(29 * time.Minute)
	escalate()
	status(entalert.StatusOPEN)
	s.now = s.now.Add(time.Minute)
	escalate()
	escalate()
	status(entalert.StatusESCALATED)
	if s.observed["PROBING ESCALATED"] != 1 {
		t.Errorf("observed %v", s.observed)
	}
	var types int
	if err := s.Super(t).QueryRow(`SELECT count(*) FROM events WHERE tenant_id = $1 AND type IN ('alert.acknowledged', 'alert.escalated')`, s.A.Tenant).Scan(&types); err != nil || types != 2 {
		t.Errorf("%d events, %v", types, err)
	}
}

// Stopping a caller ends what its requests have running in Postgres.
func TestRunningStatementsAreCanceled(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	d := anomaly.New(anomaly.Config{})
	v := &viewer.Viewer{TenantID: kit.A.Tenant, Role: viewer.Key, CredentialID: uuid.New(), Scopes: []string{"*"}}
	ctx, _, leave, err := d.Enter(viewer.With(t.Context(), v), v, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	super := kit.Super(t)
	running := func() (n int) {
		if err := super.QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(4)%' AND pid <> pg_backend_pid()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ended := make(chan error, 1)
	go func() {
		rows, err := kit.Run(ctx).QueryContext(ctx, "SELECT pg_sleep(4)")
		if err == nil {
			err = rows.Close()
		}
		ended <- err
	}()
	eventually(t, "the statement runs", func() bool { return running() == 1 })
	for range 18 {
		d.Note(v, "192.0.2.1", anomaly.Seen{Took: 10 * time.Second})
	}
	if err := <-ended; err == nil {
		t.Error("the statement came to its end")
	}
	if fault.CodeOf(context.Cause(ctx)) != fault.Throttled {
		t.Errorf("stopped because of %v", context.Cause(ctx))
	}
	eventually(t, "Postgres has stopped it", func() bool { return running() == 0 })
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	limit, tick := time.NewTimer(time.Minute), time.NewTicker(5*time.Millisecond)
	defer limit.Stop()
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("it did not happen: %s", what)
		}
	}
}

// unreachable is a database that is away for the first attempts.
type unreachable struct {
	fails int
	tried chan struct{}
}

func (u *unreachable) Client(context.Context) *ent.Client { return nil }

func (u *unreachable) InTx(context.Context, func(context.Context) error) error {
	u.tried <- struct{}{}
	if u.fails--; u.fails >= 0 {
		return errors.New("away")
	}
	return nil
}

// An alert waits for the database rather than being lost.
func TestAlertsWaitForTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := &unreachable{fails: 2, tried: make(chan struct{}, 10)}
		d := alert.New(db, alert.Config{Logger: slog.New(slog.DiscardHandler)})
		d.Tell(anomaly.Notice{Viewer: &viewer.Viewer{TenantID: uuid.New()}, Kind: anomaly.Errors, Response: anomaly.Slow})
		ctx, stop := context.WithCancel(t.Context())
		go d.Run(ctx)
		time.Sleep(10 * time.Second) // of the fake clock
		if n := len(db.tried); n != 3 {
			t.Errorf("tried %d times; want 3", n)
		}
		stop()
		synctest.Wait()
	})
}
