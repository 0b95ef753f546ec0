package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/rs/cors"

	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/playground"
	"github.com/barrehq/barre/internal/transport"
	"github.com/barrehq/barre/internal/viewer"
)

// requestLimit bounds one request that is no stream; Postgres bounds each of
// its statements.
const requestLimit = 10 * time.Second

// routes shows the way of a request, from the outside in.
func (a *App) routes(ctx context.Context) error {
	endpoint := transport.Handler(a.schema, transport.Config{
		Persisted: transport.PersistedConfig{MayRegister: known, Trusted: auth.Trusted},
		Extensions: []graphql.HandlerExtension{
			a.price,                        // what it may cost
			graph.NewDeprecations(a.tally), // whether it uses what will go
			graph.NewBehavior(a.detector),  // what it did, for those who behave unusually; around how it is done
			a.refusals,                     // what was refused, for the audit log
			a.execution,                    // how it is done
		},
		Websocket: transport.Websocket{
			Authenticate: a.door.Authenticate, CheckOrigin: a.socketOrigin,
			Alive: transport.Poll(time.Second, a.door.Alive),
		},
		SSE:       transport.SSE{Alive: transport.Poll(time.Second, a.door.Alive)},
		RequestID: outbox.Request,
		Log:       a.Log,
	})
	var graphQL http.Handler = endpoint
	for _, layer := range []func(http.Handler) http.Handler{ // the last is the outermost
		a.inFlight,        // how many at once: one studio cannot take the whole pool
		a.priced,          // keeps the price, and says it in the headers
		a.heldBack,        // who behaves unusually waits, before a place is taken
		a.door.Middleware, // who: the viewer or 401
		a.called,          // what only the transport knows: address, idempotency key
		a.cors,            // which pages may ask; before who, as preflights carry no credential
		a.bounded,         // how long
	} {
		graphQL = layer(graphQL)
	}
	mux := a.health()
	mux.Handle("/graphql", graphQL)
	mux.HandleFunc("GET /schema.graphqls", serveSchema(a.schema, a.features))
	mux.HandleFunc("GET /webhooks/jwks.json", a.publicKeys)
	trust, err := a.trust.Page()
	if err != nil {
		return err
	}
	mux.Handle("GET /trust", trust)                                                                    // public, as what it says is promised to everybody
	mux.HandleFunc("GET /.well-known/security.txt", a.securityText)                                    // public: for whoever finds a hole
	mux.Handle("GET /trust/subprocessors", a.register)                                                 // public: it is for families, too
	mux.Handle("POST /hooks/{provider}/{token}", a.bounded(a.hooks))                                   // what providers tell; token and signature say who, and for which studio
	mux.Handle("GET /sso/callback", a.bounded(http.HandlerFunc(a.Identity.Callback)))                  // back from an identity provider, with a state that we know
	mux.Handle("GET /exports/{id}", a.called(a.door.Middleware(http.HandlerFunc(a.exports.Download)))) // who; as long as the file takes
	mux.Handle("GET /oauth/authorize", a.bounded(http.HandlerFunc(a.apps.Authorize)))                  // hands over to the studio's frontend, which has the session
	mux.Handle("POST /oauth/token", a.bounded(http.HandlerFunc(a.apps.Token)))                         // the app proves itself by its secret or its verifier
	mux.Handle("POST /oauth/revoke", a.bounded(http.HandlerFunc(a.apps.Revoke)))
	if a.Config.Playground {
		if err := a.examples(ctx, graphQL); err != nil {
			return err
		}
		page := playground.Handler(a.play)
		mux.Handle("/playground", page)
		mux.Handle("/playground/", page)
		mux.Handle("GET /{$}", http.RedirectHandler("/playground", http.StatusFound))
	}
	a.Handler = mux
	for _, layer := range []func(http.Handler) http.Handler{
		a.secure,              // headers that every answer has
		a.watch.trace,         // a span, under the caller's trace
		a.watch.logged(a.Log), // one line and one measurement for each request
		identified,            // an id to find the line by
		a.rescued,             // outermost: a panic costs one request
	} {
		a.Handler = layer(a.Handler)
	}
	a.Metrics = a.secure(a.watch.handler())
	return nil
}

