package attack_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// subscribed is the stream of every subscription there is: of changes, from a
// cursor on.
func (w *world) subscribed(t *testing.T, address, principal, cursor string) *bufio.Scanner {
	t.Helper()
	for _, f := range w.Schema.Subscription.Fields {
		if f.Name != "changes" && !strings.HasPrefix(f.Name, "__") {
			t.Errorf("nobody attacks Subscription.%s", f.Name)
		}
	}
	body, _ := json.Marshal(map[string]any{"query": "subscription($after: String) { changes(after: $after) { " + w.leaves("Change") + " } }", "variables": map[string]any{"after": cursor}})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "example.com"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Authorization", "Bearer "+w.own.tokens[principal])
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return bufio.NewScanner(answer.Body)
}

// next returns the data of the next event of a stream.
func next(t *testing.T, stream *bufio.Scanner) []byte {
	t.Helper()
	for stream.Scan() {
		if data, found := bytes.CutPrefix(stream.Bytes(), []byte("data:")); found && len(bytes.TrimSpace(data)) > 0 {
			return bytes.Clone(data)
		}
	}
	t.Fatalf("the stream ended: %v", stream.Err())
	return nil
}

// cursor returns where the feed of a studio stands.
func (w *world) cursor(t *testing.T, s *studio) string {
	t.Helper()
	var page struct {
		Data struct{ Changes struct{ Cursor string } }
	}
	answer := w.Do(s.tokens["OWNER"], "{ changes(first: 250) { cursor } }", nil)
	if err := json.Unmarshal(answer.Body, &page); err != nil || page.Data.Changes.Cursor == "" {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	return page.Data.Changes.Cursor
}

// TestNeighborSubscribes listens while both studios change something, and with
// the neighbor's cursor.
func TestNeighborSubscribes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	pool := jobtest.Migrate(t, w.kit)
	jobs, err := job.NewClient(pool, nil, job.Config{})
	if err != nil {
		t.Fatal(err)
	}
	placing := relay.New(pool, jobs, relay.Config{Placed: w.Feed.Wake})
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { w.Feed.Run(ctx) })
	defer group.Wait()
	defer stop()
	server := httptest.NewServer(w.Handler)
	defer server.Close()
	defer server.CloseClientConnections()

	stream := w.subscribed(t, server.URL, "OWNER", w.cursor(t, w.own))
	for _, s := range []*studio{w.neighbor, w.own, w.neighbor, w.own} {
		document := `mutation($name: String!) { createTag(input: {name: $name}) { tag { id } userErrors { code } } }`
		w.serial++
		answer := w.Do(s.tokens["OWNER"], document, map[string]any{"name": strings.ToLower("canary-"+s.mark+"-") + t.Name() + string(rune('a'+w.serial%26))})
		if !accepted(answer) {
			t.Fatalf("%s: %s", s.mark, answer.Body)
		}
	}
	if _, err := placing.Place(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		data := next(t, stream)
		if !bytes.Contains(data, []byte("canary-a-")) || w.leaked(data) != "" {
			t.Errorf("A hears %s", data)
		}
	}
	refused := next(t, w.subscribed(t, server.URL, "OWNER", w.cursor(t, w.neighbor)))
	forged := next(t, w.subscribed(t, server.URL, "OWNER", strings.Repeat("A", 100)))
	if !bytes.Equal(refused, forged) || !bytes.Contains(refused, []byte("BAD_USER_INPUT")) {
		t.Errorf("the neighbor's cursor: %s; a forged one: %s", refused, forged)
	}
	if !ormRules {
		return // roles are gone too: a guardian would listen, and hear nothing
	}
	if data := next(t, w.subscribed(t, server.URL, "GUARDIAN", "")); !bytes.Contains(data, []byte("FORBIDDEN")) {
		t.Errorf("a guardian hears %s", data)
	}
}
