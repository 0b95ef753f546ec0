// Package jobtest adds the job queue to the database of a test. Only tests
// import it.
package jobtest

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/testkit"
)

// Migrate makes River's tables in kit's database and returns a pool of the
// system role. The copy of a database does not keep its owner, so that the
// owner is named again as store.Provision names it.
func Migrate(t testing.TB, kit *testkit.Kit) *pgxpool.Pool {
	t.Helper()
	if _, err := kit.Super(t).Exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO barre_owner', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
	if err := job.Migrate(t.Context(), kit.OwnerURL); err != nil {
		t.Fatal(err)
	}
	pool, err := job.Open(t.Context(), kit.SystemURL, 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
