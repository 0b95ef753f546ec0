package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	reference "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/delivery"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/webhook"
	"github.com/barrehq/barre/internal/worker"
)

// bench is a database with everything that follows a commit.
type bench struct {
	*testkit.Kit
	box      *sealed.Box
	sender   *webhook.Sender
	registry *destination.Registry
	worker   *worker.Worker
	cancel   func() // ends the worker's context
	stop     func() // and waits for its end
}

// setUp makes a bench; its worker runs until the test ends.
func setUp(t *testing.T, configure func(*worker.Config)) *bench {
	t.Helper()
	b := prepare(t)
	b.worker = b.start(t, configure)
	b.settle(t)
	return b
}

// prepare makes a bench without a worker.
func prepare(t *testing.T) *bench {
	t.Helper()
	b := &bench{Kit: testkit.New(t), sender: webhook.NewSender(webhook.Config{AllowLoopback: true})}
	jobtest.Migrate(t, b.Kit)
	var err error
	if b.box, err = sealed.Generate(); err != nil {
		t.Fatal(err)
	}
	b.registry = destination.New(b.Store, b.box, destination.Config{CheckURL: b.sender.CheckURL})
	return b
}

func (b *bench) start(t *testing.T, configure func(*worker.Config)) *worker.Worker {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	c := worker.Config{
		SystemURL: b.SystemURL, Box: b.box, Logger: quiet,
		Delivery: delivery.Config{Sender: b.sender, Hold: time.Millisecond},
		Jobs:     job.Config{Poll: 20 * time.Millisecond, Test: true, MaxWorkers: 20},
	}
	if configure != nil {
		configure(&c)
	}
	w, err := worker.New(t.Context(), b.Store, c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { w.Run(ctx) })
	b.cancel, b.stop = stop, func() { stop(); group.Wait() }
	t.Cleanup(func() { stop(); group.Wait(); w.Close() })
	return w
}

// TestWaitsForTheDatabase begins while the database takes no connection.
func TestWaitsForTheDatabase(t *testing.T) {
	b := prepare(t)
	super := b.Super(t)
	admit := func(connections int) {
		t.Helper()
		var name string
		if err := super.QueryRow(`SELECT quote_ident(current_database())`).Scan(&name); err != nil {
			t.Fatal(err)
		}
		if _, err := super.Exec(fmt.Sprintf(`ALTER DATABASE %s CONNECTION LIMIT %d`, name, connections)); err != nil {
			t.Fatal(err)
		}
	}
	admit(0)
	refused := make(chan struct{})
	var once sync.Once
	log := slog.New(slog.NewTextHandler(writer(func(text []byte) {
		if bytes.Contains(text, []byte("the queue could not be started")) {
			once.Do(func() { close(refused) })
		}
	}), nil))
	b.worker = b.start(t, func(c *worker.Config) { c.Logger = log })
	<-refused
	if b.worker.Working() {
		t.Error("it works without a database")
	}
	admit(-1)
	for !b.worker.Working() {
		time.Sleep(10 * time.Millisecond)
	}
}

// writer is a function as an io.Writer.
type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

// message is a webhook as its receiver reads it.
type message struct {
	ID               string `json:"-"`
	Type             string
	Timestamp        time.Time
	Sequence         int64
	PreviousSequence int64
	Data             struct {
		ID, Type, EntityType, EntityID string
		Sequence                       int64
		Tombstone                      bool
		Data                           map[string]any
	}
}

// receiver checks every request with the reference library and answers what
// answer says.
type receiver struct {
	*httptest.Server
	got    chan message
	mu     sync.Mutex
	verify *reference.Webhook
	answer func(attempt int, w http.ResponseWriter)
	count  atomic.Int64
}

func receive(t *testing.T, answer func(int, http.ResponseWriter)) *receiver {
	t.Helper()
	r := &receiver{got: make(chan message, 1000), answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if err := r.verify.Verify(body, request.Header); err != nil {
			t.Errorf("signature: %v", err)
		}
		m := message{ID: request.Header.Get("webhook-id")}
		if err := json.Unmarshal(body, &m); err != nil {
			t.Errorf("body: %v", err)
		}
		if n := int(r.count.Add(1)); r.answer != nil {
			r.answer(n, w)
		}
		r.got <- m
	}))
	t.Cleanup(r.Close)
	return r
}

