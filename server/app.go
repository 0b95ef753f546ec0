package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/redis/go-redis/v9"

	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/graph/generated"
	"github.com/barrehq/barre/internal/alert"
	"github.com/barrehq/barre/internal/announcement"
	"github.com/barrehq/barre/internal/anomaly"
	"github.com/barrehq/barre/internal/audit"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/cost"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/customfield"
	"github.com/barrehq/barre/internal/delivery"
	"github.com/barrehq/barre/internal/deprecation"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/erasure"
	"github.com/barrehq/barre/internal/export"
	"github.com/barrehq/barre/internal/feature"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/guard"
	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/keyservice"
	"github.com/barrehq/barre/internal/limit"
	"github.com/barrehq/barre/internal/oauth"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/playground"
	"github.com/barrehq/barre/internal/probe"
	"github.com/barrehq/barre/internal/promise"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/register"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/retention"
	"github.com/barrehq/barre/internal/review"
	"github.com/barrehq/barre/internal/role"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/sso"
	"github.com/barrehq/barre/internal/staff"
	"github.com/barrehq/barre/internal/storage"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/webhook"
	"github.com/barrehq/barre/internal/worker"
)

// App is the whole program, built in the order in which its parts need each
// other. Tests build the same.
type App struct {
	Config   *Config
	Log      *slog.Logger
	Store    *store.Store
	Identity *auth.Identity
	Registry *destination.Registry
	Handler  http.Handler
	Metrics  http.Handler

	box       *sealed.Box
	service   key.Service // wraps the data keys
	keys      *key.Ring
	signer    *audit.Signer
	verbs     *operation.Operations
	tally     *deprecation.Tally
	door      *auth.Door
	sender    *webhook.Sender
	schema    graphql.ExecutableSchema
	price     *graph.Door
	execution *graph.Execution
	payloads  graph.Payloads
	desk      *enrollment.Desk
	staff     *staff.Desk
	roles     *role.Registry
	reviews   *review.Desk
	apps      *oauth.Desk
	office    *billing.Office
	hooks     http.Handler
	feed      *feed.Feed
	exports   *export.Desk
	reader    *query.Reader
	files     *storage.Bucket
	limiter   *limit.Limiter
	detector  *anomaly.Detector
	alerts    *alert.Desk
	features  *feature.Registry
	news      *announcement.Desk
	listed    []*register.Row // sub-processors
	redis     *redis.Client
	backups   *backup.Keeper // nil where somebody else takes them
	worker    *worker.Worker
	watch     *observer
	play      playground.Config
	register  http.Handler // the page of sub-processors
	trust     *promise.Center
	prober    *probe.Prober // nil where nothing is answered
	closers   []func() error
}

// newApp builds the program. Before its routes are made, prepare may use all
// the rest, and says whom the playground can act as; nil for nobody.
func newApp(ctx context.Context, c *Config, prepare func(context.Context, *App) ([]playground.Identity, error)) (app *App, err error) {
	app = &App{Config: c, Log: newLog(c.logTo(), c.LogLevel)}
	defer func() {
		if err != nil {
			err = errors.Join(err, app.Close())
		}
	}()
	app.watch = newObserver()
	for _, step := range []func(context.Context) error{
		app.openKeys,     // first: nothing stored can be read without them
		app.openTraces,   // before what is traced
		app.openStore,    // refuses to go on where a wall is missing
		app.openFiles,    // before what is kept in them
		app.openLimits,   // before anything is served
		app.openSender,   // how studios' addresses are reached
		app.openVerbs,    // what the studio does
		app.openWatch,    // who behaves unusually, which some verbs must know
		app.openRegistry, // where its events go
		app.openSchema,   // how all of it is asked for
		app.openBackups,  // before the worker, which takes them
		app.openWorker,   // what follows a commit; it asks as well
		app.openHooks,    // what providers tell
	} {
		if err := step(ctx); err != nil {
			return app, err
		}
	}
	if prepare != nil {
		if app.play.Identities, err = prepare(ctx, app); err != nil {
			return app, err
		}
	}
	return app, app.routes(ctx)
}

func (a *App) closing(f func() error) { a.closers = append(a.closers, f) }

// Close gives everything back, in the opposite order.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

func (a *App) openStore(ctx context.Context) (err error) {
	a.Store, err = store.Open(ctx, store.Config{
		URL: a.Config.DatabaseURL.Reveal(), SystemURL: a.Config.SystemURL.Reveal(), MaxConns: a.Config.MaxConns,
		Trip: a.watch.trips.Inc, Record: outbox.Record, Committed: func() {
			if a.worker != nil {
				a.worker.Wake()
			}
		},
		Seal: func(db store.Execer) store.Sealer {
			a.keys = key.New(db, a.service, key.Config{Open: openStudioKey, Logger: a.Log})
			return a.keys
		},
	})
	if err != nil {
		return err
	}
	a.closing(func() error { a.Store.Close(); return nil })
	return nil
}

