package retention_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/enrollment"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/retention"
	"github.com/barrehq/barre/internal/viewer"
)

func (w *world) keeper() *retention.Keeper {
	return retention.NewKeeper(w.purger, retention.ByVerbs(w.Store, w.verbs))
}

func (w *world) exec(t *testing.T, text string, args ...any) {
	t.Helper()
	if _, err := w.Super(t).Exec(text, args...); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestClasses holds the classes to the tables: every table has one, and what a
// studio can set lies within its bounds.
func TestClasses(t *testing.T) {
	for name, e := range catalog.Entities {
		if retention.ClassOf(e) == nil {
			t.Errorf("%s has no class of retention", name)
		}
	}
	for _, c := range retention.Classes() {
		if c.About == "" || c.Set() && (c.Floor < 1 || c.Days < c.Floor || c.Ceiling < c.Days) {
			t.Errorf("%s is kept for %d days, between %d and %d: %q", c.Kind(), c.Days, c.Floor, c.Ceiling, c.About)
		}
	}
}

// TestKeepChildren removes a child's records once the studio has had nothing to
// do with the child for as long as its rule says, and not a day sooner: first
// into the recycle bin, with what leads to them let go.
func TestKeepChildren(t *testing.T) {
	w := newWorld(t, 0)
	ctx := w.A.As(t.Context(), viewer.Owner)
	must(t, w.InTx(viewer.Elevated(ctx, "test"), func(ctx context.Context) error {
		c := w.Client(ctx)
		e, err := c.Enrollment.Create().SetHouseholdID(w.A.Household).SetStudentID(w.A.Student).SetClassID(w.A.Class).SetStatus(enrollment.StatusDROPPED).SetDroppedAt(rule.Now()).Save(ctx)
		if err != nil {
			return err
		}
		return c.Invoice.Create().SetHouseholdID(w.A.Household).SetStudentID(e.StudentID).SetNumber(1).SetTotal(0).SetCurrency("USD").SetDueOn(time.Now()).Exec(ctx)
	}))
	desk := retention.NewDesk(w.Store, func() time.Time { return w.now })
	days := 30
	must(t, desk.Set(ctx, "FAMILY", &days))
	for _, c := range []struct {
		days int
		left string // live students and enrollments of both studios
	}{{29, "2 1"}, {31, "1 0"}} {
		w.now = time.Now().AddDate(0, 0, c.days)
		if c.days == 31 {
			preview, err := desk.Preview(ctx, "FAMILY", 30)
			must(t, err)
			if i := slices.IndexFunc(preview, func(g retention.Going) bool { return g.Type == "Student" }); i < 0 || preview[i].Count != 1 || len(preview[i].Oldest) != 1 {
				t.Errorf("the preview: %+v", preview)
			}
		}
		_, err := w.keeper().Keep(t.Context())
		must(t, err)
		if got := w.rows(t, `SELECT (SELECT count(*) FROM students WHERE deleted_at IS NULL) || ' ' || (SELECT count(*) FROM enrollments)`); got != c.left {
			t.Errorf("after %d days: %s; want %s; %s", c.days, got, c.left, w.log.String())
		}
	}
	if got := w.rows(t, `SELECT string_agg(action, ' ' ORDER BY action) FROM audit_entries WHERE actor = 'system:kept long enough'`); got != "enrollment.deleted student.deleted" {
		t.Errorf("the audit log has %s", got)
	}
	if got := w.rows(t, `SELECT (SELECT count(*) FROM entity_versions WHERE entity_type = 'Enrollment') || ' ' || (SELECT count(*) FROM events WHERE entity_type = 'Enrollment' AND data IS NOT NULL)`); got != "0 0" {
		t.Errorf("versions and data of enrollments that are left: %s", got)
	}
	w.now = w.now.AddDate(0, 0, catalog.BinDays+1)
	if n := w.purge(t); n == 0 || w.rows(t, `SELECT count(*)::text FROM students`) != "1" {
		t.Errorf("%d records left the recycle bin: %s", n, w.log.String())
	}
	if got := w.rows(t, `SELECT count(*)::text FROM events WHERE entity_id = $1 AND data IS NOT NULL`, w.A.Student); got != "0" {
		t.Errorf("%s events hold the child's data", got)
	}
}

// TestSet bounds what a studio can set, and by whom.
func TestSet(t *testing.T) {
	w := newWorld(t, 0)
	desk := retention.NewDesk(w.Store, nil)
	set := func(role viewer.Role, kind string, days int) fault.Code {
		err := desk.Set(w.A.As(t.Context(), role), kind, &days)
		if err == nil {
			return ""
		}
		return fault.CodeOf(err)
	}
	for _, c := range []struct {
		role viewer.Role
		kind string
		days int
		want fault.Code
	}{
		{viewer.Owner, "AUDIT", 364, fault.Invalid}, {viewer.Owner, "AUDIT", 365, ""}, {viewer.Owner, "AUDIT", 3651, fault.Invalid},
		{viewer.Owner, "STUDIO", 10, fault.Invalid}, {viewer.Owner, "BOOKS", 100, fault.Invalid}, {viewer.Admin, "AUDIT", 400, fault.Forbidden},
		{viewer.Teacher, "AUDIT", 400, fault.Forbidden},
	} {
		if got := set(c.role, c.kind, c.days); got != c.want {
			t.Errorf("%s sets %s to %d: %q, want %q", c.role, c.kind, c.days, got, c.want)
		}
	}
	policy, err := desk.Policy(w.A.As(t.Context(), viewer.Admin))
	must(t, err)
	for _, k := range policy {
		if want := map[bool]int{true: 365, false: k.Days}[k.Kind() == "AUDIT"]; k.For != want || k.Own != (k.Kind() == "AUDIT") {
			t.Errorf("%s is kept for %d days", k.Kind(), k.For)
		}
	}
	must(t, desk.Set(w.A.As(t.Context(), viewer.Owner), "AUDIT", nil))
}

// TestKeepAudit removes whole days alone, of which the anchor stays, and the
// database no others.
func TestKeepAudit(t *testing.T) {
	w := newWorld(t, 0)
	w.exec(t, `UPDATE audit_entries e SET sequence = n.n, previous_hash = '', hash = '' FROM (SELECT id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS n FROM audit_entries) n WHERE n.id = e.id`)
	for day, first := range map[string]int{"400": 1, "300": 3} {
		w.exec(t, `INSERT INTO audit_anchors (id, created_at, updated_at, tenant_id, day, first_sequence, last_sequence, previous_hash, hash, key_id, signature)
			SELECT gen_random_uuid(), now(), now(), $1, now() - $2 * interval '1 day', $3::int, $3::int + 1, '', '', '', ''`, w.A.Tenant, day, first)
	}
	days := 365
	must(t, retention.NewDesk(w.Store, nil).Set(w.A.As(t.Context(), viewer.Owner), "AUDIT", &days))
	if _, err := w.keeper().Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.rows(t, `SELECT min(sequence) || ' ' || (SELECT count(*) FROM audit_anchors) FROM audit_entries WHERE tenant_id = $1`, w.A.Tenant); got != "3 2" {
		t.Errorf("first entry and anchors: %s; want 3 2: %s", got, w.log.String())
	}
}

// TestLeave closes a studio, which can then be reopened; after the window all of
// it is gone but for a tombstone, and nothing of its neighbor's.
func TestLeave(t *testing.T) {
	w := newWorld(t, 0)
	desk := retention.NewDesk(w.Store, func() time.Time { return w.now })
	owner := w.A.As(t.Context(), viewer.Owner)
	w.exec(t, `CREATE SCHEMA river; CREATE TABLE river.river_job (args jsonb); GRANT USAGE ON SCHEMA river TO barre_system; GRANT ALL ON river.river_job TO barre_system`)
	w.exec(t, `INSERT INTO users (id, created_at, updated_at, email, name) VALUES ($1, now(), now(), 'a@example.com', 'A'), ($2, now(), now(), 'b@example.com', 'B')`, w.A.Guardian, w.B.Guardian)
	w.exec(t, `INSERT INTO memberships (id, created_at, updated_at, tenant_id, user_id, email, role, status) SELECT gen_random_uuid(), now(), now(), t, u, 'x@example.com', 'OWNER', 'ACTIVE' FROM (VALUES ($1::uuid, $3::uuid), ($2, $4)) AS v(t, u)`,
		w.A.Tenant, w.B.Tenant, w.A.Guardian, w.B.Guardian)
	before := w.counts(t, w.B.Tenant)
	for _, c := range []struct {
		do   func() (*ent.Tenant, error)
		want fault.Code
	}{
		{func() (*ent.Tenant, error) { return desk.Close(w.A.As(t.Context(), viewer.Admin), "north-star", nil) }, fault.Forbidden},
		{func() (*ent.Tenant, error) { return desk.Close(owner, "south-star", nil) }, fault.Invalid},
		{func() (*ent.Tenant, error) { return desk.Reopen(owner) }, fault.WrongState},
		{func() (*ent.Tenant, error) { return desk.Close(owner, "north-star", nil) }, ""},
		{func() (*ent.Tenant, error) { return desk.Close(owner, "north-star", nil) }, fault.WrongState},
		{func() (*ent.Tenant, error) { return desk.Reopen(owner) }, ""},
		{func() (*ent.Tenant, error) { return desk.Close(owner, "north-star", nil) }, ""},
	} {
		_, err := c.do()
		if code := fault.CodeOf(err); err == nil && c.want != "" || err != nil && code != c.want {
			t.Fatalf("%v; want %q", err, c.want)
		}
	}
	change := func() error {
		return w.InTx(owner, func(ctx context.Context) error { return w.Client(ctx).Tag.Create().SetName("Late").Exec(ctx) })
	}
	if err := change(); err == nil || !strings.Contains(err.Error(), "closing") {
		t.Errorf("a closing studio was changed: %v", err)
	}
	must(t, w.InTx(owner, func(ctx context.Context) error {
		return w.Client(ctx).Export.Create().SetRequestedBy("test").Exec(ctx) // the window is there for that
	}))
	leave := func() int {
		n, err := w.purger.Leave(t.Context())
		must(t, err)
		return n
	}
	w.now = time.Now().AddDate(0, 0, 29)
	if n := leave(); n != 0 {
		t.Fatal("the studio went before its window was over")
	}
	w.exec(t, `UPDATE tenants SET purge_at = now() - interval '1 minute' WHERE id = $1`, w.A.Tenant) // the database has a clock of its own
	if n := leave(); n != 1 {
		t.Fatalf("%d studios left", n)
	}
	for table, n := range w.counts(t, w.A.Tenant) {
		if n > 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
	after := w.counts(t, w.B.Tenant)
	for table, n := range before {
		if after[table] != n {
			t.Errorf("the neighbor had %d rows of %s and has %d", n, table, after[table])
		}
	}
	if got := w.rows(t, `SELECT count(*) || ' ' || length(max(digest)) || ' ' || (SELECT string_agg(email, ' ') FROM users) FROM tenant_tombstones WHERE tenant = $1 AND (removed->>'students')::int = 1`, w.A.Tenant); got != "1 64 b@example.com" {
		t.Errorf("tombstones, their digest and who is left: %s", got)
	}
}

// counts are how many rows of each table are a tenant's.
func (w *world) counts(t *testing.T, tenant any) map[string]int {
	t.Helper()
	db, list := w.Super(t), map[string]int{}
	for _, e := range catalog.Entities {
		if e.Tenant == "" {
			continue
		}
		var n sql.NullInt64
		if err := db.QueryRow(`SELECT count(*) FROM `+e.Table+` WHERE `+e.Tenant+` = $1`, tenant).Scan(&n); err != nil {
			t.Fatal(err)
		}
		list[e.Table] = int(n.Int64)
	}
	return list
}
