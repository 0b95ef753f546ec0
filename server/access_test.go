package main

import (
	"net/http"
	"testing"
	"time"
)

const (
	createTag = `mutation($name: String!) { createTag(input: {name: $name}) { tag { id version } userErrors { code } } }`
	createKey = `mutation { createApiKey(input: {name: "To be revoked", kind: SECRET, scopes: ["class:read"]}) { apiKey { id } token userErrors { code } } }`
	revokeKey = `mutation($id: ID!) { revokeApiKey(input: {id: $id}) { apiKey { id } userErrors { code } } }`
	oneClass  = `{ classes(first: 1) { nodes { id } } }`
)

// TestRequests shares one server among what needs no settings of its own.
func TestRequests(t *testing.T) {
	r := begin(t, map[string]string{"BARRE_WORKER": "false"})
	for name, test := range map[string]func(*testing.T, *running){
		"idempotency": testIdempotency, "ifVersion": testIfVersion, "storefront": testStorefront, "revoked key": testRevokedKey, "canary": testCanary, "headers": testHeaders,
	} {
		t.Run(name, func(t *testing.T) { test(t, r) })
	}
}

func testIdempotency(t *testing.T, r *running) {
	owner := r.note.Tenants[0].OwnerToken
	key := map[string]string{"Idempotency-Key": "the-first-of-its-kind"}
	ask := func(name, token string) answer {
		return r.ask(t, request{token: token, query: createTag, variables: map[string]any{"name": name}, header: key})
	}
	first, second := ask("Made once", owner), ask("Made once", owner)
	if id := first.text(t, "createTag.tag.id"); second.text(t, "createTag.tag.id") != id {
		t.Errorf("the replay is another answer: %s", second.Text)
	}
	if other := ask("Made by another request", owner); other.code() != "IDEMPOTENCY_KEY_REUSED" {
		t.Errorf("another request under the same key: %d %s", other.Status, other.Text)
	}
	if other := ask("Made by another credential", r.note.Tenants[0].SecretKey); other.text(t, "createTag.tag.id") == first.text(t, "createTag.tag.id") {
		t.Error("two credentials share a key")
	}
	tags := r.ask(t, request{token: owner, query: `{ tags(first: 50) { nodes { name } } }`})
	made := where(at(tags.Data, "tags.nodes"), func(tag any) bool { return at(tag, "name") == "Made once" })
	if len(made) != 1 {
		t.Errorf("there are %d tags, want 1: %s", len(made), tags.Text)
	}
}

func testIfVersion(t *testing.T, r *running) {
	owner := r.note.Tenants[0].OwnerToken
	id := r.ask(t, request{token: owner, query: createTag, variables: map[string]any{"name": "To be renamed"}}).text(t, "createTag.tag.id")
	rename := func(name string) answer {
		return r.ask(t, request{token: owner, query: `mutation($i: UpdateTagInput!) { updateTag(input: $i) { tag { version } userErrors { code } } }`,
			variables: map[string]any{"i": map[string]any{"id": id, "name": name, "ifVersion": 1}}})
	}
	if a := rename("Renamed"); at(a.Data, "updateTag.tag.version") != 2.0 {
		t.Errorf("the first change: %s", a.Text)
	}
	if a := rename("Renamed again"); at(a.Data, "updateTag.userErrors.0.code") != "VERSION_CONFLICT" {
		t.Errorf("a change of an old version: %s", a.Text)
	}
}