func (a *App) openFiles(ctx context.Context) (err error) {
	if a.files, err = openBucket(ctx, a.Config); err == nil {
		a.closing(a.files.Close)
	}
	return err
}

// openBucket opens where files are kept.
func openBucket(ctx context.Context, c *Config) (*storage.Bucket, error) {
	address := c.StorageURL
	if address == "" {
		var err error
		if address, err = storage.URL(filepath.Join(c.DataDir, "storage")); err != nil {
			return nil, fmt.Errorf("BARRE_DATA_DIR: %w", err)
		}
	}
	files, err := storage.Open(ctx, address, storage.Config{})
	if err != nil {
		return nil, fmt.Errorf("BARRE_STORAGE_URL: %w", err)
	}
	return files, nil
}

// plans are those of limit with what the operator allows.
func (a *App) plans() []limit.Plan {
	plans := limit.DefaultPlans()
	scaled := func(n int) int { return max(1, min(1_000_000_000, int(float64(n)*a.Config.LimitFactor))) }
	for i, p := range plans {
		plans[i].Burst, plans[i].RestorePerSecond = scaled(p.Burst), scaled(p.RestorePerSecond)
		plans[i].RequestCeiling, plans[i].InFlight = scaled(p.RequestCeiling), max(4, scaled(p.InFlight))
	}
	return plans
}

func (a *App) openLimits(context.Context) (err error) {
	if a.Config.RedisURL != "" {
		if a.redis, err = a.Config.dialRedis(); err != nil {
			return fmt.Errorf("REDIS_URL: %w", err)
		}
		a.closing(a.redis.Close)
	}
	a.limiter, err = limit.New(limit.Config{
		Plans: a.plans(), Redis: a.redis, Instances: a.Config.Instances, Log: a.Log, OnDegraded: a.watch.degraded,
	})
	return err
}

func (a *App) openVerbs(context.Context) error {
	key, err := a.cursorKey()
	if err != nil {
		return err
	}
	cursors, err := cursor.New(key)
	if err != nil {
		return fmt.Errorf("BARRE_CURSOR_KEY: %w", err)
	}
	hasher, err := credential.NewHasher(credential.Config{Running: runtime.NumCPU()})
	if err != nil {
		return err
	}
	a.door = auth.NewDoor(a.Store, auth.Config{Hosts: a.Config.Hosts, Development: a.Config.Development(), Keys: a.keyMode(), Address: a.address, Log: a.Log})
	a.Identity = auth.NewIdentity(a.Store, hasher, a.door, auth.IdentityConfig{
		Mode: a.keyMode(), Box: a.box, Visits: sso.New(sso.Config{RedirectURL: a.hooksURL() + "/sso/callback", Transport: a.sender.Transport()}),
	})
	a.staff = staff.New(a.Store, a.door, staff.Config{})
	a.roles = role.New(a.Store, a.door)
	a.apps = oauth.New(a.Store, a.door, oauth.Config{ConsentURL: a.Config.ConsentURL})
	a.reviews = review.New(a.Store, a.door, a.Identity, review.Config{})
	a.desk = enrollment.New(a.Store, time.Now)
	a.office = billing.New(a.Store, time.Now)
	a.feed = feed.New(a.Store, cursors, feed.Config{Logger: a.Log})
	a.exports = export.New(a.Store, storage.NewSealed(a.files, a.service), a.feed, export.Config{Environment: a.Config.Environment, Logger: a.Log, Audit: a.auditLog})
	a.reader = query.New(a.Store, cursors)
	a.tally = deprecation.New(a.Store, deprecation.Config{Logger: a.Log})
	return nil
}

// keyMode marks the API keys of a development server, so that nobody takes
// them for ones that are worth something.
func (a *App) keyMode() credential.Mode {
	if a.Config.Development() {
		return credential.Test
	}
	return credential.Live
}

func (a *App) cursorKey() ([]byte, error) {
	if a.Config.CursorKey != "" {
		return []byte(a.Config.CursorKey.Reveal()), nil
	}
	key, err := sealed.LoadKey(filepath.Join(a.Config.DataDir, "keys", "cursor"), cursor.MinKey)
	if err != nil {
		return nil, fmt.Errorf("BARRE_CURSOR_KEY: %w", err)
	}
	return key, nil
}

