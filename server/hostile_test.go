package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/sealed"
)

// TestHostileClients shares one server among clients that mean no good: a
// process of its own, set up as production has it. None of them has a credential
// but where it is said.
func TestHostileClients(t *testing.T) {
	r := begin(t, map[string]string{"BARRE_WORKER": "false"})
	box, err := sealed.Generate()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := box.Text()
	if err != nil {
		t.Fatal(err)
	}
	address := freePort(t)
	server := &victim{address: address, env: []string{asCommand + "=serve", "BARRE_ENVIRONMENT=production", "BARRE_ADDRESS=" + address, "BARRE_METRICS_ADDRESS=" + freePort(t),
		"BARRE_DATA_DIR=" + t.TempDir(), "BARRE_WORKER=false", "BARRE_LOG_LEVEL=error", "BARRE_CURSOR_KEY=" + rand.Text() + rand.Text(),
		"BARRE_SEALING_KEYS=" + keys.Reveal(), "DATABASE_URL=" + r.kit.AppURL, "SYSTEM_DATABASE_URL=" + r.kit.SystemURL}}
	server.raise(t)
	defer server.kill()
	h := &hostile{running: r, endpoint: "http://" + address + "/graphql", base: "http://" + address}
	for name, test := range map[string]func(*testing.T, *hostile){
		"graphql-cop": testCop, "other doors": testOtherDoors, "raw requests": testRawRequests,
		"texts that mean something elsewhere": testTexts, "names of operations": testNames,
	} {
		t.Run(name, func(t *testing.T) { test(t, h) })
	}
}

type hostile struct {
	*running
	endpoint, base string
}

// ask sends any request to the server of production.
func (h *hostile) ask(t *testing.T, method, path, media, body string) answer {
	t.Helper()
	req, err := http.NewRequest(method, h.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	a, err := exchange(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func (h *hostile) post(t *testing.T, query string) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	return h.ask(t, http.MethodPost, "/graphql", "application/json", string(body))
}

func (h *hostile) get(t *testing.T, query string) answer {
	return h.ask(t, http.MethodGet, "/graphql?query="+url.QueryEscape(query), "", "")
}

// testCop asks what graphql-cop asks; each check says what would be a finding.
func testCop(t *testing.T, h *hostile) {
	var aliases, duplicates strings.Builder
	for n := range 101 {
		fmt.Fprintf(&aliases, "alias%d:__typename \n", n)
	}
	for range 500 {
		duplicates.WriteString("__typename \n")
	}
	batch := "[" + strings.TrimSuffix(strings.Repeat(`{"query":"query cop { __typename }"},`, 10), ",") + "]"
	finds := func(part string) func(answer) bool {
		return func(a answer) bool { return strings.Contains(a.Text, part) }
	}
	pages := func() (all string) {
		for _, path := range []string{"/", "/graphiql", "/playground", "/console", "/graphql", "/altair", "/voyager"} {
			all += h.ask(t, http.MethodGet, path, "", "").Text
		}
		return strings.ToLower(all)
	}
	for name, c := range map[string]struct {
		answer  answer
		finding func(answer) bool
	}{
		"alias overloading":      {h.post(t, "query cop { "+aliases.String()+" }"), finds(`"alias100"`)},
		"array-based batching":   {h.ask(t, http.MethodPost, "/graphql", "application/json", batch), func(a answer) bool { return strings.HasPrefix(a.Text, "[") }},
		"directive overloading":  {h.post(t, "query cop { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }"), func(a answer) bool { return len(a.Errors) >= 10 }},
		"circular introspection": {h.post(t, "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }"), finds(`"types"`)},
		"field duplication":      {h.post(t, "query cop { "+duplicates.String()+" }"), func(a answer) bool { return a.Data != nil }},
		"field suggestions":      {h.post(t, "query cop { __schema { directive } }"), finds("Did you mean")},
		"suggestions of our own": {h.post(t, "query cop { viewr { role } }"), finds("Did you mean")},
		"GET queries":            {h.get(t, "query cop {__typename}"), func(a answer) bool { return a.Data != nil }},
		"GET mutations":          {h.get(t, "mutation cop {__typename}"), func(a answer) bool { return a.Data != nil }},
		"introspection":          {h.post(t, "query cop { __schema { types { name fields { name } } } }"), func(a answer) bool { return at(a.Data, "__schema.types") != nil }},
		"POST from another site": {h.ask(t, http.MethodPost, "/graphql", "application/x-www-form-urlencoded", "query="+url.QueryEscape("query cop {__typename}")), func(a answer) bool { return a.Data != nil }},
		"tracing":                {h.post(t, "query cop { __typename }"), finds(`"tracing"`)},
		"unhandled errors": {h.post(t, "qwerty cop { abc }"), func(a answer) bool {
			return len(a.Errors) == 0 || strings.Contains(strings.ToLower(a.Text), "stack") || strings.Contains(strings.ToLower(a.Text), "exception")
		}},
		"GraphiQL and playground": {answer{Text: pages()}, func(a answer) bool {
			return strings.Contains(a.Text, "graphiql") || strings.Contains(a.Text, "graphql playground") || strings.Contains(a.Text, "<html")
		}},
	} {
		if c.finding(c.answer) {
			t.Errorf("%s: %d %.300s", name, c.answer.Status, c.answer.Text)
		}
	}
}

// testOtherDoors knocks where nothing is for the public.
func testOtherDoors(t *testing.T, h *hostile) {
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/vars", "/.git/config", "/.env", "/playground", "/graphiql", "/admin", "/exports/../keys", "/exports/..%2f..%2fkeys"} {
		if a := h.ask(t, http.MethodGet, path, "", ""); a.Status == http.StatusOK {
			t.Errorf("%s: %d %.100s", path, a.Status, a.Text)
		}
	}
	for _, method := range []string{http.MethodTrace, http.MethodPut, http.MethodDelete, http.MethodPatch, "DANCE"} {
		if a := h.ask(t, method, "/graphql", "application/json", `{"query":"{ __typename }"}`); a.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d %.100s", method, a.Status, a.Text)
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, `{"query":"{ __typename }"}`)
	z.Close()
	req, _ := http.NewRequest(http.MethodPost, h.endpoint, &packed)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Content-Encoding", "gzip")
	if a, err := exchange(req); err != nil || a.Status != http.StatusUnsupportedMediaType {
		t.Errorf("a packed body: %v %d", err, a.Status)
	}
}

// testRawRequests sends what no library would.
func testRawRequests(t *testing.T, h *hostile) {
	host := strings.TrimPrefix(h.base, "http://")
	body := `{"query":"{ __typename }"}`
	head := "POST /graphql HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/json\r\n"
	for name, text := range map[string]string{
		"two lengths":            head + "Content-Length: 5\r\nContent-Length: 26\r\n\r\n" + body,
		"no number as length":    head + "Content-Length: 0x1a\r\n\r\n" + body,
		"an unknown coding":      head + "Transfer-Encoding: xchunked\r\n\r\n" + body,
		"a coding twice":         head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"a chunk too large":      head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
		"a space before a colon": "POST /graphql HTTP/1.1\r\nHost: " + host + "\r\nContent-Length : 26\r\n\r\n" + body,
		"two hosts":              "GET /healthz HTTP/1.1\r\nHost: " + host + "\r\nHost: evil.example\r\n\r\n",
		"no host":                "GET /healthz HTTP/1.1\r\n\r\n",
		"a large head":           "GET /healthz HTTP/1.1\r\nHost: " + host + "\r\nX: " + strings.Repeat("x", 40<<10) + "\r\n\r\n",
		"HTTP/2 in plain text":   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	} {
		status, err := raw(host, text)
		if err != nil || status >= 200 && status < 400 {
			t.Errorf("%s: %d %v", name, status, err)
		}
	}
	if status, err := raw(host, "GET /healthz HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n"); err != nil || status != http.StatusOK {
		t.Errorf("a good request: %d %v", status, err)
	}
}

// raw sends text and returns the status of the answer; 0 where the server hung up.
func raw(host, text string) (int, error) {
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return 0, err
	}
	_, _ = io.WriteString(conn, text) // the server may hang up before the end
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, nil
	}
	response.Body.Close()
	return response.StatusCode, nil
}

