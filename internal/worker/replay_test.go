package worker_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/delivery"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/webhook"
	"github.com/barrehq/barre/internal/worker"
)

func TestRetryDelivery(t *testing.T) {
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Next = func(int, time.Duration) time.Duration { return webhook.Stop }
	})
	l := listen(t)
	b.create(t, l, destination.Endpoint{})
	l.status.Store(http.StatusInternalServerError)
	b.household(t, b.A, "A family")
	first := l.next(t)
	b.settle(t)
	l.status.Store(http.StatusNoContent)
	ctx := b.A.As(t.Context(), viewer.Owner)
	rows, err := b.Client(ctx).Delivery.Query().All(ctx)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%v, %v", rows, err)
	}
	for n := range 2 {
		made, err := b.registry.RetryDelivery(ctx, rows[0].ID)
		if err != nil || made.Replay != n+1 || made.RequestedBy == "" || made.Sequence != rows[0].Sequence || made.PreviousSequence != rows[0].PreviousSequence {
			t.Fatalf("%+v, %v", made, err)
		}
		b.worker.Wake()
		again := l.next(t)
		if again.header.Get("webhook-id") != first.header.Get("webhook-id") || again.header.Get("webhook-replay") != string(rune('1'+n)) ||
			first.header.Get("webhook-replay") != "" || string(again.body) != string(first.body) {
			t.Errorf("retried %v %s; first %v %s", again.header, again.body, first.header, first.body)
		}
		if got := b.settle(t); got["FAILED"] != 1 || got["SUCCEEDED"] != n+1 {
			t.Errorf("deliveries %v", got)
		}
	}
	if _, err := b.registry.RetryDelivery(b.B.As(t.Context(), viewer.Owner), rows[0].ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor retries: %v", err)
	}
}

