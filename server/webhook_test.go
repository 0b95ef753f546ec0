package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
	example "github.com/barrehq/barre/internal/webhook/receiver"
)

// hook is a receiver on this machine.
type hook struct {
	*httptest.Server
	got chan hooked
}

type hooked struct {
	header http.Header
	body   []byte
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{got: make(chan hooked, 1000)}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.got <- hooked{r.Header, body}
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) next(t *testing.T) hooked {
	t.Helper()
	select {
	case r := <-h.got:
		return r
	case <-time.After(30 * time.Second):
		t.Fatal("no webhook came")
		return hooked{}
	}
}

const (
	createHook = `mutation($i: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $i) { webhookEndpoint { id payload } secret publicKey userErrors { code field message } } }`
	makeTag    = `mutation($n: String!) { createTag(input: {name: $n}) { tag { id } userErrors { message } } }`
)

// A studio's own query is asked for each event in the name of whoever set it,
// and its answer is signed with a key that anybody may know.
func TestQueryPayload(t *testing.T) {
	r := begin(t, nil)
	r.deliverSeed(t)
	owner, h := r.note.Tenants[0].OwnerToken, newHook(t)
	input := func(query string) map[string]any {
		return map[string]any{"i": map[string]any{"url": h.URL, "eventTypes": []string{"tag.created"}, "payload": "QUERY", "signature": "ED25519", "query": query}}
	}
	for name, query := range map[string]string{
		"not there":     `{ students { nodes { shoeSize } } }`,
		"too dear":      `{ a: students(first: 250) { nodes { enrollments(first: 250) { nodes { id } } } } }`,
		"a mutation":    `mutation { signOut { userErrors { code } } }`,
		"no document":   `query {`,
		"strange input": `query($x: ID!) { node(id: $x) { id } }`,
	} {
		a := r.ask(t, request{token: owner, query: createHook, variables: input(query)})
		if at(a.Data, "createWebhookEndpoint.userErrors.0.field.1") != "query" {
			t.Errorf("%s: %s", name, a.Text)
		}
	}
	const query = `query Tag($id: ID!, $type: String!, $sequence: SequenceNumber!) { node(id: $id) { ... on Tag { id name } } viewer { role } changes(types: [$type], first: 1) { hasMore } feed: events(where: {sequence: {eq: $sequence}}) { nodes { type } } }`
	made := r.ask(t, request{token: owner, query: createHook, variables: input(query)})
	endpoint := made.text(t, "createWebhookEndpoint.webhookEndpoint.id")
	tag := r.ask(t, request{token: owner, query: makeTag, variables: map[string]any{"n": "Pointe"}}).text(t, "createTag.tag.id")
	got := h.next(t)
	var message any
	if err := json.Unmarshal(got.body, &message); err != nil {
		t.Fatal(err)
	}
	if at(message, "data.node.id") != tag || at(message, "data.node.name") != "Pointe" || at(message, "data.viewer.role") != "OWNER" ||
		at(message, "data.feed.nodes.0.type") != "tag.created" || at(message, "errors") != nil || at(message, "type") != "tag.created" {
		t.Errorf("body %s", got.body)
	}
	r.verifiedByPublicKeys(t, endpoint, got)
	if _, err := example.Open([]string{made.text(t, "createWebhookEndpoint.publicKey")}, got.header, got.body, time.Now()); err != nil {
		t.Error(err)
	}
	event := got.header.Get("webhook-id")
	r.previews(t, owner, endpoint, event, message)
	if _, err := r.kit.Super(t).Exec(`UPDATE memberships SET status = 'REVOKED' WHERE id = (SELECT owner_id FROM webhook_endpoints WHERE payload = 'QUERY')`); err != nil {
		t.Fatal(err)
	}
	key := r.note.Tenants[0].SecretKey
	r.ask(t, request{token: key, query: makeTag, variables: map[string]any{"n": "Tap"}}).text(t, "createTag.tag.id")
	eventually(t, "the delivery fails and says why", func() bool {
		var n int
		err := r.kit.Super(t).QueryRow(`SELECT count(*) FROM delivery_attempts WHERE error LIKE 'The query could not be asked: Whoever set the query is no longer a member%'`).Scan(&n)
		return err == nil && n == 1
	})
	if len(h.got) != 0 {
		t.Errorf("something was sent in the name of who is gone: %s", (<-h.got).body)
	}
}

