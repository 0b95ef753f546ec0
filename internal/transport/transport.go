// Package transport carries GraphQL over HTTP, server-sent events and
// websockets, strictly: requests are bounded and unambiguous before anything
// is parsed, refusals have fixed texts, answers have the status and the media
// type that the specifications ask for. It knows no schema of ours.
//
// Whoever calls Handler must put authentication, CORS, request ids and the
// limits per caller around it, and must not put a deadline on the context of
// streams and sockets: they last. Deadlines belong to single operations.
package transport

import (
	"cmp"
	"context"
	"log/slog"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
)

// Config is what a Handler needs to know. The zero value serves the schema
// without persisted queries, over every transport.
type Config struct {
	Bounds        Bounds
	Tokens        int   // of one document; 1000 when zero
	DocumentBytes int64 // of memory for parsed documents; 32 MiB when zero
	Persisted     PersistedConfig
	Extensions    []graphql.HandlerExtension // guard, cost, limits: in this order

	Websocket Websocket // its Bounds and Recover are set by Handler
	SSE       SSE       // its Bounds and Recover are set by Handler

	Presenter graphql.ErrorPresenterFunc       // nil shows faults and hides the rest
	Recover   graphql.RecoverFunc              // nil logs the stack and shows the request id
	RequestID func(ctx context.Context) string // for internal errors; nil shows none
	Log       *slog.Logger                     // for internal errors and panics; nil is slog's default
}

// Handler returns the GraphQL endpoint for es.
func Handler(es graphql.ExecutableSchema, conf Config) *handler.Server {
	if conf.Recover == nil {
		conf.Recover = rescuer(conf)
	}
	if conf.Presenter == nil {
		conf.Presenter = present(conf)
	}
	srv := handler.New(es)
	srv.SetErrorPresenter(conf.Presenter)                   // nothing internal is shown
	srv.SetRecoverFunc(conf.Recover)                        // a panic costs one request, not the process
	srv.SetParserTokenLimit(cmp.Or(conf.Tokens, 1000))      // the parser has no limit of its own, validation is quadratic
	srv.SetQueryCache(NewDocumentCache(conf.DocumentBytes)) // parse once, within bounded memory
	UseStrictRules(srv)                                     // no hints about a closed schema, no @defer
	srv.Use(NewPersistedQueries(conf.Persisted))            // first: the others read the text that a hash stands for
	for _, extension := range conf.Extensions {
		srv.Use(extension) // then what is refused before it costs anything
	}
	conf.transports(srv)
	return srv
}

// transports adds them in the order in which they are asked.
func (c Config) transports(srv *handler.Server) {
	socket, stream := c.Websocket, c.SSE
	socket.Bounds, socket.Recover = c.Bounds, c.Recover
	stream.Bounds, stream.Recover = c.Bounds, c.Recover
	srv.AddTransport(socket)                                     // an upgrade is a GET too: before GET
	srv.AddTransport(stream)                                     // a stream is a POST too: before POST
	srv.AddTransport(POST{Bounds: c.Bounds, Recover: c.Recover}) // every other POST, right or wrong
	srv.AddTransport(GET{Bounds: c.Bounds, Recover: c.Recover})  // queries alone
	srv.AddTransport(Others{})                                   // 405 for all else
}