func testStorefront(t *testing.T, r *running) {
	key := r.note.Tenants[0].PublishableKey
	shown := r.ask(t, request{token: key, query: `{ viewer { role tenant { name primaryColor } } locations(first: 5) { nodes { name } }
		classes(first: 5, where: {openSeats: {gt: 0}}) { nodes { name openSeats program { name } tuitionPlan { amount } } } }`})
	if at(shown.Data, "viewer.tenant.name") != "North Star Dance" || at(shown.Data, "locations.nodes.0.name") == nil || at(shown.Data, "classes.nodes.0.program.name") == nil {
		t.Errorf("the storefront: %d %s", shown.Status, shown.Text)
	}
	for _, hidden := range []string{`{ students(first: 1) { nodes { id } } }`, `{ invoices(first: 1) { nodes { id } } }`, `{ households(first: 1) { totalCount } }`} {
		if a := r.ask(t, request{token: key, query: hidden}); a.code() != "FORBIDDEN" {
			t.Errorf("%s: %d %s", hidden, a.Status, a.Text)
		}
	}
	if a := r.ask(t, request{token: key, query: createTag, variables: map[string]any{"name": "By a storefront"}}); a.code() != "FORBIDDEN" {
		t.Errorf("a storefront wrote: %d %s", a.Status, a.Text)
	}
}

// testRevokedKey revokes at one server; another one has just let the key in.
func testRevokedKey(t *testing.T, r *running) {
	owner := r.note.Tenants[0].OwnerToken
	elsewhere, _ := r.another(t, func(*Config) {})
	made := r.ask(t, request{token: owner, query: createKey})
	key, id := made.text(t, "createApiKey.token"), made.text(t, "createApiKey.apiKey.id")
	for _, endpoint := range []string{r.note.Endpoint, elsewhere} {
		if a := r.ask(t, request{token: key, query: oneClass, endpoint: endpoint}); a.Status != http.StatusOK || a.code() != "" {
			t.Fatalf("the key does not work: %d %s", a.Status, a.Text)
		}
	}
	if a := r.ask(t, request{token: owner, query: revokeKey, variables: map[string]any{"id": id}}); at(a.Data, "revokeApiKey.apiKey.id") != id {
		t.Fatalf("revoke: %s", a.Text)
	}
	revoked := time.Now()
	if a := r.ask(t, request{token: key, query: oneClass}); a.Status != http.StatusUnauthorized {
		t.Errorf("the server that revoked lets the key in: %d %s", a.Status, a.Text)
	}
	eventually(t, "the other server refuses the key", func() bool {
		asked := time.Now()
		a := r.ask(t, request{token: key, query: oneClass, endpoint: elsewhere})
		if late := asked.Sub(revoked); a.Status == http.StatusOK && late > time.Second {
			t.Fatalf("the other server let the key in %s after its end", late)
		}
		return a.Status == http.StatusUnauthorized
	})
}

// TestLimits spends a hundredth of the usual allowance.
func TestLimits(t *testing.T) {
	r := begin(t, map[string]string{"BARRE_WORKER": "false", "BARRE_LIMIT_FACTOR": "0.01", "BARRE_PLAYGROUND": "false"})
	token := r.note.Tenants[0].SecretKey
	first := r.ask(t, request{token: token, query: oneClass})
	for _, name := range []string{"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} {
		if first.Header.Get(name) == "" {
			t.Errorf("a good answer has no %s: %v", name, first.Header)
		}
	}
	if at(first.Extensions, "cost.requestedQueryCost") == nil || at(first.Extensions, "cost.throttleStatus.restoreRate") == nil {
		t.Errorf("the answer does not say what it cost: %s", first.Text)
	}
	var refused answer
	eventually(t, "the allowance is used up", func() bool {
		refused = r.ask(t, request{token: token, query: oneClass})
		return refused.Status == http.StatusTooManyRequests
	})
	if refused.code() != "THROTTLED" || refused.Header.Get("Retry-After") == "" || refused.Header.Get("RateLimit-Remaining") == "" {
		t.Errorf("a refusal: %s %v", refused.Text, refused.Header)
	}
	if a := r.ask(t, request{token: r.note.Tenants[1].SecretKey, query: oneClass}); a.Status != http.StatusOK {
		t.Errorf("the neighbor pays for it: %d %s", a.Status, a.Text)
	}
}