// register creates the endpoint of r in a studio.
func (b *bench) register(t *testing.T, studio testkit.Studio, r *receiver, types ...string) *ent.WebhookEndpoint {
	t.Helper()
	return b.enlist(t, studio, r, destination.Endpoint{EventTypes: types})
}

// enlist creates an endpoint of any kind at r.
func (b *bench) enlist(t *testing.T, studio testkit.Studio, r *receiver, e destination.Endpoint) *ent.WebhookEndpoint {
	t.Helper()
	e.URL = r.URL
	made, keys, err := b.registry.CreateWebhookEndpoint(studio.As(t.Context(), viewer.Owner), e)
	if err != nil {
		t.Fatal(err)
	}
	r.trust(t, keys)
	return made
}

// trust makes r believe what is signed with the shared secret.
func (r *receiver) trust(t *testing.T, keys destination.Keys) {
	t.Helper()
	verify, err := reference.NewWebhook(keys.Shared.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.verify = verify
}

func (r *receiver) next(t *testing.T) message {
	t.Helper()
	select {
	case m := <-r.got:
		return m
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was received")
		return message{}
	}
}

// household makes one household in a transaction of its own.
func (b *bench) household(t *testing.T, studio testkit.Studio, name string) *ent.Household {
	t.Helper()
	var made *ent.Household
	err := b.InTx(studio.As(t.Context(), viewer.Owner), func(ctx context.Context) error {
		var err error
		made, err = b.Client(ctx).Household.Create().SetName(name).SetEmail("family@example.com").Save(ctx)
		if b.worker != nil {
			b.AfterCommit(ctx, b.worker.Wake)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// settle waits until no delivery is open and returns how many there are by status.
func (b *bench) settle(t *testing.T) map[string]int {
	t.Helper()
	db := b.Super(t)
	for deadline := time.Now().Add(30 * time.Second); ; {
		statuses := map[string]int{}
		rows, err := db.Query(`SELECT status, count(*) FROM deliveries, pg_sleep(0.01) GROUP BY status
			UNION ALL SELECT 'UNPLACED', count(*) FROM events WHERE sequence IS NULL`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var (
				status string
				n      int
			)
			if err := rows.Scan(&status, &n); err != nil {
				t.Fatal(err)
			}
			statuses[status] = n
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		if statuses["PENDING"]+statuses["RETRYING"]+statuses["UNPLACED"] == 0 {
			delete(statuses, "UNPLACED")
			return statuses
		}
		if time.Now().After(deadline) {
			t.Fatalf("deliveries did not settle: %v", statuses)
		}
	}
}

func TestFromCommitToReceiver(t *testing.T) {
	b := setUp(t, nil)
	own, neighbor := receive(t, nil), receive(t, nil)
	b.register(t, b.A, own)
	b.register(t, b.B, neighbor, "household.updated")
	made := b.household(t, b.A, "The Lopez family")
	got := map[string]message{}
	for range 2 {
		m := own.next(t)
		got[m.Type] = m
	}
	first, m := got["webhookendpoint.created"], got["household.created"]
	if first.PreviousSequence != 0 || m.PreviousSequence != first.Sequence || m.Sequence <= first.Sequence {
		t.Errorf("numbers: %d after %d, %d after %d", first.Sequence, first.PreviousSequence, m.Sequence, m.PreviousSequence)
	}
	if m.Data.Data["name"] != made.Name || m.Data.EntityType != "Household" || m.Data.ID != m.ID || m.Data.Sequence != m.Sequence || m.Data.Tombstone {
		t.Errorf("message %+v", m)
	}
	if got := b.settle(t); got["FAILED"] != 0 {
		t.Errorf("deliveries %v", got)
	}
	if len(neighbor.got) != 0 {
		t.Errorf("the neighbor received %+v", <-neighbor.got)
	}
}

func TestChainIsComplete(t *testing.T) {
	b := setUp(t, nil)
	r := receive(t, nil)
	b.register(t, b.A, r, "household.created")
	b.household(t, b.B, "Next door")
	const n = 40
	var group sync.WaitGroup
	for range n {
		group.Go(func() { b.household(t, b.A, "A family") })
	}
	group.Wait()
	follows := map[int64]int64{}
	for range n {
		m := r.next(t)
		follows[m.PreviousSequence] = m.Sequence
	}
	steps := 0
	for at, found := follows[0]; found; at, found = follows[at] {
		steps++
	}
	if steps != n {
		t.Errorf("the chain has %d of %d messages: %v", steps, n, follows)
	}
	if got := b.settle(t); got["SUCCEEDED"] != n || len(got) != 1 {
		t.Errorf("deliveries %v", got)
	}
}

func TestFailingReceiver(t *testing.T) {
	waits := make(chan time.Duration, 10)
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Next = func(attempts int, after time.Duration) time.Duration {
			waits <- after
			if attempts == 4 {
				return webhook.Stop
			}
			return 0
		}
	})
	r := receive(t, func(_ int, w http.ResponseWriter) {
		w.Header().Set("Retry-After", "90")
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "closed")
	})
	b.register(t, b.A, r, "household.created")
	b.household(t, b.A, "A family")
	first := r.next(t)
	for range 3 {
		if again := r.next(t); again.ID != first.ID || again.Sequence != first.Sequence {
			t.Errorf("attempts differ: %+v and %+v", first, again)
		}
	}
	if got := b.settle(t); got["FAILED"] != 1 {
		t.Errorf("deliveries %v", got)
	}
	if wait := <-waits; wait != 90*time.Second {
		t.Errorf("Retry-After was read as %v", wait)
	}
	var attempts, distinct, logged int
	row := b.Super(t).QueryRow(`SELECT d.attempts, count(DISTINCT a.number), count(*) FROM deliveries d JOIN delivery_attempts a ON a.delivery_id = d.id
		WHERE a.status_code = 503 AND a.excerpt = 'closed' AND a.error <> '' AND d.completed_at IS NOT NULL GROUP BY d.id`)
	if err := row.Scan(&attempts, &distinct, &logged); err != nil || attempts != 4 || distinct != 4 || logged != 4 {
		t.Errorf("log: %d attempts, %d and %d rows, %v", attempts, distinct, logged, err)
	}
}

func TestRecoveringReceiver(t *testing.T) {
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Next = func(int, time.Duration) time.Duration { return 0 }
	})
	r := receive(t, func(attempt int, w http.ResponseWriter) {
		if attempt < 3 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	b.register(t, b.A, r, "household.created")
	b.household(t, b.A, "A family")
	if got := b.settle(t); got["SUCCEEDED"] != 1 || r.count.Load() != 3 {
		t.Errorf("deliveries %v after %d attempts", got, r.count.Load())
	}
}

func TestGoneDisables(t *testing.T) {
	b := setUp(t, nil)
	r := receive(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusGone) })
	made := b.register(t, b.A, r, "household.created")
	b.household(t, b.A, "A family")
	r.next(t)
	if got := b.settle(t); got["FAILED"] != 1 {
		t.Errorf("deliveries %v", got)
	}
	ctx := b.A.As(t.Context(), viewer.Owner)
	now, err := b.Client(ctx).WebhookEndpoint.Get(ctx, made.ID)
	if err != nil || now.Status != "DISABLED" {
		t.Errorf("endpoint %v, %v", now, err)
	}
	if _, err := b.registry.SendTestEvent(ctx, made.ID); err == nil {
		t.Error("a disabled endpoint was tested")
	}
}

// TestEndpointGoesWithItsLog deletes an endpoint that events were sent to; the
// log of the other one stays.
func TestEndpointGoesWithItsLog(t *testing.T) {
	b := setUp(t, nil)
	ctx, db := b.A.As(t.Context(), viewer.Owner), b.Super(t)
	gone, kept := receive(t, nil), receive(t, nil)
	endpoint := b.register(t, b.A, gone, "household.created")
	b.register(t, b.A, kept, "household.created")
	b.household(t, b.A, "A family")
	gone.next(t)
	kept.next(t)
	b.settle(t)
	id := typeid.Format("webhookendpoint", endpoint.ID)
	if _, errs, err := operation.New(b.Store, nil).Delete(ctx, "WebhookEndpoint", map[string]any{"id": id}); err != nil || len(errs) > 0 {
		t.Fatal(errs, err)
	}
	var deliveries, attempts int
	if err := db.QueryRow(`SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM delivery_attempts)`).Scan(&deliveries, &attempts); err != nil {
		t.Fatal(err)
	}
	if deliveries != 1 || attempts != 1 {
		t.Errorf("%d deliveries and %d attempts are left; want those of the other endpoint", deliveries, attempts)
	}
}

// TestWhatGoesWithWhat lists the keys whose rows go with the row they point to;
// every other one holds it.
func TestWhatGoesWithWhat(t *testing.T) {
	var keys string
	err := testkit.New(t).Super(t).QueryRow(`SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint
		WHERE contype = 'f' AND confdeltype <> 'a' AND connamespace = 'public'::regnamespace`).Scan(&keys)
	if want := "announcement_reads_announcements_reads deliveries_integrations_deliveries deliveries_webhook_endpoints_deliveries delivery_attempts_deliveries_log sign_in_factors_users_factors sign_in_tokens_users_sign_in_tokens"; err != nil || keys != want {
		t.Errorf("%s, %v; want %s", keys, err, want)
	}
}

func TestTestEventGoesToOneEndpoint(t *testing.T) {
	b := setUp(t, nil)
	named, other := receive(t, nil), receive(t, nil)
	made := b.register(t, b.A, named, "household.created")
	b.register(t, b.A, other, feed.TestType)
	ctx := b.A.As(t.Context(), viewer.Owner)
	event, err := b.registry.SendTestEvent(ctx, made.ID)
	if err != nil || event.Type != feed.TestType {
		t.Fatalf("%v, %v", event, err)
	}
	b.worker.Wake()
	if m := named.next(t); m.Type != feed.TestType || m.Data.Data["test"] != true {
		t.Errorf("message %+v", m)
	}
	if got := b.settle(t); got["SUCCEEDED"] != 1 || len(other.got) != 0 {
		t.Errorf("deliveries %v; the other endpoint got %d", got, len(other.got))
	}
	if _, err := b.registry.SendTestEvent(b.B.As(t.Context(), viewer.Owner), made.ID); err == nil {
		t.Error("a neighbor's endpoint was tested")
	}
}

// A secret that was sealed for another endpoint does not sign.
func TestSwappedSecret(t *testing.T) {
	b := setUp(t, nil)
	r := receive(t, nil)
	victim := b.register(t, b.A, r, "household.created")
	other := b.register(t, b.A, r, "student.created")
	if _, err := b.Super(t).Exec(`UPDATE webhook_endpoints SET secret = (SELECT secret FROM webhook_endpoints WHERE id = $1) WHERE id = $2`, other.ID, victim.ID); err != nil {
		t.Fatal(err)
	}
	b.household(t, b.A, "A family")
	if got := b.settle(t); got["FAILED"] != 1 || len(r.got) != 0 {
		t.Errorf("deliveries %v, received %d", got, len(r.got))
	}
}

func TestStopDrains(t *testing.T) {
	b := setUp(t, nil)
	arrived, release := make(chan struct{}), make(chan struct{})
	r := receive(t, func(int, http.ResponseWriter) { close(arrived); <-release })
	b.register(t, b.A, r, "household.created")
	b.household(t, b.A, "A family")
	<-arrived
	b.cancel()
	close(release)
	b.stop()
	var status string
	if err := b.Super(t).QueryRow(`SELECT status FROM deliveries`).Scan(&status); err != nil || status != "SUCCEEDED" {
		t.Errorf("after the stop: %s, %v", status, err)
	}
}