func TestReplayEvents(t *testing.T) {
	b := setUp(t, nil)
	l := listen(t)
	id, _ := b.create(t, l, destination.Endpoint{EventTypes: []string{"household.*", "student.created"}})
	for range 5 {
		b.household(t, b.A, "A family")
	}
	ids := []string{}
	for range 5 {
		ids = append(ids, l.next(t).header.Get("webhook-id"))
	}
	b.settle(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	rows, err := b.Client(ctx).Delivery.Query().All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sequences := []int64{}
	for _, row := range rows {
		sequences = append(sequences, row.Sequence)
	}
	slices.Sort(sequences)
	future := time.Now().Add(time.Hour)
	for name, c := range map[string]struct {
		span destination.Span
		want int
	}{
		"after":     {destination.Span{After: sequences[1]}, 3},
		"stretch":   {destination.Span{After: sequences[1], To: sequences[3]}, 2},
		"type":      {destination.Span{After: sequences[0] - 1, Types: []string{"household.created"}}, 5},
		"pattern":   {destination.Span{After: sequences[0] - 1, Types: []string{"household.*"}}, 5},
		"not asked": {destination.Span{Types: []string{"tag.created"}}, 0},
		"future":    {destination.Span{Since: &future}, 0},
	} {
		event, count, err := b.registry.ReplayEvents(ctx, id, c.span)
		if err != nil || count != c.want || (event != nil) != (count > 0) {
			t.Fatalf("%s: %v, %d, %v", name, event, count, err)
		}
		b.worker.Wake()
		for range count {
			r := l.next(t)
			if r.header.Get("webhook-replay") == "" || !slices.Contains(ids, r.header.Get("webhook-id")) {
				t.Errorf("%s: %v", name, r.header)
			}
		}
		if b.settle(t); len(l.got) != 0 {
			t.Errorf("%s: %d too many", name, len(l.got))
		}
	}
	var broken int
	if err := b.Super(t).QueryRow(`SELECT count(*) FROM deliveries r JOIN deliveries d ON d.event_id = r.event_id AND d.webhook_endpoint_id = r.webhook_endpoint_id AND d.replay = 0
		WHERE r.replay > 0 AND (r.previous_sequence <> d.previous_sequence OR r.requested_by = '')`).Scan(&broken); err != nil || broken != 0 {
		t.Errorf("%d replays have another place in the chain, %v", broken, err)
	}
	for name, c := range map[string]struct {
		studio context.Context
		span   destination.Span
		want   fault.Code
	}{
		"backwards": {ctx, destination.Span{After: 5, To: 5}, fault.Invalid},
		"unknown":   {ctx, destination.Span{Types: []string{"household.painted"}}, fault.Invalid},
		"neighbor":  {b.B.As(t.Context(), viewer.Owner), destination.Span{}, fault.NotFound},
		"teacher":   {b.A.As(t.Context(), viewer.Teacher), destination.Span{}, fault.Forbidden},
	} {
		if _, _, err := b.registry.ReplayEvents(c.studio, id, c.span); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Ten thousand events are queued again within seconds, in several batches, and
// each of them once.
func TestReplayMany(t *testing.T) {
	const n = 10_000
	release := make(chan struct{})
	b := setUp(t, func(c *worker.Config) { c.Delivery.Sender = hanging{release: release} })
	defer close(release)
	l := listen(t)
	id, _ := b.create(t, l, destination.Endpoint{InFlight: 1})
	db := b.Super(t)
	if _, err := db.Exec(`WITH made AS (
			INSERT INTO tenant_counters AS c (id, created_at, updated_at, tenant_id, kind, last) VALUES (gen_random_uuid(), now(), now(), $1, 'EVENT', $2)
			ON CONFLICT (tenant_id, kind) DO UPDATE SET last = c.last + $2 RETURNING last
		) INSERT INTO events (id, created_at, updated_at, tenant_id, sequence, type, entity_type, entity_id, entity_version, changed, actor, data, occurred_at)
		SELECT gen_random_uuid(), now(), now(), $1, last - $2 + g, 'household.created', 'Household', gen_random_uuid(), 1, '[]', 'test', '{}', now() FROM made, generate_series(1, $2) g`,
		b.A.Tenant, n); err != nil {
		t.Fatal(err)
	}
	_, count, err := b.registry.ReplayEvents(b.A.As(t.Context(), viewer.Owner), id, destination.Span{})
	if err != nil || count < n {
		t.Fatalf("%d, %v", count, err)
	}
	b.worker.Wake()
	queued, distinct := 0, 0
	for queued < count && t.Context().Err() == nil {
		if err := db.QueryRow(`SELECT count(*), count(DISTINCT event_id) FROM deliveries, pg_sleep(0.02) WHERE replay > 0`).Scan(&queued, &distinct); err != nil {
			t.Fatal(err)
		}
	}
	if queued != count || distinct != count {
		t.Errorf("%d deliveries of %d events; want %d", queued, distinct, count)
	}
	var jobs int
	if err := db.QueryRow(`SELECT count(DISTINCT args->>'delivery_id') FROM river.river_job WHERE kind = 'deliver' AND queue = $1`, job.ReplayQueue).Scan(&jobs); err != nil || jobs != count {
		t.Errorf("%d jobs in the queue of replays, %v", jobs, err)
	}
}

// hanging is a network in which every request hangs until it is released.
type hanging struct {
	delivery.Sender
	release <-chan struct{}
}

func (h hanging) Send(ctx context.Context, _ webhook.Request) (webhook.Result, error) {
	select {
	case <-h.release:
	case <-ctx.Done():
	}
	return webhook.Result{}, context.DeadlineExceeded
}

// What succeeded long ago leaves the log; what failed, what is newer and the
// last of each destination stay.
func TestClean(t *testing.T) {
	b := setUp(t, nil)
	l := listen(t)
	b.create(t, l, destination.Endpoint{})
	for range 4 {
		b.household(t, b.A, "A family")
		l.next(t)
	}
	b.settle(t)
	b.stop()
	db := b.Super(t)
	ids := []uuid.UUID{}
	rows, err := db.Query(`SELECT id FROM deliveries ORDER BY sequence`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Close(); err != nil || len(ids) != 4 {
		t.Fatal(ids, err)
	}
	if _, err := db.Exec(`UPDATE deliveries SET status = 'FAILED' WHERE id = $1`, ids[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE deliveries SET completed_at = now() + interval '25 hours' WHERE id = $1`, ids[2]); err != nil {
		t.Fatal(err)
	}
	pool, err := job.Open(t.Context(), b.SystemURL, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	cleaner := delivery.NewCleaner(pool, func() time.Time { return time.Now().Add(webhook.Kept + 24*time.Hour) })
	for range 2 {
		if err := cleaner.Work(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	var left, attempts int
	if err := db.QueryRow(`SELECT count(*) FILTER (WHERE id <> $1), (SELECT count(*) FROM delivery_attempts) FROM deliveries`, ids[0]).Scan(&left, &attempts); err != nil || left != 3 || attempts != 3 {
		t.Errorf("%d deliveries and %d attempts are left, %v", left, attempts, err)
	}
}

// A hundred requests to one host need no more connections than go at once.
func TestConnectionsAreKept(t *testing.T) {
	b := setUp(t, nil)
	l := listen(t)
	var mu sync.Mutex
	seen := map[string]bool{}
	l.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.RemoteAddr] = true
		l.got <- request{header: r.Header}
	})
	b.create(t, l, destination.Endpoint{InFlight: 5})
	for range 100 {
		b.household(t, b.A, "A family")
	}
	for range 100 {
		l.next(t)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(seen) > 10 {
		t.Errorf("%d connections for 100 requests, 5 at a time", len(seen))
	}
}
