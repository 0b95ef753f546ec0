package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/detector"
	"github.com/barrehq/barre/internal/outbox"
)

// newLog writes one JSON object a line.
func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutNumbers}))
}

// withoutNumbers takes out of a log line what must not be written down.
func withoutNumbers(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(detector.Redact(v))
	case error:
		a.Value = slog.StringValue(detector.Redact(v.Error()))
	}
	return a
}

// observer measures what the server does.
type observer struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	running  prometheus.Gauge
	local    prometheus.Gauge
	trips    prometheus.Counter
	alarms   *prometheus.CounterVec
	alerts   *prometheus.CounterVec
	draining atomic.Bool
	tracer   trace.Tracer
}

func newObserver() *observer {
	o := &observer{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "barre_http_requests_total", Help: "Requests by path and status."}, []string{"path", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "barre_http_request_seconds", Help: "Time to answer, by path.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"path"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "barre_http_requests_running", Help: "Requests under way."}),
		local:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "barre_limits_local", Help: "1 while Redis is lost and limits are kept in process."}),
		trips:   prometheus.NewCounter(prometheus.CounterOpts{Name: "barre_database_trips_total", Help: "Times that requests waited for the database to answer."}),
		alarms:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "barre_backup_alarms_total", Help: "Backups and drills that failed or were missed, by code."}, []string{"code"}),
		alerts:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "barre_alerts_total", Help: "Responses to unusual behavior, and alerts that nobody acknowledged in time, by kind and response."}, []string{"kind", "response"}),
		tracer:  otel.Tracer("github.com/barrehq/barre"),
	}
	o.registry.MustRegister(o.requests, o.duration, o.running, o.local, o.trips, o.alarms, o.alerts, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return o
}

func (o *observer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.registry, promhttp.HandlerOpts{}))
	return mux
}

func (o *observer) degraded(is bool) {
	o.local.Set(map[bool]float64{true: 1}[is])
}

// alarmed counts what went wrong with backups.
func (o *observer) alarmed(_ context.Context, a backup.Alarm) { o.alarms.WithLabelValues(a.Code).Inc() }

func (o *observer) alerted(kind, response string) { o.alerts.WithLabelValues(kind, response).Inc() }

// route keeps the label of a path to those that there are.
func route(path string) string {
	switch path {
	case "/graphql", "/healthz", "/readyz", "/schema.graphqls", "/playground":
		return path
	}
	if strings.HasPrefix(path, "/hooks/") {
		return "/hooks" // the rest of it is secret
	}
	return "other"
}

// logged writes one line for each request. It holds neither the document nor
// any value of it.
func (o *observer) logged(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			o.running.Inc()
			defer o.running.Dec()
			answered := &status{ResponseWriter: w, code: http.StatusOK}
			next.ServeHTTP(answered, r)
			took, path := time.Since(began), route(r.URL.Path)
			o.requests.WithLabelValues(path, strconv.Itoa(answered.code)).Inc()
			o.duration.WithLabelValues(path).Observe(took.Seconds())
			if path == "/healthz" || path == "/readyz" {
				return
			}
			log.LogAttrs(r.Context(), levelOf(answered.code), "request",
				slog.String("method", r.Method), slog.String("path", path), slog.Int("status", answered.code),
				slog.Int64("bytes", answered.bytes.Load()), slog.Duration("took", took), slog.String("request", outbox.Request(r.Context())))
		})
	}
}

func levelOf(code int) slog.Level {
	if code >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelDebug
}

// trace gives each request a span under the trace of its caller.
func (o *observer) trace(next http.Handler) http.Handler {
	carrier := propagation.TraceContext{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := carrier.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := o.tracer.Start(ctx, r.Method+" "+route(r.URL.Path), trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
		if answered, ok := w.(*status); ok {
			span.SetAttributes(attribute.Int("http.response.status_code", answered.code))
			if answered.code >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
		}
	})
}
