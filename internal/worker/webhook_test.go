package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/delivery"
	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/webhook"
	"github.com/barrehq/barre/internal/worker"
)

// request is one attempt, byte by byte.
type request struct {
	header http.Header
	body   []byte
}

// listener keeps requests and answers with the status that status holds.
type listener struct {
	*httptest.Server
	got    chan request
	status atomic.Int64
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{got: make(chan request, 1000)}
	l.status.Store(http.StatusNoContent)
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(int(l.status.Load()))
		l.got <- request{r.Header, body}
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) next(t *testing.T) request {
	t.Helper()
	select {
	case r := <-l.got:
		return r
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was received")
		return request{}
	}
}

// create makes an endpoint at l for household.created.
func (b *bench) create(t *testing.T, l *listener, e destination.Endpoint) (uuid.UUID, destination.Keys) {
	t.Helper()
	e.URL = l.URL
	if e.EventTypes == nil {
		e.EventTypes = []string{"household.created"}
	}
	made, keys, err := b.registry.CreateWebhookEndpoint(b.A.As(t.Context(), viewer.Owner), e)
	if err != nil {
		t.Fatal(err)
	}
	return made.ID, keys
}

func verified(t *testing.T, r request, keys ...secret.String) {
	t.Helper()
	for i, key := range keys {
		if err := webhook.Verify([]secret.String{key}, r.header, r.body, time.Now()); err != nil {
			t.Errorf("key %d: %v in %q", i, err, r.header.Get(webhook.HeaderSignature))
		}
	}
}

func TestSignatures(t *testing.T) {
	b := setUp(t, nil)
	l := listen(t)
	for signature, count := range map[webhookendpoint.Signature]int{"HMAC": 1, "ED25519": 1, "BOTH": 2} {
		id, keys := b.create(t, l, destination.Endpoint{Signature: signature})
		b.household(t, b.A, "A family")
		r := l.next(t)
		known := map[webhookendpoint.Signature][]secret.String{
			"HMAC": {keys.Shared}, "ED25519": {secret.String(keys.Public())}, "BOTH": {keys.Shared, secret.String(keys.Public())},
		}[signature]
		verified(t, r, known...)
		if n := len(strings.Fields(r.header.Get(webhook.HeaderSignature))); n != count {
			t.Errorf("%s: %d signatures", signature, n)
		}
		if _, err := b.Super(t).Exec(`DELETE FROM webhook_endpoints WHERE id = $1`, id); err != nil {
			t.Fatal(err)
		}
	}
}

// While a rotation lasts, whoever holds either key is served.
func TestRotation(t *testing.T) {
	var late atomic.Int64
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Now = func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	})
	l := listen(t)
	id, before := b.create(t, l, destination.Endpoint{Signature: "BOTH"})
	ctx := b.A.As(t.Context(), viewer.Owner)
	rotated, after, err := b.registry.RotateWebhookSecret(ctx, id, 24)
	if err != nil || rotated.SecondaryExpiresAt == nil || after == before {
		t.Fatalf("%+v, %v", rotated, err)
	}
	b.household(t, b.A, "A family")
	verified(t, l.next(t), before.Shared, after.Shared, secret.String(before.Public()), secret.String(after.Public()))
	keys, err := b.registry.PublicKeys(t.Context(), id)
	if err != nil || len(keys) != 2 || keys[0] == keys[1] {
		t.Errorf("public keys %v, %v", keys, err)
	}
	late.Store(int64(25 * time.Hour))
	b.household(t, b.A, "Another family")
	r := l.next(t)
	if n := len(strings.Fields(r.header.Get(webhook.HeaderSignature))); n != 2 {
		t.Errorf("%d signatures after the overlap", n)
	}
	if _, again, err := b.registry.RotateWebhookSecret(ctx, id, 0); err != nil || again == after {
		t.Errorf("%v", err)
	}
	if keys, err := b.registry.PublicKeys(t.Context(), id); err != nil || len(keys) != 1 {
		t.Errorf("public keys %v, %v", keys, err)
	}
	for _, hours := range []int{-1, 169} {
		if _, _, err := b.registry.RotateWebhookSecret(ctx, id, hours); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%d hours: %v", hours, err)
		}
	}
	if _, _, err := b.registry.RotateWebhookSecret(b.B.As(t.Context(), viewer.Owner), id, 24); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor rotates: %v", err)
	}
}

