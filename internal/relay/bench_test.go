package relay_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/testkit"
)

// BenchmarkPlace places batches of 500 events of one studio.
func BenchmarkPlace(b *testing.B) {
	for _, endpoints := range []int{0, 1, 10} {
		b.Run(fmt.Sprintf("endpoints=%d", endpoints), func(b *testing.B) {
			kit := testkit.New(b)
			pool, db := jobtest.Migrate(b, kit), kit.Super(b)
			jobs, err := job.NewClient(pool, nil, job.Config{})
			if err != nil {
				b.Fatal(err)
			}
			r := relay.New(pool, jobs, relay.Config{})
			if _, err := r.Place(b.Context()); err != nil {
				b.Fatal(err)
			}
			exec := func(query string, args ...any) {
				if _, err := db.Exec(query, args...); err != nil {
					b.Fatal(err)
				}
			}
			exec(`INSERT INTO webhook_endpoints (id, created_at, updated_at, tenant_id, url, event_types, secret)
				SELECT gen_random_uuid(), now(), now(), $1, 'https://example.com', '[]', '' FROM generate_series(1, $2)`, kit.A.Tenant, endpoints)
			for b.Loop() {
				b.StopTimer()
				exec(`INSERT INTO events (id, created_at, updated_at, tenant_id, type, entity_type, entity_id, entity_version, changed, actor, data, occurred_at)
					SELECT id, now(), now(), $1, 'tag.created', 'Tag', gen_random_uuid(), 1, '[]', 'bench', '{}', now() FROM unnest($2::uuid[]) AS id`, kit.A.Tenant, pq.Array(ids(500)))
				b.StartTimer()
				if n, err := r.Place(b.Context()); err != nil || n != 500 {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(float64(500*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// ids are those of so many new events.
func ids(n int) []uuid.UUID {
	list := make([]uuid.UUID, n)
	for i := range list {
		list[i] = rule.NewID()
	}
	return list
}
