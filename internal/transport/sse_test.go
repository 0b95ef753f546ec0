package transport_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/barrehq/barre/internal/transport"
)

func TestStream(t *testing.T) {
	const done = "event: complete\ndata:\n\n"
	next := func(data string) string { return "event: next\ndata: " + data + "\n\n" }
	url := serve(t, newSchema(), transport.Config{})
	tests := []struct{ name, query, want string }{
		{"subscription", "subscription{count}", next(`{"data":{"count":1 }}`) + next(`{"data":{"count":2 }}`) + next(`{"data":{"count":3 }}`) + done},
		{"query", "{hello}", next(`{"data":{"hello":"hi"}}`) + done},
		{"mutation", "mutation{touch}", next(`{"data":{"touch":"hi"}}`) + done},
		{"parse error", "{", next(`{"errors":[{"message":"Expected Name, found \u003cEOF\u003e","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}`) + done},
		{"refused at the start", "subscription{refusing}", next(`{"errors":[{"message":"Not for you.","extensions":{"code":"FORBIDDEN"}}]}`) + done},
		{"panic", "subscription{panicking}", next(`{"errors":[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL"}}]}`) + done},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := post(t, url, query(tt.query), streamed)
			if got.status != 200 || got.header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
				t.Errorf("got %d %s", got.status, got.header.Get("Content-Type"))
			}
			if want := ":\n\n" + tt.want; got.body != want {
				t.Errorf("got  %q\nwant %q", got.body, want)
			}
		})
	}
}

// A malformed request is refused with JSON and its status, stream or not.
func TestStreamRefusals(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{})
	for body, status := range map[string]int{"[]": 400, `{"query":1}`: 400, strings.Repeat(" ", 300<<10): 413} {
		got := post(t, url, body, streamed)
		if got.status != status || got.header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%.20s: %d %s", body, got.status, got.header.Get("Content-Type"))
		}
	}
	if got := send(t, "POST", url, query("{hello}"), "Content-Type: text/plain", streamed); got.status != 415 {
		t.Errorf("text/plain: %d", got.status)
	}
}

// urql accepts everything for every request: a stream is for subscriptions.
func TestStreamOnlyWhereNeeded(t *testing.T) {
	const urql = "Accept: application/graphql-response+json, application/json, text/event-stream"
	url := serve(t, newSchema(), transport.Config{})
	for text, want := range map[string]string{
		"{hello}":             "application/graphql-response+json; charset=utf-8",
		"{nope}":              "application/graphql-response+json; charset=utf-8",
		"subscription{count}": "text/event-stream; charset=utf-8",
	} {
		if got := post(t, url, query(text), urql); got.header.Get("Content-Type") != want {
			t.Errorf("%s: %s", text, got.header.Get("Content-Type"))
		}
	}
	for _, accept := range []string{"Accept: text/*", "Accept: text/event-stream;q=0"} {
		if got := post(t, url, query("subscription{count}"), accept); got.status != 406 {
			t.Errorf("%s: %d", accept, got.status)
		}
	}
}

// openStream starts subscription{forever} and returns its lines.
func openStream(t *testing.T, url string) (lines *bufio.Reader, leave func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader(query("subscription{forever}")))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return bufio.NewReader(resp.Body), cancel
}

// until reads lines up to one that starts with prefix.
func until(t *testing.T, lines *bufio.Reader, prefix string) {
	t.Helper()
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ended before %q: %v", prefix, err)
		}
		if strings.HasPrefix(line, prefix) {
			return
		}
	}
}

func TestStreamKeepsAliveAndEndsWithItsClient(t *testing.T) {
	es := newSchema()
	lines, leave := openStream(t, serve(t, es, transport.Config{SSE: transport.SSE{KeepAlive: time.Millisecond}}))
	until(t, lines, ":")
	until(t, lines, ":")
	until(t, lines, ":")
	es.events <- 7
	until(t, lines, `data: {"data":{"forever":7}}`)
	leave()
	<-es.ended // or the test hangs: the resolver was told
}

func TestStreamEndsWithItsCredential(t *testing.T) {
	es, dead := newSchema(), make(chan struct{})
	alive := func(context.Context) <-chan struct{} { return dead }
	lines, _ := openStream(t, serve(t, es, transport.Config{SSE: transport.SSE{Alive: alive}}))
	<-es.started
	close(dead)
	until(t, lines, `data: {"errors":[{"message":"The credential is no longer valid.","extensions":{"code":"UNAUTHENTICATED"}}]}`)
	until(t, lines, "event: complete")
	<-es.ended
}

// The server's own deadlines are for short requests: a stream outlives them,
// and the connection is as good as new afterwards.
func TestStreamOutlivesServerDeadlines(t *testing.T) {
	es := newSchema()
	srv := httptest.NewUnstartedServer(transport.Handler(es, transport.Config{Log: quiet(), SSE: transport.SSE{KeepAlive: 20 * time.Millisecond}}))
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	srv.Start()
	t.Cleanup(srv.Close)
	lines, _ := openStream(t, srv.URL)
	for range 10 { // ten comments are 200 ms at the least
		until(t, lines, ":")
	}
	es.events <- 1
	until(t, lines, `data: {"data":{"forever":1}}`)
}

// TestPumpKeepsWhatItHandedOver: gqlgen writes each event of a subscription
// into the bytes of the one before.
func TestPumpKeepsWhatItHandedOver(t *testing.T) {
	shared := []byte("1")
	events := make(chan *graphql.Response, 3)
	transport.Pump(t.Context(), events, func(context.Context) *graphql.Response {
		if len(events) == cap(events) {
			return nil
		}
		shared[0] = byte('1' + len(events))
		return &graphql.Response{Data: shared}
	})
	got := ""
	for resp := range events {
		got += string(resp.Data)
	}
	if got != "123" {
		t.Errorf("got events %s", got)
	}
}