func TestThinPayload(t *testing.T) {
	b := setUp(t, nil)
	l := listen(t)
	_, keys := b.create(t, l, destination.Endpoint{Payload: "THIN"})
	made := b.household(t, b.A, "The Lopez family")
	r := l.next(t)
	verified(t, r, keys.Shared)
	var m struct {
		Sequence int64
		Data     map[string]any
	}
	if err := json.Unmarshal(r.body, &m); err != nil {
		t.Fatal(err)
	}
	if m.Data["entityVersion"] != float64(made.Version) || m.Data["entityType"] != "Household" || m.Data["data"] != nil || m.Data["actor"] != nil ||
		strings.Contains(string(r.body), "Lopez") || strings.Contains(string(r.body), "example.com") {
		t.Errorf("body %s", r.body)
	}
}

// What is tried again says what it said before, also where the feed has begun
// another epoch meanwhile; what is new says the new one.
func TestAttemptsSayTheSame(t *testing.T) {
	for _, payload := range []webhookendpoint.Payload{webhookendpoint.PayloadFAT, webhookendpoint.PayloadTHIN} {
		t.Run(string(payload), func(t *testing.T) {
			failed, again := make(chan struct{}), make(chan struct{})
			b := setUp(t, func(c *worker.Config) {
				c.Delivery.Next = func(int, time.Duration) time.Duration { failed <- struct{}{}; <-again; return 0 }
			})
			l := listen(t)
			b.create(t, l, destination.Endpoint{Payload: payload})
			l.status.Store(http.StatusInternalServerError)
			b.household(t, b.A, "A family")
			first := l.next(t)
			<-failed
			l.status.Store(http.StatusNoContent)
			pool, err := job.Open(t.Context(), b.SystemURL, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			if _, err := feed.BeginEpoch(t.Context(), pool); err != nil {
				t.Fatal(err)
			}
			close(again)
			second := l.next(t)
			if !bytes.Equal(first.body, second.body) || first.header.Get(webhook.HeaderID) != second.header.Get(webhook.HeaderID) {
				t.Errorf("one attempt said %s, another %s", first.body, second.body)
			}
			b.settle(t)
			b.household(t, b.A, "Another family")
			var before, after struct{ Epoch int64 }
			third := l.next(t)
			if json.Unmarshal(first.body, &before) != nil || json.Unmarshal(third.body, &after) != nil || before.Epoch != 1 || after.Epoch <= 1 {
				t.Errorf("first %s, later %s", first.body, third.body)
			}
			b.settle(t)
			ctx := b.A.As(t.Context(), viewer.Owner)
			rows, err := b.Client(ctx).Delivery.Query().Order(delivery.ByID()).All(ctx)
			if err != nil || len(rows) != 2 {
				t.Fatalf("%v, %v", rows, err)
			}
			if _, err := b.registry.RetryDelivery(ctx, rows[0].ID); err != nil {
				t.Fatal(err)
			}
			b.worker.Wake()
			if asked := l.next(t); !bytes.Equal(first.body, asked.body) {
				t.Errorf("asked for again: %s; before: %s", asked.body, first.body)
			}
			b.settle(t)
		})
	}
}

// renderer stands for the executor.
type renderer struct {
	as     func(owner uuid.UUID) error
	answer func(ctx context.Context, query string, variables map[string]any) (data, errs json.RawMessage, err error)
}

func (r renderer) As(ctx context.Context, tenant, owner uuid.UUID) (context.Context, error) {
	return viewer.With(ctx, &viewer.Viewer{TenantID: tenant, MembershipID: owner, Role: viewer.Owner}), r.as(owner)
}

func (r renderer) Answer(ctx context.Context, query string, variables map[string]any) (data, errs json.RawMessage, err error) {
	return r.answer(ctx, query, variables)
}

// anything accepts every query.
type anything struct{ destination.Queries }

func (anything) Check(context.Context, string) error { return nil }

func TestQueryPayload(t *testing.T) {
	var problem, gone atomic.Value
	asked := make(chan map[string]any, 10)
	var answers atomic.Int64
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Next = func(int, time.Duration) time.Duration { return 0 }
		c.Delivery.Renderer = renderer{
			as: func(uuid.UUID) error {
				if f, ok := gone.Load().(*fault.Fault); ok {
					return f
				}
				return nil
			},
			answer: func(ctx context.Context, query string, variables map[string]any) (data, errs json.RawMessage, err error) {
				if f, ok := problem.Swap((*fault.Fault)(nil)).(*fault.Fault); ok && f != nil {
					return nil, nil, f
				}
				variables["query"], variables["member"] = query, viewer.From(ctx).MembershipID
				asked <- variables
				return fmt.Appendf(nil, `{"household":null,"answer":%d}`, answers.Add(1)), json.RawMessage(`[{"message":"no"}]`), nil
			},
		}
	})
	b.registry = destination.New(b.Store, b.box, destination.Config{CheckURL: b.sender.CheckURL, Queries: anything{}})
	l := listen(t)
	id, _ := b.create(t, l, destination.Endpoint{Payload: "QUERY", Query: "{ household }"})
	owner := uuid.New()
	if _, err := b.Super(t).Exec(`UPDATE webhook_endpoints SET owner_id = $2 WHERE id = $1`, id, owner); err != nil {
		t.Fatal(err)
	}
	// What the database cannot tell at this moment, it tells at the next attempt.
	problem.Store(fault.New(fault.Unavailable, "The database is away."))
	b.household(t, b.A, "A family")
	r := l.next(t)
	variables := <-asked
	var m struct {
		Type         string
		Sequence     float64
		Data, Errors any
	}
	if err := json.Unmarshal(r.body, &m); err != nil || m.Type != "household.created" || m.Errors == nil || variables["query"] != "{ household }" ||
		variables["member"] != owner || variables["type"] != "household.created" || !strings.HasPrefix(variables["id"].(string), "household_") {
		t.Errorf("body %s, variables %v, %v", r.body, variables, err)
	}
	// Every attempt says the same, however often it is made.
	l.status.Store(http.StatusInternalServerError)
	b.household(t, b.A, "Another family")
	first := l.next(t)
	l.status.Store(http.StatusNoContent)
	if again := l.next(t); !bytes.Equal(first.body, again.body) || first.header.Get("webhook-id") != again.header.Get("webhook-id") {
		t.Errorf("one attempt said %s, another %s", first.body, again.body)
	}
	b.settle(t)
	for len(l.got) > 0 { // attempts of before the receiver was well
		if again := l.next(t); !bytes.Equal(first.body, again.body) {
			t.Errorf("one attempt said %s, another %s", first.body, again.body)
		}
	}
	var kept int
	if err := b.Super(t).QueryRow(`SELECT count(*) FROM deliveries WHERE body IS NOT NULL`).Scan(&kept); err != nil || kept > 0 || answers.Load() != 2 {
		t.Errorf("%d answers are kept after they arrived, %d were asked for, %v", kept, answers.Load(), err)
	}
	gone.Store(fault.New(fault.Forbidden, "The owner is gone."))
	b.household(t, b.A, "A third family")
	if got := b.settle(t); got["SUCCEEDED"] != 2 || got["FAILED"] != 1 || len(l.got) != 0 {
		t.Errorf("deliveries %v", got)
	}
	var text string
	if err := b.Super(t).QueryRow(`SELECT error FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE d.status = 'FAILED'`).Scan(&text); err != nil || text != "The query could not be asked: The owner is gone." {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAccess(t *testing.T) {
	b := setUp(t, func(c *worker.Config) { c.Delivery.Next = func(int, time.Duration) time.Duration { return 0 } })
	var given atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"access_token": "token" + string('0'+rune(given.Add(1))), "token_type": "Bearer", "expires_in": 300})
	}))
	defer server.Close()
	l := listen(t)
	id, keys := b.create(t, l, destination.Endpoint{})
	ctx := b.A.As(t.Context(), viewer.Owner)
	set := func(a destination.Access) {
		t.Helper()
		made, err := b.registry.AuthenticateWebhookEndpoint(ctx, id, a)
		if err != nil || strings.Contains(string(made.AuthCredential), "hunter2") {
			t.Fatalf("%+v, %v", made, err)
		}
	}
	hear := func(want string) {
		t.Helper()
		b.household(t, b.A, "A family")
		r := l.next(t)
		verified(t, r, keys.Shared)
		if got := r.header.Get("Authorization"); got != want {
			t.Errorf("Authorization is %q; want %q", got, want)
		}
	}
	set(destination.Access{Basic: &destination.Basic{User: "ada", Password: "hunter2"}})
	hear(webhook.Basic("ada", "hunter2").Reveal())
	grant := webhook.Grant{TokenURL: server.URL, ClientID: "studio", ClientSecret: "hunter2"}
	set(destination.Access{Grant: &grant})
	hear("Bearer token1")
	hear("Bearer token1") // it is kept
	l.status.Store(http.StatusUnauthorized)
	b.household(t, b.A, "A family")
	l.next(t)
	l.status.Store(http.StatusNoContent)
	for r := l.next(t); ; r = l.next(t) { // another attempt may have begun with the old one
		if got := r.header.Get("Authorization"); got == "Bearer token1" {
			continue
		} else if !strings.HasPrefix(got, "Bearer token") {
			t.Errorf("Authorization is %q", got)
		}
		break
	}
	b.settle(t)
	for len(l.got) > 0 {
		<-l.got
	}
	set(destination.Access{})
	hear("")
	for name, a := range map[string]destination.Access{
		"both":        {Basic: &destination.Basic{User: "a", Password: "b"}, Grant: &grant},
		"no password": {Basic: &destination.Basic{User: "a"}},
		"colon":       {Basic: &destination.Basic{User: "a:b", Password: "c"}},
		"line end":    {Basic: &destination.Basic{User: "a\nb", Password: "c"}},
		"inside":      {Grant: &webhook.Grant{TokenURL: "https://10.0.0.1/", ClientID: "a", ClientSecret: "b"}},
	} {
		if _, err := b.registry.AuthenticateWebhookEndpoint(ctx, id, a); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Only the record whose event fails waits, and its events come in their order.
func TestOrdered(t *testing.T) {
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Next = func(int, time.Duration) time.Duration { return 0 }
		c.Delivery.Hold = time.Millisecond
	})
	var mu sync.Mutex
	var failing string
	heard := map[string][]float64{}
	failures := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct {
			Data struct {
				EntityID      string
				EntityVersion float64
			}
		}
		err := json.NewDecoder(r.Body).Decode(&m)
		mu.Lock()
		defer mu.Unlock()
		if failing == "" {
			failing = m.Data.EntityID
		}
		if err != nil || m.Data.EntityID == failing && failures < 5 {
			failures++
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		heard[m.Data.EntityID] = append(heard[m.Data.EntityID], m.Data.EntityVersion)
	}))
	defer server.Close()
	ctx := b.A.As(t.Context(), viewer.Owner)
	if _, _, err := b.registry.CreateWebhookEndpoint(ctx, destination.Endpoint{URL: server.URL, Ordered: true, EventTypes: []string{"household.*"}}); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		made := b.household(t, b.A, "A family")
		for n := range 5 {
			err := b.InTx(ctx, func(ctx context.Context) error {
				return b.Client(ctx).Household.UpdateOneID(made.ID).SetName(string(rune('A' + n))).Exec(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	b.worker.Wake()
	if got := b.settle(t); got["SUCCEEDED"] != 24 || len(got) != 1 {
		t.Errorf("deliveries %v", got)
	}
	mu.Lock()
	defer mu.Unlock()
	for id, versions := range heard {
		if !slices.Equal(versions, []float64{1, 2, 3, 4, 5, 6}) {
			t.Errorf("%s: %v", id, versions)
		}
	}
	if len(heard) != 4 || failures != 5 {
		t.Errorf("%d records, %d failures", len(heard), failures)
	}
}

// An endpoint at which nothing succeeds for five days is disabled; one success
// in between begins the count anew.
func TestDisableAfter(t *testing.T) {
	var late atomic.Int64
	b := setUp(t, func(c *worker.Config) {
		c.Delivery.Next = func(int, time.Duration) time.Duration { return webhook.Stop }
		c.Delivery.Now = func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	})
	l := listen(t)
	id, _ := b.create(t, l, destination.Endpoint{})
	ctx := b.A.As(t.Context(), viewer.Owner)
	step := func(day float64, status int, enabled, failing bool) {
		t.Helper()
		late.Store(int64(day * float64(24*time.Hour)))
		l.status.Store(int64(status))
		b.household(t, b.A, "A family")
		l.next(t)
		b.settle(t)
		now, err := b.Client(ctx).WebhookEndpoint.Get(ctx, id)
		if err != nil || (now.Status == webhookendpoint.StatusENABLED) != enabled || (now.FailingSince != nil) != failing || (now.DisabledReason != "") == enabled {
			t.Fatalf("day %v: %s, failing since %v, %q, %v", day, now.Status, now.FailingSince, now.DisabledReason, err)
		}
	}
	step(0, 500, true, true)
	step(4.9, 500, true, true)
	step(5.1, 200, true, false)
	step(5.2, 500, true, true)
	step(10.1, 500, true, true)
	step(10.3, 500, false, true)
	var events int
	if err := b.Super(t).QueryRow(`SELECT count(*) FROM events WHERE entity_id = $1 AND type = 'webhookendpoint.disabled' AND data->>'status' = 'DISABLED' AND data->>'disabledReason' LIKE 'No request%'`, id).Scan(&events); err != nil || events != 1 {
		t.Errorf("%d events tell it, %v", events, err)
	}
}

// broken is a Queries that refuses.
type broken struct{ destination.Queries }

func (broken) Check(context.Context, string) error {
	return fault.New(fault.ValidationFailed, "Cannot query field x.")
}

func TestFiltersAreChecked(t *testing.T) {
	b := prepare(t)
	b.registry = destination.New(b.Store, b.box, destination.Config{CheckURL: b.sender.CheckURL, Queries: broken{}})
	for name, c := range map[string]struct {
		given destination.Endpoint
		field string
		want  string
	}{
		"type":     {destination.Endpoint{EventTypes: []string{"enrolment.created"}}, "eventTypes", "enrollment.created"},
		"pattern":  {destination.Endpoint{EventTypes: []string{"studnt.*"}}, "eventTypes", "The nearest is student."},
		"field":    {destination.Endpoint{ChangedFields: []string{"student.lastname"}}, "changedFields", "student.lastName"},
		"no query": {destination.Endpoint{Payload: "QUERY"}, "query", "Give the query"},
		"query":    {destination.Endpoint{Payload: "QUERY", Query: "{ x }"}, "query", "Cannot query field x."},
	} {
		c.given.URL = "https://example.com/"
		_, _, err := b.registry.CreateWebhookEndpoint(b.A.As(t.Context(), viewer.Owner), c.given)
		f := (*fault.Fault)(nil)
		if !errors.As(err, &f) || !f.User || f.Field[1] != c.field || !strings.Contains(f.Message, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