// verifiedByPublicKeys checks a signature with nothing but the JWK set.
func (r *running) verifiedByPublicKeys(t *testing.T, endpoint string, got hooked) {
	t.Helper()
	base := strings.TrimSuffix(r.note.Endpoint, "/graphql") + "/webhooks/jwks.json?endpoint="
	response, err := http.Get(base + endpoint)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var set struct{ Keys []webhook.JWK }
	if err := json.NewDecoder(response.Body).Decode(&set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%v, %v", set, err)
	}
	public, err := base64.RawURLEncoding.DecodeString(set.Keys[0].X)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(got.header.Get(webhook.HeaderSignature), "v1a,"))
	signed := fmt.Sprintf("%s.%s.%s", got.header.Get(webhook.HeaderID), got.header.Get(webhook.HeaderTimestamp), got.body)
	if err != nil || !ed25519.Verify(public, []byte(signed), sum) {
		t.Errorf("the public key does not verify %q", got.header)
	}
	for _, id := range []string{"", "student_01jd8m4w2xe5ktd7zcv4n8q3fa", "webhookendpoint_01jd8m4w2xe5ktd7zcv4n8q3fa", "'"} {
		none, err := http.Get(base + id)
		if err != nil {
			t.Fatal(err)
		}
		none.Body.Close()
		if none.StatusCode != http.StatusNotFound {
			t.Errorf("the keys of %q: %d", id, none.StatusCode)
		}
	}
}

// previews asks for what was sent, without sending it.
func (r *running) previews(t *testing.T, owner, endpoint, event string, sent any) {
	t.Helper()
	const preview = `query($i: PreviewWebhookPayloadInput!) { previewWebhookPayload(input: $i) { payload userErrors { code field message } } }`
	a := r.ask(t, request{token: owner, query: preview, variables: map[string]any{"i": map[string]any{"webhookEndpointId": endpoint, "eventId": event}}})
	if fmt.Sprint(at(a.Data, "previewWebhookPayload.payload.data")) != fmt.Sprint(at(sent, "data")) {
		t.Errorf("preview %s", a.Text)
	}
	for name, c := range map[string]struct {
		input map[string]any
		token string
		want  string
	}{
		"a query":    {map[string]any{"query": `{ viewer { role } }`, "eventId": event}, owner, `"role":"OWNER"`},
		"wrong":      {map[string]any{"query": `{ shoes }`, "eventId": event}, owner, `"INVALID"`},
		"neither":    {map[string]any{"eventId": event}, owner, `"REQUIRED"`},
		"teacherish": {map[string]any{"query": `{ viewer { role } }`, "eventId": event}, r.note.Tenants[0].GuardianToken, `"FORBIDDEN"`},
		"neighbor":   {map[string]any{"webhookEndpointId": endpoint, "eventId": event}, r.note.Tenants[1].OwnerToken, `"NOT_FOUND"`},
	} {
		if a := r.ask(t, request{token: c.token, query: preview, variables: map[string]any{"i": c.input}}); !strings.Contains(a.Text, c.want) {
			t.Errorf("%s: %s", name, a.Text)
		}
	}
}

