package examples_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/graph/examples"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/limit"
	"github.com/barrehq/barre/internal/playground"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/seed"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// demo is the first studio of the demo behind the real endpoint.
type demo struct {
	*endpoint.Endpoint
	kit    *testkit.Kit
	access seed.Access
}

func newDemo(t *testing.T) *demo {
	t.Helper()
	kit := testkit.Empty(t)
	d := &demo{Endpoint: endpoint.New(t, kit.Store, endpoint.Config{}), kit: kit}
	hasher, err := credential.NewHasher(credential.Config{Running: 1})
	if err != nil {
		t.Fatal(err)
	}
	verbs := seed.Verbs{
		Store: kit.Store, Door: d.Door, Identity: auth.NewIdentity(kit.Store, hasher, d.Door, auth.IdentityConfig{}),
		Desk: enrollment.New(kit.Store, time.Now), Office: billing.New(kit.Store, time.Now),
	}
	if d.access, err = verbs.Studio(t.Context(), seed.Studios()[0], seed.Access{}); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *demo) token(kind playground.Kind) string {
	return map[playground.Kind]secret.String{
		playground.Owner: d.access.Owner, playground.Guardian: d.access.Guardian,
		playground.Publishable: d.access.Publishable, playground.Secret: d.access.Secret,
	}[kind].Reveal()
}

type reply struct {
	Data   json.RawMessage   `json:"data"`
	Errors []json.RawMessage `json:"errors"`

	Extensions struct {
		Cost struct {
			Requested int `json:"requestedQueryCost"`
		} `json:"cost"`
	} `json:"extensions"`
}

func (d *demo) ask(kind playground.Kind, document string, variables []byte) (reply, error) {
	if variables == nil {
		variables = []byte("{}")
	}
	body, err := json.Marshal(map[string]any{"query": document, "variables": json.RawMessage(variables)})
	if err != nil {
		return reply{}, err
	}
	answer := d.Post(d.token(kind), "application/json", body)
	var r reply
	if err := json.Unmarshal(answer.Body, &r); err != nil {
		return r, err
	}
	if answer.Status != http.StatusOK || len(r.Errors) > 0 {
		return r, errors.New(string(answer.Body))
	}
	return r, nil
}

// variables are those of an example as its caller finds them.
func (d *demo) variables(e playground.Example) ([]byte, error) {
	return examples.Fill(e.Variables, func(query string) ([]byte, error) {
		r, err := d.ask(e.Identity, query, nil)
		return r.Data, err
	})
}

func library(t *testing.T) []playground.Example {
	t.Helper()
	all, err := playground.LoadExamples(examples.Files)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 14 {
		t.Fatalf("only %d examples", len(all))
	}
	return all
}

// TestExamples runs every example as whom it is written for.
func TestExamples(t *testing.T) {
	d := newDemo(t)
	for _, e := range library(t) {
		t.Run(e.Slug, func(t *testing.T) {
			if e.Description == "" {
				t.Error("it does not say what it is about")
			}
			variables, err := d.variables(e)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(e.Query, "subscription") {
				d.listen(t, e)
				return
			}
			r, err := d.ask(e.Identity, e.Query, variables)
			if err != nil {
				t.Fatal(err)
			}
			if most := limit.DefaultPlans()[0].RequestCeiling; r.Extensions.Cost.Requested < 1 || r.Extensions.Cost.Requested > most {
				t.Errorf("it costs %d; the smallest plan allows %d", r.Extensions.Cost.Requested, most)
			}
			if wrong := userErrors(r.Data); len(wrong) > 0 {
				t.Errorf("userErrors with %s: %s", variables, wrong)
			}
			if empty(r.Data) {
				t.Errorf("it shows nothing: %s", r.Data)
			}
		})
	}
}

// userErrors are those of the answers of all mutations.
func userErrors(data []byte) []json.RawMessage {
	var payloads map[string]struct{ UserErrors []json.RawMessage }
	_ = json.Unmarshal(data, &payloads) // a read has answers of other forms
	var all []json.RawMessage
	for _, p := range payloads {
		all = append(all, p.UserErrors...)
	}
	return all
}

// empty reports whether an answer holds no value at all.
func empty(data []byte) bool {
	text := strings.NewReplacer("null", "", "false", "").Replace(string(data))
	depth := strings.Count(text, `":"`) + strings.Count(text, `":1`) + strings.Count(text, "true")
	return depth == 0
}

// listen waits for the first change of a subscription.
func (d *demo) listen(t *testing.T, e playground.Example) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	server := httptest.NewServer(d.Handler)
	defer server.Close()
	defer stop()
	go d.Feed.Run(ctx)
	body, _ := json.Marshal(map[string]any{"query": e.Query})
	request, _ := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/graphql", strings.NewReader(string(body)))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+d.token(e.Identity))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	d.place(t)
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && data != "" {
			var r reply
			if err := json.Unmarshal([]byte(data), &r); err != nil || len(r.Errors) > 0 || empty(r.Data) {
				t.Errorf("first event: %s", data)
			}
			return
		}
	}
	t.Error("the stream ended without an event")
}

// place gives every event that waits its place in the feed.
func (d *demo) place(t *testing.T) {
	t.Helper()
	pool := jobtest.Migrate(t, d.kit)
	jobs, err := job.NewClient(pool, nil, job.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r := relay.New(pool, jobs, relay.Config{Placed: d.Feed.Wake})
	for n := 1; n > 0; {
		if n, err = r.Place(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFill(t *testing.T) {
	var asked []string
	ask := func(query string) ([]byte, error) {
		asked = append(asked, query)
		return map[string][]byte{
			"{ a }":            []byte(`{"a":[{"id":"x_1"},{"id":"x_2"}]}`),
			`{ b(c: "d") }`:    []byte(`{"b":7}`),
			"{ none }":         []byte(`{"none":{"nodes":[]}}`),
			"{ nothing }":      []byte(`{"nothing":null}`),
			"{ two { x, y } }": []byte(`{"two":{"x":1,"y":2}}`),
		}[query], nil
	}
	tests := []struct{ variables, want, wrong string }{
		{`{"n": 1}`, `{"n": 1}`, ""},
		{`{"i": {"id": "{{ a }}", "n": "{{ b(c: \"d\") }}"}}`, `{"i": {"id": "x_1", "n": 7}}`, ""},
		{`{"id": "{{ none }}"}`, "", "nothing was found"},
		{`{"id": "{{ nothing }}"}`, "", "nothing was found"},
		{`{"id": "{{ two { x, y } }}"}`, "", "nothing was found"},
		{`{"id": "{{ a"}`, "", "not closed"},
	}
	for _, test := range tests {
		got, err := examples.Fill([]byte(test.variables), ask)
		if string(got) != test.want || (err != nil) != (test.wrong != "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("Fill(%s) = %s, %v", test.variables, got, err)
		}
	}
	if len(asked) != 5 {
		t.Errorf("asked %q", asked)
	}
}