// testTexts stores what means something to SQL, HTML, templates, shells and
// logs, and wants it back letter by letter, as JSON, and in no log.
func testTexts(t *testing.T, h *hostile) {
	owner := h.note.Tenants[0].OwnerToken
	for _, text := range []string{
		`' OR 1=1 --`, `'; DROP TABLE tags; --`, `\' $1 %s %`, `<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`,
		`{{.Env}} ${7*7} #{7*7}`, `$(id) | id ; id && id`, `../../etc/passwd`, `__proto__`, "=cmd|' /C calc'!A0",
	} {
		made := h.running.ask(t, request{token: owner, query: createTag, variables: map[string]any{"name": text}})
		id := made.text(t, "createTag.tag.id")
		read := h.running.ask(t, request{token: owner, query: `query($id: ID!) { tag(id: $id) { name } }`, variables: map[string]any{"id": id}})
		if at(read.Data, "tag.name") != text || !strings.Contains(read.Header.Get("Content-Type"), "json") {
			t.Errorf("%q became %v, as %s", text, at(read.Data, "tag.name"), read.Header.Get("Content-Type"))
		}
	}
	forged := "x\r\n{\"level\":\"ERROR\",\"msg\":\"forged\"}\u2028\x1b[31m"
	h.running.ask(t, request{token: owner, query: createTag, variables: map[string]any{"name": forged}})
	for line := range strings.Lines(h.log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry["msg"] == "forged" {
			t.Errorf("a line of the log is not one of ours: %v %q", err, line)
		}
	}
}

// testNames: how an operation is named or aliased has no influence on what it may.
func testNames(t *testing.T, h *hostile) {
	for _, query := range []string{
		`query IntrospectionQuery { students(first: 1) { totalCount } }`, `query healthz { students(first: 1) { totalCount } }`,
		`query getPastes { viewer: students(first: 1) { totalCount } }`, `{ __typename: students(first: 1) { totalCount } }`,
		`query q { ...f } fragment f on Query { allowed: students(first: 1) { totalCount } }`,
	} {
		if a := h.post(t, query); a.code() != "UNAUTHENTICATED" {
			t.Errorf("%s without a credential: %d %.200s", query, a.Status, a.Text)
		}
		if a := h.running.ask(t, request{token: h.note.Tenants[0].PublishableKey, query: query}); a.code() != "FORBIDDEN" {
			t.Errorf("%s by a storefront: %d %.200s", query, a.Status, a.Text)
		}
	}
}
