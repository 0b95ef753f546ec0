package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/fault"
)

// present is the error presenter of a Handler that was given none: it lets
// faults and coded GraphQL errors through and makes everything else INTERNAL.
func present(conf Config) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := *asError(err)
		var located *gqlerror.Error
		if errors.As(err, &located) {
			shown.Path, shown.Locations = located.Path, located.Locations
		}
		if codeOf(gqlerror.List{&shown}) != fault.Internal {
			return &shown
		}
		if shown.Extensions[requestIDKey] == nil {
			conf.log().ErrorContext(ctx, "internal error", "error", err, "request", conf.requestID(ctx))
		}
		return conf.hidden(ctx, &shown)
	}
}

const requestIDKey = "requestId"

// rescuer logs a panic with its stack and leaves the client a request id.
func rescuer(conf Config) graphql.RecoverFunc {
	return func(ctx context.Context, p any) error {
		conf.log().ErrorContext(ctx, "panic", "panic", fmt.Sprint(p), "request", conf.requestID(ctx), "stack", string(debug.Stack()))
		return conf.hidden(ctx, &gqlerror.Error{})
	}
}

// hidden is INTERNAL at the place of err, and nothing else of it.
func (c Config) hidden(ctx context.Context, err *gqlerror.Error) *gqlerror.Error {
	h := public(&fault.Fault{Code: fault.Internal, Message: internalMessage, Cause: err.Err})
	h.Path, h.Locations = err.Path, err.Locations
	if id := c.requestID(ctx); id != "" {
		h.Extensions[requestIDKey] = id
	}
	return h
}

func (c Config) requestID(ctx context.Context) string {
	if c.RequestID == nil {
		return ""
	}
	return c.RequestID(ctx)
}

func (c Config) log() *slog.Logger {
	if c.Log == nil {
		return slog.Default()
	}
	return c.Log
}
