package job_test

import (
	"sync"
	"testing"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
)

// Several processes may migrate at once, and again; the store still finds its
// walls intact beside River's tables.
func TestMigrateTogether(t *testing.T) {
	kit := testkit.Empty(t)
	pool := jobtest.Migrate(t, kit)
	if _, err := kit.Super(t).Exec(`DROP SCHEMA river CASCADE`); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := job.Migrate(t.Context(), kit.OwnerURL); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM river.river_job`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d jobs, %v", n, err)
	}
	if _, err := pool.Exec(t.Context(), `DROP TABLE river.river_job`); err == nil {
		t.Error("the system role may drop the queue")
	}
	opened, err := store.Open(t.Context(), store.Config{URL: kit.AppURL, SystemURL: kit.SystemURL})
	if err != nil {
		t.Fatalf("the walls beside the queue: %v", err)
	}
	opened.Close()
}

func TestOpenHidesThePassword(t *testing.T) {
	_, err := job.Open(t.Context(), "postgres://barre_system:hunter2@%zz/x", 1)
	if err == nil || err.Error() != "job: the database address is not valid" {
		t.Errorf("%v", err)
	}
}
