package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// canary is in everything that a caller sends; it must be in nothing that the
// server writes down.
const canary = "Canary7aleb"

// testCanary puts secrets and names into every position of a request.
func testCanary(t *testing.T, r *running) {
	owner := r.note.Tenants[0].OwnerToken
	before := strings.Count(r.log.String(), `"msg":"request"`)
	person := map[string]any{"i": map[string]any{"email": canary + "@example.com", "password": canary + "-Pw-1"}}
	founder := map[string]any{"i": map[string]any{
		"studioName": canary, "slug": "canary7aleb", "name": canary, "email": canary + "@example.com", "password": canary + "-Pw-1",
	}}
	requests := []request{
		{query: signIn, variables: person},
		{query: `mutation { signIn(input: {email: "` + canary + `@example.com", password: "` + canary + `"}) { token } }`},
		{query: `mutation($i: SignUpInput!) { signUp(input: $i) { token userErrors { code } } }`, variables: founder},
		{query: `mutation { acceptInvitation(input: {token: "barre_inv_` + canary + `", password: "` + canary + `"}) { token } }`},
		{token: "barre_sess_" + canary, query: oneClass},
		{token: "barre_test_sk_" + canary, query: oneClass},
		{token: owner, query: createTag, variables: map[string]any{"name": canary}},
		{token: owner, query: createTag, variables: map[string]any{"name": map[string]any{canary: canary}}},
		{token: owner, query: createTag, variables: map[string]any{canary: canary}},
		{token: owner, query: `mutation { createTag(input: {name: "` + canary + `", ` + canary + `: 1}) { tag { id } } }`},
		{token: owner, query: `{ ` + canary + ` }`},
		{token: owner, query: `{ classes(first: "` + canary + `") { nodes { id } } }`},
		{token: owner, query: `{ ` + canary + `: node(id: "student_` + canary + `") { id } }`},
		{token: owner, query: `query ` + canary + ` { classes(first: 1, after: "` + canary + `") { nodes { id } } }`},
		{token: owner, query: `{ classes(first: 1) { "` + canary},
		{token: owner, query: `mutation { connectIntegration(input: {provider: "stripe", mode: TEST, credential: "` + canary + `"}) { userErrors { code } } }`},
		{token: owner, query: `mutation { createWebhookEndpoint(input: {url: "http://` + canary + `:` + canary + `@127.0.0.1/"}) { userErrors { code } } }`},
		{token: owner, query: oneClass, header: map[string]string{"Idempotency-Key": canary, "Cookie": "a=" + canary, "X-Forwarded-For": canary, "User-Agent": canary, "Origin": "https://" + canary + ".example", "X-Request-Id": canary}},
	}
	for _, q := range requests {
		if _, err := r.try(q); err != nil {
			t.Errorf("%.60s: %v", q.query, err)
		}
	}
	r.rawCanaries(t, owner)
	text := r.log.String()
	for line := range strings.Lines(text) {
		if strings.Contains(strings.ToLower(line), strings.ToLower(canary)) {
			t.Errorf("the log has it: %s", line)
		}
	}
	if wrote := strings.Count(text, `"msg":"request"`) - before; wrote < len(requests) {
		t.Errorf("the log has %d lines for %d requests: nothing was proved", wrote, len(requests))
	}
	for _, token := range []string{owner, r.note.Tenants[0].SecretKey, r.note.Webhook.Secret} {
		if strings.Contains(text, token) {
			t.Error("the log has a token of the demo")
		}
	}
}

// rawCanaries are requests that are no GraphQL at all.
func (r *running) rawCanaries(t *testing.T, token string) {
	t.Helper()
	for _, body := range []string{`{"query": "` + canary, canary, `{"` + canary + `": 1}`, "\xff\xfe" + canary, `{"query":"{__typename}","operationName":"` + canary + `"}`} {
		req, err := http.NewRequest(http.MethodPost, r.note.Endpoint, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		if _, err := exchange(req); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
	base := strings.TrimSuffix(r.note.Endpoint, "/graphql")
	for _, path := range []string{"/graphql?query=" + url.QueryEscape(`{ `+canary+` }`), "/" + canary, "/healthz?token=" + canary} {
		req, err := http.NewRequest(http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := exchange(req); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
