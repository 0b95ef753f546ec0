package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feature"
)

// serve answers requests and does what goes on beside them until ctx ends;
// then it lets both finish. It closes the listeners.
func serve(ctx context.Context, app *App, on listeners) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	background := make(chan struct{})
	go func() { defer close(background); app.Run(working) }()
	public := newServer(app.Handler, app.Log)
	admin := newServer(app.Metrics, app.Log)
	failed := make(chan error, 2)
	go func() { failed <- serveOn(public, on) }()
	go func() { failed <- admin.Serve(on.metrics) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, drainAll(app, stop, background, public, admin))
}

// serveOn serves TLS where the server has a certificate.
func serveOn(s *http.Server, on listeners) error {
	if on.tls == nil {
		return s.Serve(on.public)
	}
	s.TLSConfig = on.tls
	return s.ServeTLS(on.public, "", "")
}

// listeners are where a server is reached.
type listeners struct {
	public, metrics net.Listener
	tls             *tls.Config // of public; nil for plain text
}

// listen opens the addresses of the configuration.
func listen(c *Config) (on listeners, err error) {
	if on.tls, err = c.tlsConfig(); err != nil {
		return on, err
	}
	if on.public, err = net.Listen("tcp", c.Address); err != nil {
		return on, fmt.Errorf("BARRE_ADDRESS: %w", err)
	}
	if on.metrics, err = net.Listen("tcp", c.MetricsAddress); err != nil {
		return on, errors.Join(fmt.Errorf("BARRE_METRICS_ADDRESS: %w", err), on.public.Close())
	}
	return on, nil
}

// drainAll says that it is not ready, lets requests finish, then deliveries.
func drainAll(app *App, stop func(), background <-chan struct{}, servers ...*http.Server) error {
	app.watch.draining.Store(true)
	limit, cancel := context.WithTimeout(context.Background(), app.Config.DrainTimeout)
	defer cancel()
	var errs []error
	var group sync.WaitGroup
	results := make(chan error, len(servers))
	for _, s := range servers {
		group.Go(func() { results <- s.Shutdown(limit) })
	}
	group.Wait()
	for range servers {
		errs = append(errs, <-results)
	}
	stop()
	select {
	case <-background:
	case <-limit.Done():
		errs = append(errs, errors.New("deliveries were still under way; they go on at the next start"))
	}
	return errors.Join(errs...)
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, IdleTimeout: 60 * time.Second,
		MaxHeaderBytes: 16 << 10,
	}
}

// refuse answers a request that goes no further.
func refuse(w http.ResponseWriter, err error) {
	f := fault.From(err)
	if f == nil {
		f = fault.New(fault.Internal, "Something went wrong.")
	}
	code := http.StatusInternalServerError
	switch f.Code {
	case fault.Throttled, fault.Busy:
		code = http.StatusTooManyRequests
		w.Header().Set("Retry-After", "1")
	case fault.Unauthenticated:
		code = http.StatusUnauthorized
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{
		"message": f.Message, "extensions": map[string]any{"code": f.Code},
	}}})
}

// serveSchema serves the contract as text, without what is in private beta.
func serveSchema(schema graphql.ExecutableSchema, features *feature.Registry) http.HandlerFunc {
	text := graph.PublicSDL(graph.Without(schema.Schema(), func(name string) bool {
		stage, known := features.Stage(name)
		return !known || stage == feature.PrivateBeta
	}))
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=60")
		fmt.Fprint(w, text)
	}
}
