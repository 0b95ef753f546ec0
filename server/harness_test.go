package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/testkit"
)

// log is what a server wrote; it may be read while the server runs.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// running is the demo on a database of its own, reached over HTTP.
type running struct {
	*demo
	kit  *testkit.Kit
	log  *log
	quit context.CancelFunc
	done chan error // what serve returned
}

// begin starts the demo's parts with the given settings and serves until the
// test ends.
func begin(t *testing.T, settings map[string]string) *running {
	t.Helper()
	kit := testkit.Empty(t)
	jobtest.Migrate(t, kit)
	return beginOn(t, kit, settings)
}

// beginOn does the same on a database that is there.
func beginOn(t *testing.T, kit *testkit.Kit, settings map[string]string) *running {
	t.Helper()
	env := map[string]string{
		"BARRE_ADDRESS": "127.0.0.1:0", "BARRE_METRICS_ADDRESS": "127.0.0.1:0", "BARRE_DATA_DIR": t.TempDir(), "BARRE_LOG_LEVEL": "debug", "BARRE_ANOMALY_FACTOR": "1000",
		"DATABASE_URL": kit.AppURL, "SYSTEM_DATABASE_URL": kit.SystemURL, "OWNER_DATABASE_URL": kit.OwnerURL,
	}
	maps.Copy(env, settings)
	lookup := func(name string) (string, bool) { text, ok := env[name]; return text, ok }
	conf, err := readConfig(demoDefaults(lookup))
	if err != nil {
		t.Fatal(err)
	}
	r := &running{kit: kit, log: &log{}, done: make(chan error, 1)}
	conf.log = r.log
	r.demo = &demo{conf: conf, given: func(name string) bool { return env[name] != "" }}
	if err := r.start(t.Context()); err != nil {
		t.Fatalf("start: %v\n%s", err, r.close())
	}
	ctx, quit := context.WithCancel(context.WithoutCancel(t.Context()))
	r.quit = quit
	go func() { r.done <- serve(ctx, r.app, r.on) }()
	t.Cleanup(func() {
		quit()
		if err := <-r.done; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := r.close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return r
}

// stopped returns what serve returned, and leaves it for the cleanup.
func (r *running) stopped() error {
	err := <-r.done
	r.done <- err
	return err
}

// another starts a second process' worth of Barre on the same database, and
// returns where it is reached and how it is stopped before the test ends.
func (r *running) another(t *testing.T, change func(*Config)) (endpoint string, stop func()) {
	t.Helper()
	conf := *r.conf
	conf.Address, conf.MetricsAddress = "127.0.0.1:0", "127.0.0.1:0"
	change(&conf)
	app, err := newApp(t.Context(), &conf, nil)
	if err != nil {
		t.Fatal(err)
	}
	on, err := listen(&conf)
	if err != nil {
		t.Fatal(err)
	}
	ctx, quit := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- serve(ctx, app, on) }()
	stop = sync.OnceFunc(func() {
		quit()
		if err := errors.Join(<-done, app.Close()); err != nil {
			t.Errorf("the second server: %v", err)
		}
	})
	t.Cleanup(stop)
	return "http://" + on.public.Addr().String() + "/graphql", stop
}

// request is one GraphQL request.
type request struct {
	token, query string
	variables    map[string]any
	header       map[string]string
	endpoint     string // empty for that of the demo
}

// answer is what came back.
type answer struct {
	Status     int
	Header     http.Header
	Text       string
	Data       any
	Errors     []struct{ Extensions struct{ Code string } }
	Extensions any
}

func (r *running) ask(t *testing.T, q request) answer {
	t.Helper()
	a, err := r.try(q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (r *running) try(q request) (a answer, err error) {
	body, err := json.Marshal(map[string]any{"query": q.query, "variables": q.variables})
	if err != nil {
		return a, err
	}
	if q.endpoint == "" {
		q.endpoint = r.note.Endpoint
	}
	req, err := http.NewRequest(http.MethodPost, q.endpoint, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	req.Header.Set("Content-Type", "application/json")
	if q.token != "" {
		req.Header.Set("Authorization", "Bearer "+q.token)
	}
	for name, value := range q.header {
		req.Header.Set(name, value)
	}
	return exchange(req)
}

func exchange(req *http.Request) (a answer, err error) {
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return a, err
	}
	if strings.Contains(response.Header.Get("Content-Type"), "json") {
		err = json.Unmarshal(text, &a)
	}
	a.Status, a.Header, a.Text = response.StatusCode, response.Header, string(text)
	return a, err
}

// code is that of the first error; empty where there is none.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	return a.Errors[0].Extensions.Code
}

// at follows a path of names and indexes through JSON; nil where it ends.
func at(value any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(v) {
				return nil
			}
			value = v[n]
		default:
			return nil
		}
	}
	return value
}

// text is the text at a path; it fails the test where there is none.
func (a answer) text(t *testing.T, path string) string {
	t.Helper()
	text, ok := at(a.Data, path).(string)
	if !ok {
		t.Fatalf("there is no text at %s: %d %s", path, a.Status, a.Text)
	}
	return text
}

// state reads what a stand-in has received.
func state(t *testing.T, base string) any {
	t.Helper()
	response, err := http.Get(strings.TrimSuffix(base, "/") + "/_state")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var value any
	if err := json.NewDecoder(response.Body).Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// where returns the entries of a list for which keep is true.
func where(list any, keep func(any) bool) (kept []any) {
	items, _ := list.([]any)
	for _, item := range items {
		if keep(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// eventually asks again and again until done is true.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	limit, tick := time.NewTimer(2*time.Minute), time.NewTicker(20*time.Millisecond)
	defer limit.Stop()
	defer tick.Stop()
	for !done() {
		select {
		case <-limit.C:
			t.Fatalf("it did not happen in time: %s", what)
		case <-tick.C:
		}
	}
}
