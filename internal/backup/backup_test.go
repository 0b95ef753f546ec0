package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/cluster"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// site is a database cluster of its own with two studios, and a keeper.
type site struct {
	*testkit.Kit
	keeper *backup.Keeper
	folder string // of the vault
	config backup.Config
	pool   *pgxpool.Pool
	heard  alarms
}

type alarms struct {
	sync.Mutex
	codes []string
}

func (a *alarms) hear(_ context.Context, alarm backup.Alarm) {
	a.Lock()
	defer a.Unlock()
	a.codes = append(a.codes, alarm.Code)
}

func open(t *testing.T) *site {
	t.Helper()
	place := cluster.Config{Dir: t.TempDir(), Archive: true, Logger: slog.New(slog.DiscardHandler)}
	server, err := cluster.Start(t.Context(), place)
	must(t, err)
	t.Cleanup(func() {
		must(t, server.Close(context.Background()))
		must(t, cluster.Reset(context.Background(), place.Dir))
	})
	t.Setenv("BARRE_TEST_DATABASE_URL", server.URL("postgres", "", ""))
	s := &site{Kit: testkit.New(t), folder: t.TempDir()}
	s.pool, err = pgxpool.New(t.Context(), s.SystemURL)
	must(t, err)
	t.Cleanup(s.pool.Close)
	vault, err := openFolder(s.folder, nil)
	must(t, err)
	t.Cleanup(func() { vault.Close() })
	keys, err := sealed.Generate()
	must(t, err)
	s.config = backup.Config{
		URL: s.SuperURL, Pool: s.pool, Vault: vault, Keys: keys, Log: server.Log(),
		Environment: "development", Alarm: s.heard.hear, Logger: slog.New(slog.DiscardHandler),
	}
	s.keeper = backup.New(s.config)
	return s
}

// tag makes a tag of the first studio and returns a moment after it.
func (s *site) tag(t *testing.T, studio testkit.Studio, name string) (at time.Time) {
	t.Helper()
	owner := studio.As(t.Context(), viewer.Owner)
	must(t, s.InTx(owner, func(ctx context.Context) error { return s.Client(ctx).Tag.Create().SetName(name).Exec(ctx) }))
	must(t, s.pool.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&at))
	return at
}

