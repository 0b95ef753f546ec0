package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/transport"
)

const sdl = `
	enum Color { RED GREEN }
	input Shape { color: Color, size: Int, not: Shape }
	type Item { id: ID! name: String! }
	type Query {
		hello(name: String, n: Int, color: Color, shape: Shape): String!
		item: Item
		items: [Item!]
		password(is: String): String
		panic: String
		broken: String
		refused(code: String!): String
		late: String
		nothing: String
		many: String
	}
	type Mutation { touch: Boolean! }
	type Subscription { count: Int! forever: Int! failing: Int! panicking: Int! refusing: Int! }
`

// schema is executed by hand: each root field shows one behavior.
type schema struct {
	parsed   *ast.Schema
	executed atomic.Int32
	live     atomic.Int32  // subscriptions running
	started  chan struct{} // receives when forever starts
	ended    chan struct{} // receives when forever ends
	events   chan int      // feeds forever
	seen     atomic.Pointer[graphql.OperationContext]
	ctx      atomic.Pointer[context.Context]
}

func newSchema() *schema {
	return &schema{
		parsed:  gqlparser.MustLoadSchema(&ast.Source{Input: sdl}),
		started: make(chan struct{}, 100),
		ended:   make(chan struct{}, 100),
		events:  make(chan int),
	}
}

func (s *schema) Schema() *ast.Schema { return s.parsed }

func (s *schema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s *schema) Exec(ctx context.Context) graphql.ResponseHandler {
	s.executed.Add(1)
	op := graphql.GetOperationContext(ctx)
	s.seen.Store(op)
	s.ctx.Store(&ctx)
	field := op.Operation.SelectionSet[0].(*ast.Field)
	switch field.Name {
	case "count":
		return count()
	case "forever":
		return s.forever(ctx)
	case "failing":
		return failing()
	case "panicking":
		return func(context.Context) *graphql.Response { panic("subscription panicked with a secret") }
	case "refusing":
		graphql.AddError(ctx, fault.New(fault.Forbidden, "Not for you."))
		return nil
	}
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		return resolve(ctx, field)
	}
}

func resolve(ctx context.Context, field *ast.Field) *graphql.Response {
	switch field.Name {
	case "panic":
		panic("resolver panicked with a secret")
	case "broken":
		graphql.AddError(ctx, errors.New("pq: relation ent_types does not exist"))
		return &graphql.Response{Data: json.RawMessage(`{"broken":null}`)}
	case "refused":
		graphql.AddError(ctx, fault.New(fault.Code(argument(field)), "No."))
		return &graphql.Response{}
	case "late":
		graphql.AddError(ctx, fault.New(fault.Timeout, "Too slow."))
		return &graphql.Response{Data: json.RawMessage(`null`)}
	case "nothing":
		return &graphql.Response{}
	case "many":
		for range 50 { // long in JSON, and cut in the midst of a rune
			graphql.AddError(ctx, fault.New(fault.BadUserInput, "%s", strings.Repeat("\x01", 5000)))
			graphql.AddError(ctx, fault.New(fault.BadUserInput, "a%s", strings.Repeat("é", 5000)))
		}
		return &graphql.Response{Data: json.RawMessage(`{"many":null}`)}
	}
	return &graphql.Response{Data: json.RawMessage(`{"` + field.Alias + `":"hi"}`)}
}

func argument(field *ast.Field) string { return field.Arguments[0].Value.Raw }

func count() graphql.ResponseHandler {
	n := 0
	return func(context.Context) *graphql.Response {
		if n++; n > 3 {
			return nil
		}
		return &graphql.Response{Data: json.RawMessage(`{"count":` + string(rune('0'+n)) + "\n}")}
	}
}

func failing() graphql.ResponseHandler {
	n := 0
	return func(ctx context.Context) *graphql.Response {
		if n++; n == 1 {
			return &graphql.Response{Data: json.RawMessage(`{"failing":1}`)}
		}
		graphql.AddError(ctx, fault.New(fault.Unavailable, "The feed is gone."))
		return &graphql.Response{}
	}
}

func (s *schema) forever(ctx context.Context) graphql.ResponseHandler {
	s.live.Add(1)
	s.started <- struct{}{}
	context.AfterFunc(ctx, func() {
		s.live.Add(-1)
		s.ended <- struct{}{}
	})
	return func(ctx context.Context) *graphql.Response {
		select {
		case n := <-s.events:
			text, _ := json.Marshal(map[string]int{"forever": n})
			return &graphql.Response{Data: text}
		case <-ctx.Done():
			return nil
		}
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// serve starts a server for conf on the loopback and returns its URL.
func serve(t *testing.T, es *schema, conf transport.Config) string {
	t.Helper()
	if conf.Log == nil {
		conf.Log = quiet()
	}
	srv := httptest.NewServer(transport.Handler(es, conf))
	t.Cleanup(srv.Close)
	return srv.URL
}

// answer is what came back over HTTP.
type answer struct {
	status int
	header http.Header
	body   string
}

// code of the first error, "" without any.
func (a answer) code() string {
	var body struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if json.Unmarshal([]byte(a.body), &body) != nil || len(body.Errors) == 0 {
		return ""
	}
	return body.Errors[0].Extensions.Code
}

// send makes one request; headers are "Name: value".
func send(t *testing.T, method, url, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		key, value, _ := strings.Cut(h, ": ")
		r.Header.Add(key, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

const (
	asJSON   = "Content-Type: application/json"
	modern   = "Accept: application/graphql-response+json"
	streamed = "Accept: text/event-stream"
)

func post(t *testing.T, url, body string, headers ...string) answer {
	t.Helper()
	return send(t, http.MethodPost, url, body, append([]string{asJSON}, headers...)...)
}

func query(text string) string {
	b, _ := json.Marshal(map[string]string{"query": text})
	return string(b)
}

func serveHandler(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}
