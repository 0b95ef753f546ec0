package store_test

import (
	"database/sql"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"

	"github.com/barrehq/barre/ent/migrate"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
)

// Versions of migrations.
const (
	chosenBiller = 20261122094833 // from which on a connection says whether it collects invoices
	beforeBiller = 20261122140406 // the last before those of earlier on were told
)

// A studio whose one billing provider was connected before anybody could choose
// goes on with it; with several, or where somebody has chosen since, nothing is
// chosen for the studio.
func TestBillerOfBefore(t *testing.T) {
	kit := testkit.New(t)
	owner, err := sql.Open("postgres", kit.OwnerURL)
	must(t, err)
	defer owner.Close()
	folder, err := fs.Sub(migrate.Files, "migrations")
	must(t, err)
	migrations, err := goose.NewProvider(goose.DialectPostgres, owner, folder)
	must(t, err)
	_, err = migrations.DownTo(t.Context(), beforeBiller)
	must(t, err)
	db := kit.Super(t)
	connect := func(studio testkit.Studio, provider, status, age string) uuid.UUID {
		t.Helper()
		id := rule.NewID()
		_, err := db.Exec(`INSERT INTO integrations (id, created_at, updated_at, tenant_id, provider, status, credential)
			SELECT $1, tstamp + $5::interval, now(), $2, $3, $4, '' FROM goose_db_version WHERE version_id = $6`, id, studio.Tenant, provider, status, age, chosenBiller)
		must(t, err)
		return id
	}
	chose := func(id uuid.UUID) {
		t.Helper()
		_, err := db.Exec(`INSERT INTO events (id, created_at, updated_at, tenant_id, type, entity_type, entity_id, entity_version, changed, actor, data, occurred_at)
			SELECT gen_random_uuid(), now(), now(), tenant_id, 'integration.updated', 'Integration', id, 2, '["bills"]', 'test', '{}', now() FROM integrations WHERE id = $1`, id)
		must(t, err)
	}
	studio := func(slug string) testkit.Studio { return kit.AddStudio(t, slug) }
	one, messages := studio("one"), connect(kit.A, "customerio", "ACTIVE", "-1 day")
	want := map[uuid.UUID]bool{messages: false}
	want[connect(one, "recurly", "FAILED", "-1 day")] = true
	want[connect(one, "customerio", "ACTIVE", "-1 day")] = false
	two := studio("two")
	want[connect(two, "stripe", "ACTIVE", "-1 day")], want[connect(two, "paycove", "PAUSED", "-1 day")] = false, false
	left := studio("left")
	want[connect(left, "stripe", "ACTIVE", "-1 day")], want[connect(left, "recurly", "DISCONNECTED", "-1 day")] = true, false
	asked := studio("asked")
	collects := connect(asked, "stripe", "ACTIVE", "-1 day")
	chose(collects) // and took it back
	want[collects] = false
	want[connect(studio("later"), "stripe", "ACTIVE", "1 second")] = false // which was asked when it connected
	_, err = store.Migrate(t.Context(), kit.OwnerURL)
	must(t, err)
	for id, bills := range want {
		var got bool
		must(t, db.QueryRow(`SELECT bills FROM integrations WHERE id = $1`, id).Scan(&got))
		if got != bills {
			var name string
			must(t, db.QueryRow(`SELECT t.slug || ' ' || i.provider FROM integrations i JOIN tenants t ON t.id = i.tenant_id WHERE i.id = $1`, id).Scan(&name))
			t.Errorf("%s collects new invoices: %v; want %v", name, got, bills)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ours are statements that were written before anything was released.
var ours = []string{`ADD COLUMN "fingerprint" bytea NOT NULL`, `DROP COLUMN "fingerprint"`}

// breaking are what the release before could not live with, while both run.
var breaking = regexp.MustCompile(`DROP TABLE|DROP COLUMN "\w+"|RENAME|SET NOT NULL|\bTYPE\b|ADD COLUMN "\w+" [^,;]*NOT NULL[^,;]*`)

// TestMigrationsOnlyAdd: each migration leaves what the release before reads
// and writes as it was, so that both can run meanwhile.
func TestMigrationsOnlyAdd(t *testing.T) {
	files, err := fs.Glob(migrate.Files, "migrations/*.sql")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	slices.Sort(files)
	for _, name := range files[1:] { // the first makes all
		text, err := fs.ReadFile(migrate.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		for _, found := range breaking.FindAllString(up, -1) {
			if !strings.Contains(found, "DEFAULT") && !slices.ContainsFunc(ours, func(known string) bool { return strings.HasPrefix(found, known) }) {
				t.Errorf("%s: %s breaks the release before", path.Base(name), found)
			}
		}
	}
	for _, bad := range []string{`ALTER TABLE "tags" ADD COLUMN "x" bigint NOT NULL;`, `ALTER TABLE "tags" DROP COLUMN "name"`, `ALTER TABLE "tags" ALTER COLUMN "name" TYPE text`} {
		if found := breaking.FindString(bad); found == "" || strings.Contains(found, "DEFAULT") {
			t.Errorf("%s goes unnoticed", bad)
		}
	}
}
