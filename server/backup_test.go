package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// TestBackupCommands runs the commands over a private database, as whoever
// keeps a server does.
func TestBackupCommands(t *testing.T) {
	env := map[string]string{"BARRE_ENVIRONMENT": "development", "BARRE_DATA_DIR": t.TempDir(), "BARRE_LOG_LEVEL": "error"}
	barre := func(args ...string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), args, func(name string) (string, bool) { text, ok := env[name]; return text, ok }, &out)
		return out.String(), err
	}
	taken, err := barre("backup")
	must(t, err)
	name, _, _ := strings.Cut(taken, ":")
	if !strings.Contains(name, "/base/") {
		t.Fatalf("a backup says %q", taken)
	}
	if listed, err := barre("backup", "--list"); err != nil || !strings.Contains(listed, name) {
		t.Errorf("listed %q, %v", listed, err)
	}
	if _, err := barre("backup", "--remove", name); err == nil || !strings.Contains(err.Error(), "before its time") {
		t.Errorf("the operator removes a fresh backup: %v", err)
	}
	if said, err := barre("drill"); err != nil || !strings.Contains(said, "all as in the database") || !strings.Contains(said, "Recovery time") {
		t.Errorf("a drill says %q, %v", said, err)
	}
	if said, err := barre("restore"); err != nil || !strings.Contains(said, "was brought back") || !strings.Contains(said, "is kept in") {
		t.Errorf("a restore says %q, %v", said, err)
	}
	// What was brought back serves, and is backed up again.
	if again, err := barre("backup"); err != nil || strings.HasPrefix(again, name) {
		t.Errorf("after the restore a backup says %q, %v", again, err)
	}
	for _, wrong := range [][]string{{"restore", "--to", "yesterday"}, {"restore", "--tenant", "nobody"}, {"export"}, {"export", "--tenant", "nobody", "--out", t.TempDir() + "/a.zip"}, {"import", "--from", t.TempDir() + "/none"}, {"archive-wal"}, {"backup", "more"}} {
		if _, err := barre(wrong...); err == nil {
			t.Errorf("barre %v is accepted", wrong)
		}
	}
}

// TestRestoreStudioCommand brings one of two studios back by one command, as it
// was between the backup and what went wrong; its neighbor stays as it is.
func TestRestoreStudioCommand(t *testing.T) {
	env := map[string]string{"BARRE_ENVIRONMENT": "development", "BARRE_DATA_DIR": t.TempDir(), "BARRE_LOG_LEVEL": "error"}
	lookup := func(name string) (string, bool) { text, ok := env[name]; return text, ok }
	barre := func(args ...string) string {
		t.Helper()
		var out strings.Builder
		must(t, run(t.Context(), args, lookup, &out))
		return out.String()
	}
	within := func(do func(*testkit.Kit)) {
		t.Helper()
		conf, err := parseConfig(lookup)
		must(t, err)
		box, err := conf.openBox(t.Context())
		must(t, err)
		must(t, withDatabase(t.Context(), conf, func() error {
			opened, err := store.Open(t.Context(), store.Config{
				URL: conf.DatabaseURL.Reveal(), SystemURL: conf.SystemURL.Reveal(), Record: outbox.Record,
				Seal: func(db store.Execer) store.Sealer { return key.New(db, key.Local{Box: box}, key.Config{}) },
			})
			if err == nil {
				do(&testkit.Kit{Store: opened})
				opened.Close()
			}
			return err
		}))
	}
	write := func(kit *testkit.Kit, s testkit.Studio, do func(context.Context) error) {
		t.Helper()
		must(t, kit.InTx(viewer.ForTenant(t.Context(), s.Tenant, "test"), do))
	}
	var a, b testkit.Studio
	var good time.Time
	within(func(kit *testkit.Kit) { a, b = kit.AddStudio(t, "north-star"), kit.AddStudio(t, "south-star") })
	barre("backup")
	within(func(kit *testkit.Kit) {
		write(kit, a, func(ctx context.Context) error {
			return kit.Client(ctx).Note.Create().SetHouseholdID(a.Household).SetBody("owes shoes").Exec(ctx)
		})
		good = time.Now()
		write(kit, a, func(ctx context.Context) error {
			if err := kit.Client(ctx).Student.UpdateOneID(a.Student).SetFirstName("Overwritten").Exec(ctx); err != nil {
				return err
			}
			note := kit.Client(ctx).Note.Query().OnlyX(ctx)
			return kit.Client(ctx).Note.UpdateOne(note).SetBody("overwritten").Exec(ctx)
		})
		write(kit, b, func(ctx context.Context) error {
			return kit.Client(ctx).Student.UpdateOneID(b.Student).SetFirstName("Emily").Exec(ctx)
		})
	})
	if said := barre("restore", "--tenant", "north-star", "--to", good.Format(time.RFC3339Nano)); !strings.Contains(said, "north-star: ") || !strings.Contains(said, "were brought back") {
		t.Errorf("it says %q", said)
	}
	within(func(kit *testkit.Kit) {
		inside, next := viewer.ForTenant(t.Context(), a.Tenant, "test"), viewer.ForTenant(t.Context(), b.Tenant, "test")
		if got := kit.Client(inside).Student.GetX(inside, a.Student).FirstName; got != "Emma" {
			t.Errorf("the student is %s", got)
		}
		if got := kit.Client(inside).Note.Query().OnlyX(inside).Body; got != "owes shoes" {
			t.Errorf("the note reads %q", got)
		}
		if got := kit.Client(next).Student.GetX(next, b.Student).FirstName; got != "Emily" {
			t.Errorf("the neighbor's student is %s", got)
		}
	})
}
