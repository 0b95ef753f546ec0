package attack_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/ent/migrate"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// The twin of the suite in SQL: what a request could do to the neighbor's rows
// if it could send any statement at all.

// intruder is a connection of the role that serves requests.
type intruder struct {
	*world
	conn *sql.Conn
}

func (w *world) intrude(t testing.TB) *intruder {
	t.Helper()
	db, err := sql.Open("postgres", w.kit.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	return &intruder{w, conn}
}

// try runs a statement as a tenant, takes it back and returns how many rows it
// met, or its error.
func (i *intruder) try(t testing.TB, tenant string, text string, args ...any) (met int64, err error) {
	t.Helper()
	tx, err := i.conn.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("SELECT set_config('barre.tenant', $1, true)", tenant); err != nil {
		t.Fatal(err)
	}
	result, err := tx.Exec(text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// breaks are the ways over the wall around one table.
func (i *intruder) breaks(t testing.TB, e *catalog.Entity) []string {
	ours, theirs := i.own.id(e.Name), i.neighbor.id(e.Name)
	a, b := i.own.tenant, i.neighbor.tenant
	copied := fmt.Sprintf("INSERT INTO %[1]s SELECT (jsonb_populate_record(t, jsonb_build_object('id', $2::text, '%[2]s', $3::text))).* FROM %[1]s t WHERE id = $1", e.Table, e.Tenant)
	var ways []string
	for _, s := range []struct {
		name, tenant, text string
		args               []any
		must               bool // be refused with an error
	}{
		{"read", a.String(), "SELECT FROM " + e.Table + " WHERE id = $1", []any{theirs}, false},
		{"read all", a.String(), fmt.Sprintf("SELECT FROM %s WHERE %s <> $1", e.Table, e.Tenant), []any{a}, false},
		{"read as nobody", "", "SELECT FROM " + e.Table, nil, false},
		{"update", a.String(), "UPDATE " + e.Table + " SET updated_at = now() WHERE id = $1", []any{theirs}, false},
		{"update as nobody", "", "UPDATE " + e.Table + " SET updated_at = now()", nil, false},
		{"delete", a.String(), "DELETE FROM " + e.Table + " WHERE id = $1", []any{theirs}, false},
		{"give away", a.String(), fmt.Sprintf("UPDATE %s SET %s = $2 WHERE id = $1", e.Table, e.Tenant), []any{ours, b}, true},
		{"insert", a.String(), copied, []any{ours, uuid.New(), b}, true},
		{"take the key", a.String(), copied + " ON CONFLICT (id) DO UPDATE SET updated_at = now()", []any{ours, theirs, a}, true},
	} {
		met, err := i.try(t, s.tenant, s.text, s.args...)
		if met > 0 || s.must && err == nil {
			ways = append(ways, fmt.Sprintf("%s of %s met %d rows", s.name, e.Table, met))
		}
		if err != nil && !refused(err) {
			ways = append(ways, fmt.Sprintf("%s of %s: %v", s.name, e.Table, err))
		}
	}
	if n, err := i.try(t, a.String(), "SELECT FROM "+e.Table+" WHERE id = $1", ours); n != 1 || err != nil {
		ways = append(ways, fmt.Sprintf("the twin of %s is vacuous: %d, %v", e.Table, n, err))
	}
	return ways
}

// refused reports whether an error is that of a wall or of a key.
func refused(err error) bool {
	failure, ok := err.(*pq.Error)
	return ok && slices.Contains([]string{"42501", "23503", "23505"}, string(failure.Code))
}

// crossings are the references of a table that can be laid over the border.
func (i *intruder) crossings(t testing.TB, e *catalog.Entity) []string {
	var ways []string
	for _, f := range e.Fields {
		target := catalog.Entities[f.Target]
		if f.Column == "id" || target == nil || target.Tenant == "" {
			continue
		}
		text := fmt.Sprintf("UPDATE %s SET %s = $2 WHERE id = $1", e.Table, f.Column)
		if _, err := i.try(t, i.own.tenant.String(), text, i.own.id(e.Name), i.neighbor.id(f.Target)); err == nil {
			ways = append(ways, e.Table+"."+f.Column)
		}
	}
	return ways
}

// keys are the foreign keys between tables of tenants, as "table constraint",
// with their definitions.
func (w *world) keys(t testing.TB) map[string]string {
	t.Helper()
	rows, err := w.super.Query(`SELECT conrelid::regclass || ' ' || quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
		WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND array_length(conkey, 1) = 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	keys := map[string]string{}
	for rows.Next() {
		var name, definition string
		if err := rows.Scan(&name, &definition); err != nil {
			t.Fatal(err)
		}
		keys[name] = definition
	}
	return keys
}

// opens reports whether a server would start on the database as it stands.
func (w *world) opens(t testing.TB) bool {
	opened, err := store.Open(t.Context(), store.Config{URL: w.kit.AppURL, SystemURL: w.kit.SystemURL})
	if err == nil {
		opened.Close()
	}
	return err == nil
}

func tenantTables() []*catalog.Entity {
	var list []*catalog.Entity
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		if e := catalog.Entities[name]; e.Tenant != "" {
			list = append(list, e)
		}
	}
	return list
}

// TestWallsInSQL tries every way over the wall around every table; then takes
// the wall away, in each manner in which it could get lost, and wants both the
// ways to be found and a server to refuse to start.
func TestWallsInSQL(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	i := w.intrude(t)
	if !w.opens(t) {
		t.Fatal("the server does not start with all walls up")
	}
	walls, err := migrate.Files.ReadFile("walls.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range tenantTables() {
		for _, way := range i.breaks(t, e) {
			t.Error(way)
		}
		policy := regexp.MustCompile(`CREATE POLICY tenant ON ` + e.Table + ` .*;`).FindString(string(walls))
		for removed, restored := range map[string]string{
			"ALTER TABLE " + e.Table + " DISABLE ROW LEVEL SECURITY": "ALTER TABLE " + e.Table + " ENABLE ROW LEVEL SECURITY",
			"DROP POLICY tenant ON " + e.Table:                       policy,
		} {
			w.exec(t, removed)
			if len(i.breaks(t, e)) == 0 {
				t.Errorf("%s goes unnoticed", removed)
			}
			if w.opens(t) {
				t.Errorf("the server starts after %s", removed)
			}
			w.exec(t, restored)
		}
		// A permissive policy too many does not open the restrictive one.
		w.exec(t, "CREATE POLICY mistake ON "+e.Table+" USING (true) WITH CHECK (true)")
		for _, way := range i.breaks(t, e) {
			t.Errorf("beside a mistaken policy: %s", way)
		}
		w.exec(t, "DROP POLICY mistake ON "+e.Table)
	}
}

// TestWallOfKeys lays every reference over the border, with its composite key
// and without.
func TestWallOfKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	i := w.intrude(t)
	references := 0
	for _, e := range tenantTables() {
		for _, way := range i.crossings(t, e) {
			t.Errorf("%s can lead to the neighbor", way)
		}
		for _, f := range e.Fields {
			if target := catalog.Entities[f.Target]; f.Column != "id" && target != nil && target.Tenant != "" {
				references++
			}
		}
	}
	keys := w.keys(t)
	if len(keys) != references {
		t.Errorf("%d composite keys for %d references", len(keys), references)
	}
	for name, definition := range keys {
		table, key, _ := strings.Cut(name, " ")
		w.exec(t, "ALTER TABLE "+table+" DROP CONSTRAINT "+key)
		found := 0
		for _, e := range tenantTables() {
			if e.Table == table {
				found = len(i.crossings(t, e))
			}
		}
		if found != 1 {
			t.Errorf("without %s, %d references lead to the neighbor; want 1", name, found)
		}
		w.exec(t, "ALTER TABLE "+table+" ADD CONSTRAINT "+key+" "+definition)
	}
}

// provision gives the database the rights that an installation has: a copy of
// a template has those of Postgres. Roles belong to the whole server, so only
// one test may do it at a time, and what builds templates takes the same lock.
func (w *world) provision(t testing.TB) {
	t.Helper()
	address, err := url.Parse(w.kit.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(address.Path, "/")
	address.Path = "/postgres"
	db, err := sql.Open("postgres", address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	lock, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Rollback()
	if _, err := lock.Exec("SELECT pg_advisory_xact_lock($1)", 0x6261727265); err != nil {
		t.Fatal(err)
	}
	if err := store.Provision(t.Context(), w.kit.SuperURL, name, "for-tests-only"); err != nil {
		t.Fatal(err)
	}
}

// TestWallAgainstSQL sends what a role without powers must not be able to do.
func TestWallAgainstSQL(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	w.provision(t)
	i := w.intrude(t)
	for _, text := range []string{
		"SET ROLE barre_owner", "SET ROLE barre_system", "SET SESSION AUTHORIZATION barre_owner",
		"CREATE TABLE mine (id int)", "CREATE TEMP TABLE mine (id int)", "CREATE VIEW mine AS SELECT 1", "CREATE SCHEMA mine",
		"CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE ROLE mine", "CREATE EXTENSION dblink", "CREATE DATABASE mine",
		"ALTER ROLE barre_app BYPASSRLS", "ALTER ROLE barre_app SUPERUSER", "GRANT barre_system TO barre_app", "GRANT barre_owner TO barre_app",
		"COPY students TO '/tmp/students'", "COPY (SELECT 1) TO PROGRAM 'true'", "SELECT pg_read_file('PG_VERSION')",
		"SELECT * FROM pg_authid", "SELECT lo_import('/etc/passwd')", "SELECT * FROM users", "SELECT * FROM auth_sessions", "SELECT * FROM organizations",
	} {
		if _, err := i.try(t, w.own.tenant.String(), text); err == nil {
			t.Errorf("allowed: %s", text)
		}
	}
	for _, e := range tenantTables() {
		for _, form := range []string{"ALTER TABLE %s DISABLE ROW LEVEL SECURITY", "ALTER TABLE %s NO FORCE ROW LEVEL SECURITY", "DROP POLICY tenant ON %s",
			"CREATE POLICY more ON %s USING (true)", "TRUNCATE %s", "DROP TABLE %s", "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE; SET row_security = off; SELECT * FROM %[1]s",
			"CREATE TRIGGER mine BEFORE INSERT ON %s EXECUTE FUNCTION suppress_redundant_updates_trigger()", "ALTER TABLE %s OWNER TO barre_app"} {
			text := fmt.Sprintf(form, e.Table)
			if _, err := i.try(t, w.own.tenant.String(), text); err == nil {
				t.Errorf("allowed: %s", text)
			}
		}
	}
	var reachable int
	err := w.super.QueryRow(`SELECT (SELECT count(*) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm') AND has_table_privilege('barre_app', c.oid, 'SELECT'))
		+ (SELECT count(*) FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND has_function_privilege('barre_app', p.oid, 'EXECUTE'))`).Scan(&reachable)
	if err != nil || reachable > 0 {
		t.Errorf("%d views and functions would run as somebody else, %v", reachable, err)
	}
}

// TestWallRefusesPowerfulRole starts a server with roles that could step
// around the walls.
func TestWallRefusesPowerfulRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	address, err := url.Parse(w.kit.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	for _, power := range []string{"SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB"} {
		role := "attack_" + strings.ReplaceAll(uuid.NewString(), "-", "")
		w.exec(t, fmt.Sprintf("CREATE ROLE %s LOGIN %s PASSWORD 'for-tests-only'; GRANT CONNECT ON DATABASE %s TO %[1]s", role, power, strings.TrimPrefix(address.Path, "/")))
		address.User = url.UserPassword(role, "for-tests-only")
		opened, err := store.Open(t.Context(), store.Config{URL: address.String(), SystemURL: w.kit.SystemURL})
		if err == nil {
			opened.Close()
			t.Errorf("a server starts as a role with %s", power)
		} else if !strings.Contains(err.Error(), "could step around the walls") {
			t.Errorf("%s: %v", power, err)
		}
		w.exec(t, "DROP OWNED BY "+role+"; DROP ROLE "+role)
	}
}
