package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// openTraces sends a span for each request to where the configuration says;
// nowhere by default. Spans hold the method, the route and the status alone.
func (a *App) openTraces(ctx context.Context) error {
	if a.Config.TraceEndpoint == "" {
		return nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(a.Config.TraceEndpoint+"/v1/traces"))
	if err != nil {
		return fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter),
		trace.WithResource(resource.NewSchemaless(attribute.String("service.name", "barre"))))
	a.watch.tracer = provider.Tracer("github.com/barrehq/barre")
	a.closing(func() error {
		limit, cancel := context.WithTimeout(context.Background(), a.Config.DrainTimeout)
		defer cancel()
		return provider.Shutdown(limit) // sends what is waiting
	})
	return nil
}
