package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/internal/audit"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// archive is a database with a sealer.
type archive struct {
	*testkit.Kit
	pool   *pgxpool.Pool
	sealer *audit.Sealer
}

func open(t *testing.T) *archive {
	t.Helper()
	kit := testkit.New(t)
	pool, err := job.Open(t.Context(), kit.SystemURL, 4)
	must(t, err)
	t.Cleanup(pool.Close)
	return &archive{kit, pool, audit.NewSealer(pool, audit.SealerConfig{Batch: 7})}
}

// act changes n records of a studio.
func (a *archive) act(t *testing.T, s testkit.Studio, n int) {
	t.Helper()
	ctx := s.As(t.Context(), viewer.Owner)
	for i := range n {
		must(t, a.InTx(ctx, func(ctx context.Context) error {
			return a.Client(ctx).Tag.Create().SetName(fmt.Sprintf("%d %d", time.Now().UnixNano(), i)).Exec(ctx)
		}))
	}
}

// seal seals everything.
func (a *archive) seal(t *testing.T) {
	t.Helper()
	for {
		n, err := a.sealer.Seal(t.Context())
		must(t, err)
		if n == 0 {
			return
		}
	}
}

// report verifies the log of a studio as it would be exported.
func (a *archive) report(t *testing.T, s testkit.Studio) *audit.Report {
	t.Helper()
	var file bytes.Buffer
	ctx := s.As(t.Context(), viewer.Owner)
	must(t, a.InSnapshot(ctx, func(ctx context.Context) error {
		_, err := audit.NewLog(a.Store).WriteTo(ctx, &file, signer(t, 1), noon)
		return err
	}))
	report, err := audit.Verify(&file, signer(t, 1).Public())
	must(t, err)
	return report
}

// TestSeal seals what several sealers find at once, each studio's log by itself
// and without gaps, and what is committed later after it.
func TestSeal(t *testing.T) {
	t.Parallel()
	a := open(t)
	for range 2 {
		a.act(t, a.A, 9)
		a.act(t, a.B, 3)
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() { a.seal(t) })
		}
		group.Wait()
		a.seal(t) // what one left that stood by
	}
	var total int
	must(t, a.Super(t).QueryRow(`SELECT count(*) FROM audit_entries WHERE tenant_id = $1`, a.A.Tenant).Scan(&total))
	for _, s := range []testkit.Studio{a.A, a.B} {
		if r := a.report(t, s); len(r.Findings) > 0 || r.Tenant != s.Tenant || r.First != 1 || r.Last != int64(r.Entries) {
			t.Errorf("the log of %s: %+v", s.Tenant, r)
		}
	}
	if r := a.report(t, a.A); r.Entries != total {
		t.Errorf("%d of %d entries are sealed", r.Entries, total)
	}
}

// TestTampered finds what somebody changed who owns the database and switched
// its own guard off.
func TestTampered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change string
		kind   audit.Kind
	}{
		"changed":  {`UPDATE audit_entries SET actor = 'user:nobody' WHERE tenant_id = $1 AND sequence = 5`, audit.Changed},
		"removed":  {`DELETE FROM audit_entries WHERE tenant_id = $1 AND sequence = 5`, audit.Removed},
		"inserted": {`INSERT INTO audit_entries SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'sequence', 1 + (SELECT max(sequence) FROM audit_entries WHERE tenant_id = $1)))).* FROM audit_entries e WHERE tenant_id = $1 AND sequence = 5`, audit.Changed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			a.act(t, a.A, 9)
			a.seal(t)
			db := a.Super(t)
			tx, err := db.Begin()
			must(t, err)
			_, err = tx.Exec(`SET LOCAL session_replication_role = replica`)
			must(t, err)
			_, err = tx.Exec(c.change, a.A.Tenant)
			must(t, err)
			must(t, tx.Commit())
			r := a.report(t, a.A)
			if len(r.Findings) == 0 || r.Findings[0].Kind != c.kind {
				t.Errorf("found %+v; want %s", r.Findings, c.kind)
			}
		})
	}
}

// TestKept lets no role change, remove or forge an entry, be it the owner of the
// tables or a superuser.
func TestKept(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.act(t, a.A, 3)
	a.seal(t)
	a.act(t, a.A, 1) // not sealed
	anchors, err := audit.NewAnchorer(a.pool, signer(t, 1), func() time.Time { return time.Now().Add(48 * time.Hour) }).Anchor(t.Context())
	must(t, err)
	if anchors != 2 {
		t.Fatalf("%d anchors for two studios", anchors)
	}
	super, err := url.Parse(a.SuperURL)
	must(t, err)
	for role, address := range map[string]string{store.AppRole: a.AppURL, store.SystemRole: a.SystemURL, store.OwnerRole: a.OwnerURL, "superuser " + super.User.Username(): a.SuperURL} {
		db, err := sql.Open("postgres", address)
		must(t, err)
		defer db.Close()
		for _, statement := range []string{
			`UPDATE audit_entries SET actor = 'user:nobody'`,
			`UPDATE audit_entries SET hash = 'forged'`,
			`UPDATE audit_entries SET sequence = 99, previous_hash = '', hash = '', action = 'other' WHERE sequence IS NULL`,
			`DELETE FROM audit_entries`,
			`TRUNCATE audit_entries`,
			`TRUNCATE tenants CASCADE`,
			`UPDATE audit_anchors SET signature = 'forged'`,
			`DELETE FROM audit_anchors`,
			`TRUNCATE audit_anchors`,
			`INSERT INTO audit_entries SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'sequence', 1000))).* FROM audit_entries e LIMIT 1`,
		} {
			if strings.HasPrefix(statement, "INSERT") && strings.HasPrefix(role, "superuser") {
				continue // no wall stops it; the chain shows it
			}
			if done := attempt(t, db, a.A, statement); done != 0 {
				t.Errorf("%s: %q concerned %d rows", role, statement, done)
			}
		}
	}
	if r := a.report(t, a.A); len(r.Findings) > 0 || r.Anchors != 1 {
		t.Errorf("the log afterwards: %+v", r)
	}
}

// attempt returns how many rows a statement concerned; none where it was refused.
func attempt(t *testing.T, db *sql.DB, s testkit.Studio, statement string) int64 {
	t.Helper()
	tx, err := db.Begin()
	must(t, err)
	defer tx.Rollback()
	_, err = tx.Exec(`SELECT set_config('barre.tenant', $1, true)`, s.Tenant.String())
	must(t, err)
	result, err := tx.Exec(statement)
	if err != nil {
		return 0
	}
	n, err := result.RowsAffected()
	must(t, err)
	if strings.HasPrefix(statement, "TRUNCATE") {
		return 1 // it counts none
	}
	return n
}

// TestAnchor signs a day once it is over, and once.
func TestAnchor(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.act(t, a.A, 3)
	a.seal(t)
	now := time.Now()
	anchorer := audit.NewAnchorer(a.pool, signer(t, 1), func() time.Time { return now })
	for _, c := range []struct {
		after time.Duration
		made  int
	}{{0, 0}, {24 * time.Hour, 2}, {0, 0}, {24 * time.Hour, 0}} {
		now = now.Add(c.after)
		made, err := anchorer.Anchor(t.Context())
		must(t, err)
		if made != c.made {
			t.Errorf("%s later %d anchors are made; want %d", c.after, made, c.made)
		}
	}
	r := a.report(t, a.A)
	if r.Anchors != 1 || len(r.Findings) > 0 {
		t.Errorf("the log: %+v", r)
	}
}
