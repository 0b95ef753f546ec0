package retention_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/retention"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

type world struct {
	*testkit.Kit
	verbs  *operation.Operations
	purger *retention.Purger
	now    time.Time
	log    strings.Builder
}

func newWorld(t *testing.T, batch int) *world {
	t.Parallel()
	kit := testkit.New(t)
	pool, err := job.Open(t.Context(), kit.SystemURL, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	w := &world{Kit: kit, verbs: operation.New(kit.Store, nil), now: time.Now()}
	w.purger = retention.New(pool, retention.Config{
		Now: func() time.Time { return w.now }, Batch: batch, Logger: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
	return w
}

func (w *world) delete(t *testing.T, s testkit.Studio, entity string, id uuid.UUID) {
	t.Helper()
	_, errs, err := w.verbs.Delete(s.As(t.Context(), viewer.Owner), entity, map[string]any{"id": typeid.Format(catalog.Entities[entity].Prefix, id)})
	if err != nil || len(errs) > 0 {
		t.Fatalf("%s: %v %v", entity, errs, err)
	}
}

func (w *world) purge(t *testing.T) int {
	t.Helper()
	n, err := w.purger.Bins(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *world) rows(t *testing.T, text string, args ...any) string {
	t.Helper()
	var found string
	if err := w.Super(t).QueryRow(text, args...).Scan(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

// What was deleted is gone for good after its days and not before, children
// before parents, one entry in the log for each, and nothing of the neighbor's.
func TestBins(t *testing.T) {
	w := newWorld(t, 2) // so that there are several batches
	ctx := w.A.As(t.Context(), viewer.Owner)
	err := w.InTx(ctx, func(ctx context.Context) error {
		c := w.Client(ctx)
		for i := range 5 {
			student := c.Student.Create().SetHouseholdID(w.A.Household).SetFirstName(fmt.Sprint(i)).SetLastName("Okafor").SetBirthDate(time.Now()).SaveX(ctx)
			c.Note.Create().SetHouseholdID(w.A.Household).SetStudentID(student.ID).SetBody("Shy.").SaveX(ctx)
		}
		return c.ExternalReference.Create().SetEntityType("Household").SetEntityID(w.A.Household).SetSystem("ledger").SetExternalID("1").Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.delete(t, w.A, "Household", w.A.Household)
	w.now = time.Now().Add(catalog.BinDays*24*time.Hour - time.Hour)
	if n := w.purge(t); n != 0 {
		t.Fatalf("%d records are gone an hour too early", n)
	}
	w.now = w.now.Add(2 * time.Hour)
	w.delete(t, w.B, "Household", w.B.Household)
	for _, table := range []string{"households", "guardians", "students"} { // just now
		if _, err := w.Super(t).Exec(`UPDATE `+table+` SET deleted_at = $1 WHERE tenant_id = $2`, w.now, w.B.Tenant); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.purge(t); n != 13 {
		t.Errorf("%d records are gone; want a household, a guardian, six students and five notes", n)
	}
	const left = `SELECT (SELECT count(*) FROM households) || ' ' || (SELECT count(*) FROM students) || ' ' || (SELECT count(*) FROM notes) || ' ' ||
		(SELECT count(*) FROM entity_versions v WHERE v.tenant_id = $1 AND v.entity_type IN ('Household', 'Student', 'Note', 'Guardian')) || ' ' ||
		(SELECT count(*) FROM external_references) || ' ' || (SELECT count(*) FROM audit_entries WHERE action LIKE '%.purged' AND tenant_id = $1 AND actor LIKE 'system:%')`
	if got := w.rows(t, left, w.A.Tenant); got != "1 1 0 0 0 13" {
		t.Errorf("left: %s", got)
	}
	if n := w.purge(t); n != 0 || w.log.Len() > 0 {
		t.Errorf("again: %d, %s", n, w.log.String())
	}
}

// What a record that is kept leads to stays, and the log says so.
func TestBinsKeepWhatIsNeeded(t *testing.T) {
	w := newWorld(t, 0)
	if _, err := w.Super(t).Exec(`UPDATE households SET deleted_at = now() - interval '31 days'`); err != nil {
		t.Fatal(err)
	}
	if n := w.purge(t); n != 0 {
		t.Errorf("%d records are gone that others lead to", n)
	}
	if got := strings.Count(w.log.String(), "deleted records stay"); got != 2 {
		t.Errorf("%d warnings for two studios: %s", got, w.log.String())
	}
}

// Keys and failed sign-ins are forgotten after a day.
func TestKeys(t *testing.T) {
	w := newWorld(t, 3)
	for _, statement := range []string{
		`INSERT INTO visitor_keys (id, created_at, updated_at, digest, session) SELECT gen_random_uuid(), now() - (n * 3 - 1) * interval '1 hour', now(), n::text::bytea, '' FROM generate_series(1, 20) n`,
		`INSERT INTO sign_in_attempts (id, created_at, updated_at, digest, failures, last_at, until) SELECT gen_random_uuid(), now(), now(), n::text::bytea, 1, now() - (n * 3 - 1) * interval '1 hour', now() FROM generate_series(1, 20) n`,
		`INSERT INTO idempotency_keys (id, created_at, updated_at, tenant_id, credential_id, key, response_key) SELECT gen_random_uuid(), now() - (n * 3 - 1) * interval '1 hour', now(), t.id, t.id, n::text, '' FROM generate_series(1, 20) n, tenants t`,
	} {
		if _, err := w.Super(t).Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.purger.Work(t.Context(), &river.Job[job.Purge]{}); err != nil {
		t.Fatal(err)
	}
	if got := w.rows(t, `SELECT (SELECT count(*) FROM visitor_keys) || ' ' || (SELECT count(*) FROM sign_in_attempts) || ' ' || (SELECT count(*) FROM idempotency_keys)`); got != "8 8 16" {
		t.Errorf("left: %s", got)
	}
}
