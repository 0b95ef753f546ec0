package breach_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/breach"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestBreach plays an incident through: a key of one studio leaks and is used.
// Who is concerned follows from the audit log and from what the key could read;
// that studio is told, once, and confirms it, and its neighbor hears nothing.
func TestBreach(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	pool, err := job.Open(t.Context(), kit.SystemURL, 2)
	must(t, err)
	t.Cleanup(pool.Close)
	began := time.Now().Add(-time.Hour).UTC()
	now := time.Now().UTC()
	office := breach.NewOffice(pool, func() time.Time { return now })
	owner := kit.A.As(t.Context(), viewer.Owner)

	var key *ent.APIKey
	must(t, kit.InTx(owner, func(ctx context.Context) error {
		key, err = kit.Client(ctx).APIKey.Create().SetName("Sync").SetKind("SECRET").SetPrefix("x").SetLast4("1234").SetScopes([]string{"student:write"}).
			SetTrustedDocuments([]string{}).SetTokenHash([]byte("1")).Save(ctx)
		return err
	}))
	thief := viewer.With(t.Context(), &viewer.Viewer{TenantID: kit.A.Tenant, Role: viewer.Key, Scopes: key.Scopes, CredentialID: key.ID})
	must(t, kit.InTx(thief, func(ctx context.Context) error {
		return kit.Client(ctx).Student.UpdateOneID(kit.A.Student).SetFirstName("Eve").Exec(ctx)
	}))

	now = time.Now().UTC().Truncate(time.Microsecond)
	b := &breach.Breach{Title: "A leaked key", Actors: []string{"key:" + key.ID.String()}, Began: began, Detected: now}
	for _, wrong := range []breach.Breach{{}, {Title: "x"}, {Title: "x", Actors: []string{"somebody"}}, {Title: "x", Actors: b.Actors, Began: now, Detected: began}} {
		if err := office.Open(t.Context(), &wrong); err == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
	must(t, office.Open(t.Context(), b))
	if left := b.Left(now); left != breach.Clock {
		t.Errorf("%s are left", left)
	}
	affected, err := office.Assess(t.Context(), b)
	must(t, err)
	if len(affected) != 1 || affected[0].Tenant != kit.A.Tenant || affected[0].Slug != "north-star" {
		t.Fatalf("affected: %+v", affected)
	}
	a := affected[0]
	if want := typeid.Format("student", kit.A.Student); len(a.Touched) != 1 || len(a.Touched["Student"]) != 1 || a.Touched["Student"][0] != want {
		t.Errorf("touched: %v; want %s", a.Touched, want)
	}
	if len(a.Readable) != 1 || a.Readable["Student"] != 1 {
		t.Errorf("readable with the scope student alone: %v", a.Readable)
	}
	text, err := breach.Draft(b, a)
	must(t, err)
	for _, part := range []string{"A leaked key", "Student: 1", "it is not over", "72 hours"} {
		if !strings.Contains(text, part) {
			t.Errorf("the draft lacks %q:\n%s", part, text)
		}
	}

	var log strings.Builder
	clocks := breach.NewClocks(pool, func() time.Time { return now.Add(50 * time.Hour) }, slog.New(slog.NewTextHandler(&log, nil)))
	must(t, clocks.Work(t.Context(), &river.Job[job.Time]{}))
	if !strings.Contains(log.String(), "left=22h") {
		t.Errorf("with 22 hours left the log says: %s", log.String())
	}
	if err := office.Close(t.Context(), b.ID); err == nil {
		t.Error("it is closed although nobody was told")
	}
	for _, want := range []int{1, 0} {
		if told, err := office.Notify(t.Context(), kit.Store, b); err != nil || told != want {
			t.Errorf("%d studios are told, %v; want %d", told, err, want)
		}
	}
	notice, err := kit.Client(owner).BreachNotice.Query().Only(owner)
	must(t, err)
	neighbor := kit.B.As(t.Context(), viewer.Owner)
	if n := kit.Client(neighbor).BreachNotice.Query().CountX(neighbor); n != 0 {
		t.Error("the neighbor is told as well")
	}
	if _, err := breach.Acknowledge(neighbor, kit.Store, notice.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor confirms it: %v", err)
	}
	if _, err := breach.Acknowledge(kit.A.As(t.Context(), viewer.Teacher), kit.Store, notice.ID); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("a teacher confirms it: %v", err)
	}
	for range 2 {
		notice, err = breach.Acknowledge(owner, kit.Store, notice.ID)
		must(t, err)
	}
	var steps []map[string]any
	must(t, json.Unmarshal(notice.Log, &steps))
	if len(steps) != 2 || notice.AcknowledgedAt == nil || notice.AcknowledgedBy != viewer.From(owner).Actor() {
		t.Errorf("the notice's log: %s", notice.Log)
	}
	must(t, office.Close(t.Context(), b.ID))
	list, err := office.List(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].Status != "CLOSED" {
		t.Errorf("breaches: %+v", list)
	}
	if _, err := office.Find(t.Context(), uuid.New()); err == nil {
		t.Error("a breach that never was is found")
	}
}
