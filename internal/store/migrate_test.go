package store_test

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/barrehq/barre/ent/migrate"
)

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
