package deprecation_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/internal/deprecation"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// Counts add up over writes, keys and days, in one statement for each write,
// and the last are written when the process ends.
func TestTally(t *testing.T) {
	t.Parallel()
	statements := 0
	kit := testkit.New(t, func(c *store.Config) { c.Count = func(string) { statements++ } })
	now := time.Date(2026, 11, 22, 23, 59, 0, 0, time.UTC)
	tally := deprecation.New(kit.Store, deprecation.Config{Now: func() time.Time { return now }, Most: 6, Every: time.Hour})
	var keys [2]*viewer.Viewer
	for i := range keys {
		ctx := viewer.ForTenant(t.Context(), kit.A.Tenant, "test")
		err := kit.InTx(ctx, func(ctx context.Context) error {
			made, err := kit.Client(ctx).APIKey.Create().SetName("Sync").SetKind(apikey.KindSECRET).SetPrefix("brr_sk").SetLast4("abcd").
				SetScopes([]string{"*"}).SetTokenHash([]byte{byte(i)}).Save(ctx)
			if err == nil {
				keys[i] = &viewer.Viewer{TenantID: kit.A.Tenant, CredentialID: made.ID}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	person := &viewer.Viewer{TenantID: kit.B.Tenant, CredentialID: uuid.New(), UserID: uuid.New()}
	for range 3 {
		tally.Note(keys[0], []string{"A.x", "A.y"})
		tally.Note(keys[1], []string{"A.x"})
		tally.Note(person, []string{"A.x"})
	}
	statements = 0
	if err := tally.Flush(t.Context()); err != nil || statements != 1 {
		t.Errorf("%d statements, %v", statements, err)
	}
	if err := tally.Flush(t.Context()); err != nil || statements != 1 {
		t.Errorf("with nothing to write: %d statements, %v", statements, err)
	}
	now = now.Add(2 * time.Minute) // another day
	for i := range 9 {
		tally.Note(person, []string{fmt.Sprintf("B.%d", i), "A.x"}) // more than fit
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tally.Flush(stopped); err == nil {
		t.Error("a write that could not be made")
	}
	tally.Run(stopped) // writes what is left
	var got string
	err := kit.Super(t).QueryRow(`SELECT string_agg(concat_ws(' ', coordinate, caller, day, uses, last_used_at::time), ', ' ORDER BY day, coordinate, caller) FROM deprecated_uses`).Scan(&got)
	want := "A.x brr_sk…abcd 2026-11-22 6 23:59:00, A.x session 2026-11-22 3 23:59:00, A.y brr_sk…abcd 2026-11-22 3 23:59:00, " +
		"A.x session 2026-11-23 9 00:01:00, B.0 session 2026-11-23 1 00:01:00, B.1 session 2026-11-23 1 00:01:00, B.2 session 2026-11-23 1 00:01:00, " +
		"B.3 session 2026-11-23 1 00:01:00, B.4 session 2026-11-23 1 00:01:00"
	if err != nil || got != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
}