// A change of an endpoint is judged like a new one, and enabling it gives it a
// fresh start.
func TestUpdateWebhookEndpoint(t *testing.T) {
	r := begin(t, map[string]string{"BARRE_WORKER": "false"})
	owner := r.note.Tenants[0].OwnerToken
	made := r.ask(t, request{token: owner, query: createHook, variables: map[string]any{"i": map[string]any{"url": "http://127.0.0.1:65000/hook"}}})
	id := made.text(t, "createWebhookEndpoint.webhookEndpoint.id")
	change := func(input map[string]any) answer {
		t.Helper()
		input["id"] = id
		return r.ask(t, request{token: owner, variables: map[string]any{"i": input},
			query: `mutation($i: UpdateWebhookEndpointInput!) { updateWebhookEndpoint(input: $i) { webhookEndpoint { status disabledReason failingSince payload ratePerSecond } userErrors { code field message } } }`})
	}
	for name, c := range map[string]struct {
		input map[string]any
		field string
	}{
		"unknown type":  {map[string]any{"eventTypes": []string{"tag.painted"}}, "eventTypes"},
		"unknown field": {map[string]any{"changedFields": []string{"tag.colour"}}, "changedFields"},
		"no query":      {map[string]any{"payload": "QUERY"}, "query"},
		"wrong query":   {map[string]any{"payload": "QUERY", "query": "{ shoes }"}, "query"},
		"too fast":      {map[string]any{"ratePerSecond": 1001}, "ratePerSecond"},
	} {
		if a := change(c.input); at(a.Data, "updateWebhookEndpoint.userErrors.0.field.1") != c.field {
			t.Errorf("%s: %s", name, a.Text)
		}
	}
	if a := change(map[string]any{"payload": "QUERY", "query": "{ viewer { role } }", "ratePerSecond": 10}); at(a.Data, "updateWebhookEndpoint.webhookEndpoint.payload") != "QUERY" {
		t.Errorf("%s", a.Text)
	}
	if _, err := r.kit.Super(t).Exec(`UPDATE webhook_endpoints SET status = 'DISABLED', failing_since = now(), disabled_reason = 'It failed.' WHERE payload = 'QUERY'`); err != nil {
		t.Fatal(err)
	}
	// Whoever sets the query again owns it, whether it changed or not.
	if _, err := r.kit.Super(t).Exec(`UPDATE webhook_endpoints SET owner_id = NULL WHERE payload = 'QUERY'`); err != nil {
		t.Fatal(err)
	}
	change(map[string]any{"query": "{ viewer { role } }"})
	var owned int
	if err := r.kit.Super(t).QueryRow(`SELECT count(*) FROM webhook_endpoints WHERE owner_id IS NOT NULL AND payload = 'QUERY'`).Scan(&owned); err != nil || owned != 1 {
		t.Errorf("%d endpoints have an owner, %v", owned, err)
	}
	a := change(map[string]any{"status": "ENABLED"})
	if now := at(a.Data, "updateWebhookEndpoint.webhookEndpoint"); at(now, "disabledReason") != "" || at(now, "failingSince") != nil || at(now, "status") != "ENABLED" {
		t.Errorf("%s", a.Text)
	}
	types := r.ask(t, request{query: `{ eventTypes { name version schema example } webhookRetrySchedule { attempt afterSeconds } }`, token: owner})
	if at(types.Data, "eventTypes.0.schema.title") != at(types.Data, "eventTypes.0.name") || at(types.Data, "webhookRetrySchedule.1.afterSeconds") != 5.0 {
		t.Errorf("%.300s", types.Text)
	}
}

// printed is what a command writes; it says when there is more.
type printed struct {
	log
	more chan struct{}
}

func (p *printed) Write(text []byte) (int, error) {
	defer func() { p.more <- struct{}{} }()
	return p.log.Write(text)
}

func TestListen(t *testing.T) {
	r := begin(t, nil)
	r.deliverSeed(t)
	h := newHook(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, ended := &printed{more: make(chan struct{}, 1000)}, make(chan error, 1)
	env := map[string]string{"BARRE_URL": r.note.Endpoint, "BARRE_SECRET_KEY": r.note.Tenants[0].SecretKey}
	go func() {
		ended <- run(ctx, []string{"listen", "--forward-to", h.URL, "--types", "tag.created"}, func(name string) (string, bool) { text, ok := env[name]; return text, ok }, out)
	}()
	<-out.more // it follows from here on
	_, key, _ := strings.Cut(strings.TrimSpace(out.String()), "signed with ")
	for _, name := range []string{"Jazz", "Modern"} {
		r.ask(t, request{token: r.note.Tenants[0].OwnerToken, query: makeTag, variables: map[string]any{"n": name}}).text(t, "createTag.tag.id")
	}
	previous := int64(0)
	for _, name := range []string{"Jazz", "Modern"} {
		got := h.next(t)
		m, err := example.Open([]string{key}, got.header, got.body, time.Now())
		var change any
		if err == nil {
			err = json.Unmarshal(m.Data, &change)
		}
		if err != nil || at(change, "data.name") != name || m.PreviousSequence != previous || webhook.Verify([]secret.String{secret.String(key)}, got.header, got.body, time.Now()) != nil {
			t.Errorf("%s: %s, %v", name, got.body, err)
		}
		previous = m.Sequence
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	env["BARRE_SECRET_KEY"] = "nonsense"
	if err := run(t.Context(), []string{"listen", "--forward-to", h.URL}, func(name string) (string, bool) { text, ok := env[name]; return text, ok }, out); err == nil {
		t.Error("a wrong key follows")
	}
}
