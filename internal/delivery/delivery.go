// Package delivery carries events to webhook endpoints and providers, one
// attempt a job, and writes down what came of each.
package delivery

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"golang.org/x/oauth2"
	"golang.org/x/sync/semaphore"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

// Database is what a delivery needs of the store: to read, as the platform
// inside one studio, what a provider is told, and to change what must be
// recorded.
type Database interface {
	Client(context.Context) *ent.Client
	InTx(context.Context, func(context.Context) error) error
}

// Sender makes one call to a webhook endpoint, or to the server that gives out
// its tokens.
type Sender interface {
	Send(context.Context, webhook.Request) (webhook.Result, error)
	Token(context.Context, webhook.Grant) (*oauth2.Token, error)
}

// Renderer answers the query of an endpoint with payload QUERY. A fault says
// what is wrong in words that the studio may read.
type Renderer interface {
	// As returns a context in which the owner asks: a membership or a key.
	As(ctx context.Context, tenant, owner uuid.UUID) (context.Context, error)
	Answer(ctx context.Context, query string, variables map[string]any) (data, errs json.RawMessage, err error)
}

// Config of a Worker. Without Providers, there are webhooks alone.
type Config struct {
	Sender    Sender // nil is a webhook.Sender for production
	Providers []provider.Provider
	Renderer  Renderer // nil fails every delivery with payload QUERY
	// Told writes down what a provider says of what it was asked for; nil leaves
	// that to what it tells later.
	Told    func(context.Context, destination.Connection, []provider.Fact) error
	Letters Letters // nil mails no links
	// InFlight is how many attempts to one destination may be under way in
	// all processes at most; 0 leaves that to the endpoint, and means 10 for a
	// provider.
	InFlight int
	// Hold is how soon a delivery looks again whether the one that it must
	// follow is done; 0 means 500 ms.
	Hold time.Duration
	// Repair is how soon a delivery looks again whether its connection has a
	// new credential; 0 means a minute.
	Repair time.Duration
	// Muster is how often the processes at work are counted; 0 means 2 s.
	Muster time.Duration
	// Next is how long to wait after that many attempts, webhook.Stop where
	// none is left; nil is the schedule of webhook.Next.
	Next   func(attempts int, retryAfter time.Duration) time.Duration
	Now    func() time.Time // nil is time.Now
	Logger *slog.Logger
}

// Letters makes the links that are mailed to people.
type Letters interface {
	// Letter returns the link that an event about a member mails, and until
	// when it works; empty where there is none any more.
	Letter(ctx context.Context, tenant, membership uuid.UUID, event string) (secret.String, time.Time, error)
}

// Worker makes attempts. It is safe for concurrent use.
type Worker struct {
	river.WorkerDefaults[job.Deliver]
	pool      *pgxpool.Pool
	db        Database
	box       *sealed.Box
	cfg       Config
	providers map[string]provider.Provider
	gate      gate
	crew      crew
	tokens    tokens
	rendering *semaphore.Weighted // places for queries of endpoints
	loads     together[*river.Job[job.Deliver], *task]
	records   together[ending, struct{}]
}

// maxRendering is how many queries of endpoints are answered at the same time:
// they use the connections of requests, and must leave most of them.
const maxRendering = 4

// New returns a worker on the pool of the system role. Box opens the secrets
// of endpoints and the credentials of integrations.
func New(pool *pgxpool.Pool, db Database, box *sealed.Box, c Config) *Worker {
	if c.Sender == nil {
		c.Sender = webhook.NewSender(webhook.Config{})
	}
	if c.Next == nil {
		c.Next = func(attempts int, after time.Duration) time.Duration {
			return webhook.Next(attempts, after, rand.Float64)
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Repair = cmp.Or(c.Repair, time.Minute)
	c.Muster = cmp.Or(c.Muster, 2*time.Second)
	c.Hold = cmp.Or(c.Hold, 500*time.Millisecond)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	w := &Worker{
		pool: pool, db: db, box: box, cfg: c, providers: map[string]provider.Provider{},
		gate: newGate(), crew: crew{pool: pool}, tokens: tokens{kept: map[uuid.UUID]kept{}}, rendering: semaphore.NewWeighted(maxRendering),
	}
	w.loads.call, w.records.call = w.load, w.record
	for _, p := range c.Providers {
		w.providers[p.Name()] = p
	}
	return w
}

// Work implements river.Worker: one attempt.
func (w *Worker) Work(ctx context.Context, j *river.Job[job.Deliver]) error {
	t, err := w.loads.do(ctx, j)
	if err != nil {
		return err
	}
	if t == nil || t.homeless() || t.settled() {
		return nil // its studio or its destination is gone, or another job was faster
	}
	wait, err := w.wait(ctx, t)
	if err != nil || wait > 0 {
		return snooze(wait, err)
	}
	bounds := w.crew.share(t.destination(), t.bounds(w.cfg.InFlight))
	if wait := w.gate.pass(ctx, t.destination(), bounds, w.cfg.Now); wait > 0 {
		return river.JobSnooze(wait)
	}
	defer func() { w.gate.leave(t.destination(), w.cfg.Now()) }()
	r := w.attempt(ctx, t)
	if !r.ok && errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err() // the process is stopping: nobody can say what came of it
	}
	_, err = w.records.do(context.WithoutCancel(ctx), w.ended(t, r))
	return err
}

// Attend counts, until ctx ends, the processes that share what destinations may
// be asked. It has to run beside the work.
func (w *Worker) Attend(ctx context.Context) {
	for ctx.Err() == nil {
		if err := w.crew.run(ctx, w.cfg.Muster); err != nil && ctx.Err() == nil {
			w.cfg.Logger.WarnContext(ctx, "the workers could not be counted; each keeps the part that it has", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(w.cfg.Muster):
		}
	}
}

func snooze(wait time.Duration, err error) error {
	if err != nil {
		return err
	}
	return river.JobSnooze(wait)
}

// result is what came of an attempt.
type result struct {
	ok         bool
	final      bool   // of a failure: no further attempt can help
	tried      bool   // whether it tells how a webhook endpoint is
	status     int    // HTTP status; 0 where there was no answer
	excerpt    string // of the answer
	problem    string // why it failed, in words that the studio may read
	retryAfter time.Duration
	latency    time.Duration
	at         time.Time
	// How a provider's operations stand; see job.Deliver.
	round  int
	unsure bool
}

func failed(format string, args ...any) result {
	return result{final: true, problem: fmt.Sprintf(format, args...)}
}

// attempt makes the call. A fault of ours costs the one attempt and nothing else.
func (w *Worker) attempt(ctx context.Context, t *task) (r result) {
	at := w.cfg.Now()
	defer func() {
		if fault := recover(); fault != nil {
			w.cfg.Logger.ErrorContext(ctx, "a delivery panicked", "delivery", t.Delivery, "fault", fault, "stack", string(debug.Stack()))
			r = result{problem: "The request could not be made.", unsure: true, round: t.round}
		}
		r.at, r.latency = at, w.cfg.Now().Sub(at)
	}()
	if t.endpoint != nil {
		return w.post(ctx, t)
	}
	return w.tell(ctx, t)
}