func tags(t *testing.T, ask interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
}, studio testkit.Studio) string {
	t.Helper()
	rows, err := ask.Query(t.Context(), `SELECT name FROM tags WHERE tenant_id = $1 ORDER BY name`, studio.Tenant)
	must(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return strings.Join(names, ", ")
}

// TestWholeWay takes a backup of a real cluster, lets things happen, and brings
// back the moment before, the moment now, and one studio alone.
func TestWholeWay(t *testing.T) {
	s := open(t)
	s.tag(t, s.A, "before the base")
	key := `INSERT INTO data_keys (id, created_at, updated_at, version, tenant_id, class, number, status, wrapped, progress) VALUES (gen_random_uuid(), now(), now(), 1, $1, 'SENSITIVE', $2, 'ACTIVE', 'wrapped', 'moved')`
	_, err := s.pool.Exec(t.Context(), key, s.A.Tenant, 1)
	must(t, err)
	taken, err := s.keeper.Take(t.Context())
	must(t, err)
	wanted := s.tag(t, s.A, "after the base")
	s.tag(t, s.A, "too late")
	s.tag(t, s.B, "the neighbor's")

	t.Run("drill", func(t *testing.T) {
		d, err := s.keeper.Drill(t.Context())
		must(t, err)
		if d.Tenants != 2 || d.Rows == 0 || d.Took <= 0 || len(d.Differences) > 0 {
			t.Errorf("the drill brought back %+v", d)
		}
		t.Logf("%d rows of %d studios; %s would have been lost, it took %s", d.Rows, d.Tenants, d.Lost.Round(time.Millisecond), d.Took.Round(time.Millisecond))
		var status string
		var lost, took *int64
		must(t, s.pool.QueryRow(t.Context(), `SELECT status, lost_ms, took_ms FROM backup_runs WHERE kind = 'DRILL'`).Scan(&status, &lost, &took))
		if status != "DONE" || lost == nil || took == nil || *took == 0 {
			t.Errorf("the drill is written down as %s, %v, %v", status, lost, took)
		}
	})
	t.Run("nothing readable", func(t *testing.T) {
		files := 0
		must(t, filepath.WalkDir(s.folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			files++
			content, err := os.ReadFile(path)
			for _, canary := range []string{"Okafor", "before the base", "PG_VERSION"} {
				if bytes.Contains(content, []byte(canary)) {
					t.Errorf("%s can be read in %s", canary, path)
				}
			}
			return err
		}))
		if files < 4 {
			t.Errorf("the vault has %d files", files)
		}
	})
	t.Run("point in time", func(t *testing.T) {
		gone := backup.Erased{Erasure: uuid.New(), Tenant: s.A.Tenant, Type: "Student", ID: s.A.Student, At: time.Now()}
		for range 2 {
			must(t, s.keeper.Remember(t.Context(), gone))
		}
		place := cluster.Config{Dir: t.TempDir(), Logger: s.config.Logger}
		_, err := s.keeper.Restore(t.Context(), place, backup.Target{Until: wanted})
		must(t, err)
		server, err := cluster.Start(t.Context(), place)
		must(t, err)
		defer func() {
			must(t, server.Close(context.Background()))
			must(t, cluster.Reset(context.Background(), place.Dir))
		}()
		conn, err := pgx.Connect(t.Context(), server.URL(taken.Database, "", ""))
		must(t, err)
		defer conn.Close(context.Background())
		if got := tags(t, conn, s.A); got != "after the base, before the base" {
			t.Errorf("brought back: %s", got)
		}
		var again int
		must(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM erasures WHERE id = $1 AND subject_id = $2 AND status = 'PENDING'`, gone.Erasure, gone.ID).Scan(&again))
		if again != 1 {
			t.Error("who was erased since came back")
		}
	})
	t.Run("one studio", func(t *testing.T) {
		owner := s.A.As(t.Context(), viewer.Owner)
		// Who may sign in is not for an old backup to say.
		must(t, s.InTx(viewer.ForTenant(t.Context(), s.A.Tenant, "test"), func(ctx context.Context) error {
			return s.Client(ctx).Membership.Create().SetEmail("ada@example.com").SetRole("GUARDIAN").SetHouseholdID(s.A.Household).Exec(ctx)
		}))
		_, err := s.pool.Exec(t.Context(), `INSERT INTO tenant_counters (id, created_at, updated_at, tenant_id, kind, last) SELECT gen_random_uuid(), now(), now(), id, 'EVENT', 7 FROM tenants`)
		must(t, err)
		must(t, s.InTx(owner, func(ctx context.Context) error {
			return s.Client(ctx).Student.UpdateOneID(s.A.Student).SetFirstName("Overwritten").Exec(ctx)
		}))
		// The key has been rotated, and the old one destroyed.
		_, err = s.pool.Exec(t.Context(), `UPDATE data_keys SET status = 'DESTROYED', wrapped = NULL, destroyed_at = now() WHERE tenant_id = $1`, s.A.Tenant)
		must(t, err)
		_, err = s.pool.Exec(t.Context(), key, s.A.Tenant, 2)
		must(t, err)
		migrate := func(ctx context.Context, url string) error { _, err := store.Migrate(ctx, url); return err }
		done, err := s.keeper.RestoreTenant(t.Context(), "north-star", backup.Target{Until: wanted}, migrate)
		must(t, err)
		if done.Tenant != s.A.Tenant || done.Rows == 0 || done.Removed < done.Rows {
			t.Errorf("brought back %+v", done)
		}
		student, err := s.Client(owner).Student.Get(owner, s.A.Student)
		must(t, err)
		if got, other := tags(t, s.pool, s.A), tags(t, s.pool, s.B); student.FirstName != "Emma" || got != "after the base, before the base" || other != "the neighbor's" {
			t.Errorf("%s, with the tags %q; the neighbor has %q", student.FirstName, got, other)
		}
		var members, begunAnew int
		must(t, s.pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM memberships WHERE household_id = $1), (SELECT count(*) FROM tenant_counters WHERE epoch > 1)`, s.A.Household).Scan(&members, &begunAnew))
		if members != 1 || begunAnew != 1 {
			t.Errorf("%d memberships lead to the family and %d feeds begin anew; want 1 and 1", members, begunAnew)
		}
		var keys string
		must(t, s.pool.QueryRow(t.Context(), `SELECT string_agg(number || status || coalesce(encode(wrapped, 'escape'), '') || progress, ' ' ORDER BY number) FROM data_keys WHERE tenant_id = $1`, s.A.Tenant).Scan(&keys))
		if keys != "1RETIRINGwrappedmoved 2ACTIVEwrapped" {
			t.Errorf("the keys are %s", keys)
		}
		// It goes on where it was: the next change is one version further.
		must(t, s.InTx(owner, func(ctx context.Context) error {
			return s.Client(ctx).Student.UpdateOneID(s.A.Student).SetFirstName("Emily").Exec(ctx)
		}))
		if _, err := s.keeper.RestoreTenant(t.Context(), "nobody", backup.Target{}, migrate); err == nil {
			t.Error("a studio that does not exist was brought back")
		}
	})
	t.Run("dump", func(t *testing.T) {
		_, err := s.Super(t).Exec(`CREATE ROLE dumper LOGIN PASSWORD 'for-tests-only' BYPASSRLS; GRANT pg_read_all_data TO dumper; GRANT CONNECT ON DATABASE ` + taken.Database + ` TO dumper`)
		must(t, err)
		u, err := url.Parse(s.SuperURL)
		must(t, err)
		u.User = url.UserPassword("dumper", "for-tests-only")
		config := s.config
		config.URL, config.Log = u.String(), ""
		m, err := backup.New(config).Take(t.Context())
		must(t, err)
		var dump bytes.Buffer
		if _, err := s.keeper.Fetch(t.Context(), m.Name, &dump); err != nil || m.Kind != backup.Dump || !bytes.HasPrefix(dump.Bytes(), []byte("PGDMP")) || !bytes.Contains(dump.Bytes(), []byte("Okafor")) {
			t.Errorf("without replication: %s of %d bytes, %v", m.Kind, dump.Len(), err)
		}
		if _, err := s.keeper.Restore(t.Context(), cluster.Config{Dir: t.TempDir(), Logger: s.config.Logger}, backup.Target{Name: m.Name}); err == nil {
			t.Error("a dump was brought back as a base")
		}
	})
	t.Run("changed file", func(t *testing.T) {
		path := filepath.Join(s.folder, taken.Name, "base.tar")
		content, err := os.ReadFile(path)
		must(t, err)
		content[len(content)/2] ^= 1
		must(t, os.Chmod(path, 0o600))
		must(t, os.WriteFile(path, content, 0o600))
		if _, err := s.keeper.Restore(t.Context(), cluster.Config{Dir: t.TempDir(), Logger: s.config.Logger}, backup.Target{Name: taken.Name}); err == nil {
			t.Error("a changed backup was brought back")
		}
	})
	t.Run("other environment", func(t *testing.T) {
		other := s.config
		other.Environment = "production"
		if _, err := backup.New(other).Restore(t.Context(), cluster.Config{Dir: t.TempDir(), Logger: s.config.Logger}, backup.Target{Name: taken.Name}); err == nil {
			t.Error("a backup of development was brought back in production")
		}
	})
	t.Run("missed", func(t *testing.T) {
		must(t, s.keeper.Due(t.Context())) // the last is fresh
		later := s.config
		later.URL = "postgres://nobody@127.0.0.1:1/nothing?sslmode=disable"
		later.Now = func() time.Time { return time.Now().Add(27 * time.Hour) }
		if err := backup.New(later).Due(t.Context()); err == nil {
			t.Error("a backup of a database that is not there was taken")
		}
		if got := strings.Join(s.heard.codes, " "); got != "BACKUP_MISSED BACKUP_FAILED" {
			t.Errorf("heard %s", got)
		}
		var missed, failed int
		must(t, s.pool.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE status = 'MISSED'), count(*) FILTER (WHERE status = 'FAILED' AND error <> '') FROM backup_runs`).Scan(&missed, &failed))
		if missed != 1 || failed != 2 { // one of them is the studio that does not exist
			t.Errorf("%d missed and %d failed are written down", missed, failed)
		}
	})
}

// TestScheduledDrills lets a clock go on: a drill is made each week, one that
// fails is tried again a day later, and what is overdue raises an alarm.
func TestScheduledDrills(t *testing.T) {
	s := open(t)
	var ahead time.Duration
	begun := time.Now()
	config := s.config
	config.DrillEvery = backup.DrillEvery
	config.Now = func() time.Time { return begun.Add(ahead) }
	keeper := backup.New(config)
	must(t, keeper.DueDrill(t.Context())) // there is nothing to bring back yet
	_, err := keeper.Take(t.Context())
	must(t, err)
	broken := config
	broken.URL = "postgres://nobody@127.0.0.1:1/nothing?sslmode=disable"
	hour, day := time.Hour, 24*time.Hour
	for _, step := range []struct {
		at     time.Duration
		keeper *backup.Keeper
		fails  bool
		runs   string // of drills
		heard  string // alarms so far
	}{
		{6 * day, keeper, false, "", ""},
		{7*day + hour, keeper, false, "DONE", ""},
		{8 * day, keeper, false, "DONE", ""},
		{14*day + 2*hour, backup.New(broken), true, "DONE FAILED", "DRILL_FAILED"},
		{14*day + 3*hour, backup.New(broken), false, "DONE FAILED", "DRILL_FAILED"},
		{15*day + 4*hour, backup.New(broken), true, "DONE FAILED MISSED FAILED", "DRILL_FAILED DRILL_MISSED DRILL_FAILED"},
		{15*day + 5*hour, backup.New(broken), false, "DONE FAILED MISSED FAILED", "DRILL_FAILED DRILL_MISSED DRILL_FAILED"},
		{16*day + 5*hour, keeper, false, "DONE FAILED MISSED FAILED MISSED DONE", "DRILL_FAILED DRILL_MISSED DRILL_FAILED DRILL_MISSED"},
	} {
		ahead = step.at
		if err := step.keeper.DueDrill(t.Context()); (err != nil) != step.fails {
			t.Fatalf("after %s: %v", step.at, err)
		}
		var runs *string
		must(t, s.pool.QueryRow(t.Context(), `SELECT string_agg(status, ' ' ORDER BY id) FROM backup_runs WHERE kind = 'DRILL'`).Scan(&runs))
		if got := strings.Join(s.heard.codes, " "); got != step.heard || runs == nil && step.runs != "" || runs != nil && *runs != step.runs {
			t.Fatalf("after %s: the drills are %v, heard %q", step.at, runs, got)
		}
	}
	never := config
	never.DrillEvery = 0
	ahead = 100 * day
	must(t, backup.New(never).DueDrill(t.Context()))
	if len(s.heard.codes) != 4 {
		t.Errorf("without drills %v is heard", s.heard.codes)
	}
}

// TestKept has nine backups, one a day: seven stay, and nobody can remove one
// before its lock ends.
func TestKept(t *testing.T) {
	now := time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	vault, err := openFolder(t.TempDir(), clock)
	must(t, err)
	defer vault.Close()
	keys, err := sealed.Generate()
	must(t, err)
	keeper := backup.New(backup.Config{Vault: vault, Keys: keys, Now: clock})
	var names []string
	for range 9 {
		m := backup.Manifest{Name: "7/base/" + now.Format("20060102T150405Z"), Kind: backup.Base, System: "7", StartedAt: now, LockedUntil: now.Add(backup.Locked + time.Hour)}
		must(t, keeper.Write(t.Context(), m))
		names = append(names, m.Name)
		if err := keeper.Remove(t.Context(), m.Name); !errors.Is(err, backup.ErrLocked) {
			t.Fatalf("a fresh backup was removed: %v", err)
		}
		must(t, keeper.Prune(t.Context()))
		now = now.Add(24 * time.Hour)
	}
	left, err := keeper.Backups(t.Context())
	must(t, err)
	if len(left) != 8 || left[7].Name != names[1] { // the eighth is locked for another hour
		t.Errorf("%d are left, the oldest %s", len(left), left[len(left)-1].Name)
	}
	must(t, keeper.Prune(t.Context()))
	if left, _ = keeper.Backups(t.Context()); len(left) != backup.Kept {
		t.Errorf("%d are left after the lock; want %d", len(left), backup.Kept)
	}
	if err := keeper.Remove(t.Context(), "7/base/nothing"); !errors.Is(err, backup.ErrMissing) {
		t.Errorf("removing nothing: %v", err)
	}
	if err := vault.Put(t.Context(), names[8]+"/manifest", strings.NewReader("other"), now); !errors.Is(err, backup.ErrExists) {
		t.Errorf("a manifest was replaced: %v", err)
	}
}
