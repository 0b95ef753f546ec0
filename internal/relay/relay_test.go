package relay_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

type bench struct {
	*testkit.Kit
	pool *pgxpool.Pool
	db   *sql.DB // sees everything
}

func setUp(t *testing.T) *bench {
	t.Helper()
	b := &bench{Kit: testkit.New(t)}
	b.pool, b.db = jobtest.Migrate(t, b.Kit), b.Super(t)
	b.drain(t, b.relay(t, relay.Config{}))
	return b
}

func (b *bench) relay(t *testing.T, c relay.Config) *relay.Relay {
	t.Helper()
	jobs, err := job.NewClient(b.pool, nil, job.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return relay.New(b.pool, jobs, c)
}

func (b *bench) drain(t *testing.T, r *relay.Relay) {
	t.Helper()
	for {
		n, err := r.Place(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// endpoint makes an endpoint that nothing is sent to here.
func (b *bench) endpoint(t *testing.T, studio testkit.Studio, status string, types string) uuid.UUID {
	t.Helper()
	id := rule.NewID()
	if _, err := b.db.Exec(`INSERT INTO webhook_endpoints (id, created_at, updated_at, tenant_id, url, event_types, status, secret)
		VALUES ($1, now(), now(), $2, 'https://example.com', $3, $4, '')`, id, studio.Tenant, types, status); err != nil {
		t.Fatal(err)
	}
	return id
}

func (b *bench) tags(t *testing.T, studio testkit.Studio, n int) {
	t.Helper()
	err := b.InTx(studio.As(t.Context(), viewer.Owner), func(ctx context.Context) error {
		for range n {
			if err := b.Client(ctx).Tag.Create().SetName(uuid.NewString()).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// check asserts what must hold once nothing is unplaced: numbers without a gap,
// one delivery and one job for each event and endpoint, a complete chain.
func (b *bench) check(t *testing.T) {
	t.Helper()
	for name, query := range map[string]string{
		"unplaced":          `SELECT count(*) FROM events WHERE sequence IS NULL`,
		"gaps":              `SELECT count(*) FROM (SELECT max(e.sequence) AS m, min(e.sequence) AS f, count(DISTINCT e.sequence) AS n, c.last FROM events e JOIN tenant_counters c ON c.tenant_id = e.tenant_id AND c.kind = 'EVENT' GROUP BY e.tenant_id, c.last) x WHERE m <> n OR f <> 1 OR last <> m`,
		"doubles":           `SELECT count(*) FROM (SELECT FROM deliveries GROUP BY event_id, webhook_endpoint_id, integration_id HAVING count(*) > 1) x`,
		"broken chains":     `SELECT count(*) FROM (SELECT previous_sequence AS p, lag(sequence, 1, 0::bigint) OVER (PARTITION BY webhook_endpoint_id, integration_id ORDER BY sequence) AS l FROM deliveries) x WHERE p <> l`,
		"without a job":     `SELECT count(*) FROM deliveries d WHERE (SELECT count(*) FROM river.river_job j WHERE j.args->>'delivery_id' = d.id::text AND j.args->>'tenant_id' = d.tenant_id::text) <> 1`,
		"across the studio": `SELECT count(*) FROM deliveries d JOIN events e ON e.id = d.event_id JOIN webhook_endpoints w ON w.id = d.webhook_endpoint_id WHERE e.tenant_id <> w.tenant_id OR e.tenant_id <> d.tenant_id`,
	} {
		if n := b.count(t, query); n != 0 {
			t.Errorf("%s: %d", name, n)
		}
	}
}

func (b *bench) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := b.db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestDestinations(t *testing.T) {
	b := setUp(t)
	all := b.endpoint(t, b.A, "ENABLED", `[]`)
	tags := b.endpoint(t, b.A, "ENABLED", `["tag.created"]`)
	others := b.endpoint(t, b.A, "ENABLED", `["tag.deleted"]`)
	disabled := b.endpoint(t, b.A, "DISABLED", `[]`)
	neighbor := b.endpoint(t, b.B, "ENABLED", `[]`)
	integrations := map[string]uuid.UUID{}
	for provider, status := range map[string]string{"stripe": "ACTIVE", "customerio": "FAILED", "recurly": "PAUSED", "other": "ACTIVE"} {
		integrations[provider] = rule.NewID()
		if _, err := b.db.Exec(`INSERT INTO integrations (id, created_at, updated_at, tenant_id, provider, status, credential) VALUES ($1, now(), now(), $2, $3, $4, '')`,
			integrations[provider], b.A.Tenant, provider, status); err != nil {
			t.Fatal(err)
		}
	}
	placed := 0
	r := b.relay(t, relay.Config{Placed: func() { placed++ }, Wants: map[string][]string{
		"stripe": {"tag.created", "tag.updated"}, "customerio": {"tag.created"}, "recurly": {"tag.created"}, "other": {"tag.updated"}}})
	b.tags(t, b.A, 3)
	b.drain(t, r)
	b.tags(t, b.A, 2)
	b.drain(t, r)
	b.check(t)
	for id, want := range map[uuid.UUID]int{
		all: 5, tags: 5, others: 0, disabled: 0, neighbor: 0,
		integrations["stripe"]: 5, integrations["customerio"]: 5, integrations["recurly"]: 0, integrations["other"]: 0,
	} {
		if n := b.count(t, `SELECT count(*) FROM deliveries WHERE webhook_endpoint_id = $1 OR integration_id = $1`, id); n != want {
			t.Errorf("%s has %d deliveries; want %d", id, n, want)
		}
	}
	if placed != 2 {
		t.Errorf("Placed was called %d times", placed)
	}
}

// What is beyond a destination's share of a moment yields to the others'.
func TestBurstsYield(t *testing.T) {
	b := setUp(t)
	now := time.Unix(1_700_000_000, 0)
	r := b.relay(t, relay.Config{Now: func() time.Time { return now }})
	b.endpoint(t, b.A, "ENABLED", `["tag.created"]`)
	b.endpoint(t, b.B, "ENABLED", `["tag.created"]`)
	ranks := func(studio testkit.Studio) (first, later int) {
		t.Helper()
		err := b.db.QueryRow(`SELECT count(*) FILTER (WHERE priority = 1), count(*) FILTER (WHERE priority = 2) FROM river.river_job WHERE args->>'tenant_id' = $1`, studio.Tenant).Scan(&first, &later)
		if err != nil {
			t.Fatal(err)
		}
		return first, later
	}
	b.tags(t, b.A, 130)
	b.tags(t, b.B, 3)
	b.drain(t, r)
	if first, later := ranks(b.A); first != 100 || later != 30 {
		t.Errorf("of a burst %d go first, %d later", first, later)
	}
	if first, later := ranks(b.B); first != 3 || later != 0 {
		t.Errorf("of the neighbor's %d go first, %d later", first, later)
	}
	now = now.Add(time.Second)
	b.tags(t, b.A, 60)
	b.drain(t, r)
	if first, later := ranks(b.A); first != 150 || later != 40 {
		t.Errorf("a second later %d go first, %d later", first, later)
	}
}

// A star stands for every type of a record, and a list of fields holds back
// the updates that changed none of them.
func TestFilters(t *testing.T) {
	b := setUp(t)
	endpoints := map[string]uuid.UUID{}
	for name, filter := range map[string][2]string{
		"star":       {`["tag.*"]`, `[]`},
		"other star": {`["ta.*", "tagged.*"]`, `[]`},
		"name":       {`[]`, `["tag.name"]`},
		"both":       {`["tag.updated"]`, `["student.lastName", "tag.color"]`},
		"any field":  {`["tag.updated"]`, `["tag.*"]`},
		"foreign":    {`[]`, `["student.name"]`},
	} {
		endpoints[name] = b.endpoint(t, b.A, "ENABLED", filter[0])
		if _, err := b.db.Exec(`UPDATE webhook_endpoints SET changed_fields = $2 WHERE id = $1`, endpoints[name], filter[1]); err != nil {
			t.Fatal(err)
		}
	}
	for kind, changed := range map[string]string{
		"tag.created": `[]`, "tag.updated": `["name"]`, "tag.deleted": `["deletedAt"]`, "tag.restored": `["deletedAt"]`,
	} {
		if _, err := b.db.Exec(`INSERT INTO events (id, created_at, updated_at, tenant_id, type, entity_type, entity_id, entity_version, changed, actor, data, occurred_at)
			VALUES ($1, now(), now(), $2, $3, 'Tag', gen_random_uuid(), 1, $4, 'test', '{}', now())`, rule.NewID(), b.A.Tenant, kind, changed); err != nil {
			t.Fatal(err)
		}
	}
	b.drain(t, b.relay(t, relay.Config{}))
	for name, want := range map[string]string{
		"star": "tag.created tag.deleted tag.restored tag.updated", "other star": "", "name": "tag.created tag.deleted tag.restored tag.updated",
		"both": "", "any field": "tag.updated", "foreign": "tag.created tag.deleted tag.restored",
	} {
		var got string
		if err := b.db.QueryRow(`SELECT COALESCE(string_agg(e.type, ' ' ORDER BY e.type), '') FROM deliveries d JOIN events e ON e.id = d.event_id WHERE d.webhook_endpoint_id = $1`, endpoints[name]).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
}

// Relays compete while studios write, in small batches so that they meet often.
func TestCompetingRelays(t *testing.T) {
	b := setUp(t)
	b.endpoint(t, b.A, "ENABLED", `[]`)
	b.endpoint(t, b.A, "ENABLED", `["tag.created"]`)
	b.endpoint(t, b.B, "ENABLED", `[]`)
	ctx, stop := context.WithCancel(t.Context())
	var relays, writers sync.WaitGroup
	for range 3 {
		r := b.relay(t, relay.Config{Batch: 7, Poll: time.Millisecond})
		relays.Go(func() { r.Run(ctx) })
	}
	for n := range 60 {
		for _, studio := range []testkit.Studio{b.A, b.B} {
			writers.Go(func() { b.tags(t, studio, n%5+1) })
		}
	}
	writers.Wait()
	for b.count(t, `SELECT count(*) FROM events, pg_sleep(0.01) WHERE sequence IS NULL`) > 0 {
		if t.Context().Err() != nil {
			t.Fatal("events stayed unplaced")
		}
	}
	stop()
	relays.Wait()
	b.check(t)
	if n := b.count(t, `SELECT count(*) FROM deliveries`); n != 180*3 {
		t.Errorf("%d deliveries; want %d", n, 180*3)
	}
}

// A batch is stopped after it numbered events and made deliveries, as its
// connection is killed or its context ends. Nothing of it stays, and nothing
// is lost.
func TestKilledMidway(t *testing.T) {
	for name, kill := range map[string]func(*testing.T, *bench, context.CancelFunc, int){
		"connection": func(t *testing.T, b *bench, _ context.CancelFunc, pid int) {
			b.count(t, `SELECT count(pg_terminate_backend($1))`, pid)
		},
		"context": func(_ *testing.T, _ *bench, cancel context.CancelFunc, _ int) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			b := setUp(t)
			b.endpoint(t, b.A, "ENABLED", `[]`)
			b.tags(t, b.A, 20)
			// The job table is locked, so that the batch stands still before its last step.
			lock, err := b.db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := lock.Exec(`LOCK TABLE river.river_job IN ACCESS EXCLUSIVE MODE`); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r := b.relay(t, relay.Config{})
			done := make(chan error)
			go func() {
				n, err := r.Place(ctx)
				done <- fmt.Errorf("placed %d: %w", n, err)
			}()
			pid := 0
			for pid == 0 {
				pid = b.count(t, `SELECT COALESCE(max(pid), 0) FROM pg_locks, pg_sleep(0.01) WHERE NOT granted AND relation = 'river.river_job'::regclass`)
			}
			kill(t, b, cancel, pid)
			t.Log(<-done)
			if err := lock.Rollback(); err != nil {
				t.Fatal(err)
			}
			if n := b.count(t, `SELECT count(*) FROM events WHERE sequence IS NULL`); n != 20 {
				t.Errorf("%d events are unplaced; want 20", n)
			}
			if n := b.count(t, `SELECT count(*) FROM deliveries`); n != 0 {
				t.Errorf("%d deliveries were left behind", n)
			}
			for b.count(t, `SELECT count(*) FROM pg_locks, pg_sleep(0.01) WHERE pid = $1`, pid) > 0 {
				// Until the backend of the batch has ended, its place is taken.
			}
			b.drain(t, r)
			b.check(t)
			if n := b.count(t, `SELECT count(*) FROM deliveries`); n != 20 {
				t.Errorf("%d deliveries; want 20", n)
			}
		})
	}
}

// Requests reach neither the queue nor the numbers.
func TestAppRoleIsShutOut(t *testing.T) {
	b := setUp(t)
	app, err := sql.Open("postgres", b.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	for _, statement := range []string{
		`SELECT count(*) FROM river.river_job`,
		`INSERT INTO river.river_job (kind, max_attempts) VALUES ('deliver', 1)`,
		`UPDATE events SET sequence = 1`,
	} {
		if _, err := app.Exec(statement); err == nil {
			t.Errorf("barre_app may %s", statement)
		}
	}
}

func TestWakeSavesThePoll(t *testing.T) {
	b := setUp(t)
	placed := make(chan struct{}, 1)
	r := b.relay(t, relay.Config{Poll: time.Hour, Placed: func() { placed <- struct{}{} }})
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { r.Run(ctx) })
	defer group.Wait()
	defer stop()
	b.tags(t, b.A, 1)
	r.Wake()
	<-placed
}