func (a *App) openSender(context.Context) error {
	a.sender = webhook.NewSender(webhook.Config{AllowLoopback: a.Config.Development()})
	a.closing(func() error { a.sender.Close(); return nil })
	return nil
}

func (a *App) openRegistry(context.Context) error {
	a.Registry = destination.New(a.Store, a.box, destination.Config{
		CheckURL: a.sender.CheckURL, Queries: &a.payloads, Connectors: connectors(a.Config), HooksURL: a.hooksURL(),
	})
	return nil
}

func (a *App) openSchema(context.Context) error {
	rows, err := register.New(providers(a.Config), a.Config.Hosting)
	if err != nil {
		return fmt.Errorf("BARRE_HOSTING: %w", err)
	}
	if a.register, err = register.Page(rows); err != nil {
		return err
	}
	if a.trust, err = a.trustCenter(); err != nil {
		return err
	}
	a.prober = probe.New(a.Store, probe.Config{Ask: a.ask, Logger: a.Log})
	a.listed = rows
	a.verbs = operation.New(a.Store, map[string]operation.Check{"WebhookEndpoint": a.Registry.CheckUpdate, "Tenant": a.Registry.CheckTenant})
	a.schema = generated.NewExecutableSchema(generated.Config{Resolvers: &graph.Resolver{
		Store: a.Store, Reader: a.reader, Operations: a.verbs, Identity: a.Identity,
		Desk: a.desk, Office: a.office, Registry: a.Registry, Feed: a.feed, Exports: a.exports, Erasures: erasure.New(a.Store), Register: rows, Keys: key.NewCustodian(a.keys, a.Store, keyservice.Check),
		Retention: retention.NewDesk(a.Store, nil), AuditKey: a.signer.Public(),
		Trust: a.trust, Prober: a.prober,
		Fields: customfield.NewRegistry(a.Store), StaffDesk: a.staff, Roles: a.roles, Reviews: a.reviews, Apps: a.apps,
		Alerts: a.alerts, Detector: a.detector, Features: a.features, News: a.news,
	}})
	a.price = graph.NewDoor(guard.New(guard.Limits{}), cost.New(a.schema.Schema(), cost.Config{}), a.limiter, graph.DoorConfig{
		Ceiling: a.ceiling, Introspection: a.Config.Introspection || a.Config.Development(), Features: a.features,
	})
	a.execution = graph.NewExecution(a.price, a.reader, graph.NewLedger(a.Store, a.box))
	a.execution.Staff = a.staff
	a.payloads.Serve(a.schema, a.price, a.execution)
	return nil
}

// renderer answers the queries of webhooks: the door knows in whose name.
type renderer struct {
	*auth.Door
	*graph.Payloads
}

func (a *App) openWorker(ctx context.Context) (err error) {
	if !a.Config.WorkerInServer {
		return nil
	}
	a.worker, err = worker.New(ctx, a.Store, worker.Config{
		SystemURL: a.Config.SystemURL.Reveal(), Box: a.box, Office: a.office, Members: a.Identity, Exports: a.exports, Keys: a.keys, Files: a.files, Backups: a.backups, Logger: a.Log,
		Alerts: a.alerts, News: a.news, Notices: a.notices,
		Signer: a.signer, Remover: retention.ByVerbs(a.Store, a.verbs),
		Relay: relay.Config{Placed: a.feed.Wake}, Lapses: []func(context.Context) error{a.staff.Expire, a.reviews.Lapse},
		Delivery: delivery.Config{
			Sender: a.sender, Providers: providers(a.Config), Renderer: renderer{a.door, &a.payloads}, Letters: a.Identity,
		},
	})
	if err != nil {
		return err
	}
	a.closing(func() error { a.worker.Close(); return nil })
	return nil
}

// ceiling is the highest price of one request by plan.
func (a *App) ceiling(plan string) int {
	plans := a.plans()
	for _, p := range plans {
		if p.Name == plan {
			return p.RequestCeiling
		}
	}
	return plans[0].RequestCeiling
}

// Run does what goes on beside requests until ctx ends.
func (a *App) Run(ctx context.Context) {
	parts := []func(context.Context){a.Identity.Run, a.limiter.Run, a.feed.Run, a.tally.Run, a.alerts.Run, a.detector.Run}
	if a.prober != nil {
		parts = append(parts, a.prober.Run)
	}
	if a.worker != nil {
		parts = append(parts, a.worker.Run)
	}
	if a.worker != nil && a.backups != nil {
		parts = append(parts, a.backups.Run)
	}
	var group sync.WaitGroup
	for _, run := range parts {
		group.Go(func() { run(ctx) })
	}
	group.Wait()
}
