// Package endpoint assembles the real GraphQL endpoint over a test's store, as
// the server does: credentials, document guard, prices, limits, persisted
// queries, compiled reads and transactions are the production parts. Only what
// the operator decides differs: limits are high enough never to be met. Only
// tests import it.
package endpoint

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/graph/generated"
	"github.com/barrehq/barre/internal/alert"
	"github.com/barrehq/barre/internal/announcement"
	"github.com/barrehq/barre/internal/anomaly"
	"github.com/barrehq/barre/internal/audit"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/cost"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/customfield"
	"github.com/barrehq/barre/internal/deprecation"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/erasure"
	"github.com/barrehq/barre/internal/export"
	"github.com/barrehq/barre/internal/feature"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/guard"
	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/limit"
	"github.com/barrehq/barre/internal/oauth"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/probe"
	"github.com/barrehq/barre/internal/promise"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/register"
	"github.com/barrehq/barre/internal/retention"
	"github.com/barrehq/barre/internal/review"
	"github.com/barrehq/barre/internal/role"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/staff"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/transport"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/webhook"
)

// RequestID is that of every request, so that answers can be compared.
const RequestID = "req_test"

// Endpoint is the endpoint in process.
type Endpoint struct {
	Handler http.Handler
	Schema  *ast.Schema
	Feed    *feed.Feed // Run has to run for subscriptions to move
	Cursors *cursor.Codec
	Door    *auth.Door
	Staff   *staff.Desk
}

// Config changes what the endpoint is made of; the zero value is the server's.
type Config struct {
	// Ordinary answers every read by gqlgen's executor.
	Ordinary bool
	Log      *slog.Logger // discards when nil
	// Now is when refusals are written down; time.Now when nil.
	Now func() time.Time
}

// New returns the endpoint on s.
func New(t testing.TB, s *store.Store, c Config) *Endpoint {
	t.Helper()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	key := make([]byte, cursor.MinKey)
	_, _ = rand.Read(key)
	cursors := made(cursor.New(key))(t)
	hasher := made(credential.NewHasher(credential.Config{Running: 1}))(t)
	box := made(sealed.Load(t.TempDir() + "/keys.json"))(t)
	e := &Endpoint{Cursors: cursors}
	e.Door = auth.NewDoor(s, auth.Config{Hosts: []string{"example.com"}, Development: true, Log: c.Log})
	e.Feed = feed.New(s, cursors, feed.Config{Poll: 20 * time.Millisecond, Logger: c.Log})
	reader := query.New(s, cursors)
	payloads := &graph.Payloads{}
	identity := auth.NewIdentity(s, hasher, e.Door, auth.IdentityConfig{Box: box})
	desk := staff.New(s, e.Door, staff.Config{Box: box, Gate: identity})
	e.Staff = desk
	apps := oauth.New(s, e.Door, oauth.Config{})
	registered := registry(t, s, box, payloads)
	features, detector := feature.New(s, feature.Config{}), anomaly.New(anomaly.Config{Factor: -1})
	executable := generated.NewExecutableSchema(generated.Config{Resolvers: &graph.Resolver{
		Keys:  custodian(s),
		Store: s, Reader: reader, Operations: operation.New(s, map[string]operation.Check{"WebhookEndpoint": registered.CheckUpdate, "Tenant": registered.CheckTenant}), Feed: e.Feed, Fields: customfield.NewRegistry(s),
		Identity: identity, Apps: apps, Reviews: review.New(s, e.Door, identity, apps, review.Config{}),
		Desk: enrollment.New(s, time.Now), Office: billing.New(s, time.Now), Registry: registered,
		Retention: retention.NewDesk(s, nil), AuditKey: made(audit.NewSigner(make([]byte, audit.SeedSize)))(t).Public(),
		Alerts: alert.New(s, alert.Config{Logger: c.Log}), Detector: detector, Features: features, News: announcement.New(s, c.Log),
		StaffDesk: desk, Roles: role.New(s, e.Door),
		Register: made(register.New(nil, register.Hosting()))(t), Exports: export.New(s, nil, e.Feed, export.Config{}), Erasures: erasure.New(s),
		Trust: made(promise.NewCenter(promise.Config{}))(t), Prober: probe.New(s, probe.Config{}),
	}})
	e.Schema = executable.Schema()
	plans := limit.DefaultPlans()
	for i := range plans {
		plans[i].Burst, plans[i].RestorePerSecond, plans[i].RequestCeiling, plans[i].InFlight = 1e9, 1e9, 1e6, 1000
	}
	limiter := made(limit.New(limit.Config{Plans: plans, Instances: 1, Log: c.Log}))(t)
	door := graph.NewDoor(guard.New(guard.Limits{}), cost.New(e.Schema, cost.Config{}), limiter,
		graph.DoorConfig{Ceiling: func(string) int { return 1e6 }, Features: features})
	execution := graph.NewExecution(door, reader, graph.NewLedger(s, box))
	execution.Ordinary, execution.Staff = c.Ordinary, desk
	payloads.Serve(executable, door, execution)
	served := transport.Handler(executable, transport.Config{
		Persisted:  transport.PersistedConfig{MayRegister: known, Trusted: auth.Trusted},
		Extensions: []graphql.HandlerExtension{door, graph.NewDeprecations(deprecation.New(s, deprecation.Config{})), graph.NewBehavior(detector), graph.NewRefusals(s, c.Now), execution},
		Websocket:  transport.Websocket{Authenticate: e.Door.Authenticate, Alive: transport.Poll(time.Second, e.Door.Alive)},
		SSE:        transport.SSE{Alive: transport.Poll(time.Second, e.Door.Alive)},
		RequestID:  outbox.Request, Log: c.Log,
	})
	e.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := graph.WithMeter(outbox.WithRequest(r.Context(), RequestID))
		ctx = graph.WithCaller(ctx, r, "127.0.0.1")
		e.Door.Middleware(served).ServeHTTP(w, r.WithContext(ctx))
	})
	return e
}

func known(ctx context.Context) bool { return viewer.From(ctx) != nil }

func registry(t testing.TB, s *store.Store, box *sealed.Box, q destination.Queries) *destination.Registry {
	sender := webhook.NewSender(webhook.Config{AllowLoopback: true})
	t.Cleanup(sender.Close)
	return destination.New(s, box, destination.Config{CheckURL: sender.CheckURL, Queries: q})
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do posts an operation with a credential; an empty one is anonymous.
func (e *Endpoint) Do(token, document string, variables map[string]any) Answer {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		panic(err)
	}
	return e.Post(token, "application/json", body)
}

// Post sends any body.
func (e *Endpoint) Post(token, mediaType string, body []byte) Answer {
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", mediaType)
	r.Header.Set("Accept", "application/graphql-response+json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return e.Serve(r)
}

// Serve carries out any request.
func (e *Endpoint) Serve(r *http.Request) Answer {
	w := httptest.NewRecorder()
	e.Handler.ServeHTTP(w, r)
	answered := w.Result()
	content, _ := io.ReadAll(answered.Body)
	return Answer{answered.StatusCode, answered.Header, content}
}

// made ends the test where something could not be made.
func made[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// custodian looks after the keys that the store seals with.
func custodian(s *store.Store) *key.Custodian {
	ring, _ := s.Sealer().(*key.Ring)
	return key.NewCustodian(ring, s, nil)
}