// known reports whether a caller may make the server remember documents.
func known(ctx context.Context) bool { return viewer.From(ctx) != nil }

// isStream reports whether a request lasts as long as its client wants.
func isStream(r *http.Request) bool {
	return r.Header.Get("Upgrade") != "" || strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

func (a *App) rescued(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				a.Log.ErrorContext(r.Context(), "panic", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				http.Error(w, `{"errors":[{"message":"Something went wrong.","extensions":{"code":"INTERNAL"}}]}`, http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// identified gives each request an id of ours; a caller's is not believed.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := "req_" + strings.ToLower(rand.Text())
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(outbox.WithRequest(r.Context(), id)))
	})
}

func (a *App) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'") // a page sets its own
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Permitted-Cross-Domain-Policies", "none")
		if !a.Config.Development() {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// bounded gives a request that is no stream its time.
func (a *App) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isStream(r) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), requestLimit)
		defer cancel()
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(3 * requestLimit))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (a *App) cors(next http.Handler) http.Handler {
	return cors.New(cors.Options{
		AllowOriginVaryRequestFunc: func(r *http.Request, origin string) (bool, []string) {
			return a.sameHost(r, origin) || a.door.AllowedOrigin(r.Context(), origin), nil
		},
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Authorization", "Content-Type", "Idempotency-Key", "GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Apollo-Operation-Name", "Traceparent"},
		ExposedHeaders: []string{"X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"},
		MaxAge:         600,
	}).Handler(next)
}

func (a *App) sameHost(r *http.Request, origin string) bool {
	return origin == "http://"+r.Host && a.Config.Development() || origin == "https://"+r.Host
}

func (a *App) socketOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || a.sameHost(r, origin) || a.door.AllowedOrigin(r.Context(), origin)
}

// address is where a request comes from: the peer or, behind a proxy that can
// be trusted, what that proxy says.
func (a *App) address(r *http.Request) string {
	if a.Config.TrustProxy {
		hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(hops[len(hops)-1]); net.ParseIP(last) != nil {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (a *App) called(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(graph.WithCaller(r.Context(), r, a.address(r))))
	})
}

func (a *App) priced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := graph.WithMeter(r.Context())
		if isStream(r) {
			next.ServeHTTP(w, r.WithContext(ctx))
			return
		}
		next.ServeHTTP(&limited{ResponseWriter: w, ctx: ctx}, r.WithContext(ctx))
	})
}

// limited adds the RateLimit headers when the answer begins.
type limited struct {
	http.ResponseWriter
	ctx   context.Context
	begun bool
}

func (l *limited) WriteHeader(status int) {
	if decision, ok := graph.Decision(l.ctx); ok && !l.begun {
		decision.Headers(l.Header())
	}
	l.begun = true
	l.ResponseWriter.WriteHeader(status)
}

func (l *limited) Write(p []byte) (int, error) {
	if !l.begun {
		l.WriteHeader(http.StatusOK)
	}
	return l.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (l *limited) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func (a *App) inFlight(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := viewer.From(r.Context())
		if v == nil || v.Role == viewer.Staff || isStream(r) { // staff are at no studio yet, whose limit it would be
			next.ServeHTTP(w, r)
			return
		}
		leave, err := a.limiter.Enter(v)
		if err != nil {
			refuse(w, err)
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

// health is what a supervisor asks: whether the process lives, and whether it
// should get requests.
func (a *App) health() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", a.ready)
	return mux
}

func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	idle := a.worker != nil && !a.worker.Working()
	if idle || a.watch.draining.Load() || a.prober != nil && !a.prober.Sound() || a.Store.Ping(ctx) != nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ready\n")
}

// status remembers what was answered, for the log.
type status struct {
	http.ResponseWriter
	code  int
	bytes atomic.Int64
}

func (s *status) WriteHeader(code int) { s.code = code; s.ResponseWriter.WriteHeader(code) }

func (s *status) Write(p []byte) (int, error) {
	n, err := s.ResponseWriter.Write(p)
	s.bytes.Add(int64(n))
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Hijack lets a websocket take the connection.
func (s *status) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(s.ResponseWriter).Hijack()
}

// Flush lets a stream send what it has.
func (s *status) Flush() { _ = http.NewResponseController(s.ResponseWriter).Flush() }
