package main

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/typeid"
)

const makeSync = `mutation { createApiKey(input: {name: "Sync", kind: SECRET, scopes: ["*"]}) { token apiKey { id } } }`

// TestUnusualKey lets a key try ids until it is suspended: the studio is told,
// the key is refused, and a person reinstates it.
func TestUnusualKey(t *testing.T) {
	r := begin(t, map[string]string{"BARRE_WORKER": "false", "BARRE_ANOMALY_FACTOR": "1"})
	owner := r.note.Tenants[0].OwnerToken
	made := r.ask(t, request{token: owner, query: makeSync})
	key, id := made.text(t, "createApiKey.token"), made.text(t, "createApiKey.apiKey.id")
	guesses := make([]string, 100)
	for n := range guesses {
		guesses[n] = typeid.Format("student", uuid.New())
	}
	// Six times a hundred answers that something is not there.
	const probe = `query($ids: [ID!]!) { a: nodes(ids: $ids) { id } b: nodes(ids: $ids) { id } c: nodes(ids: $ids) { id }
		d: nodes(ids: $ids) { id } e: nodes(ids: $ids) { id } f: nodes(ids: $ids) { id } }`
	if a := r.ask(t, request{token: key, query: probe, variables: map[string]any{"ids": guesses}}); a.Status != http.StatusOK || a.code() != "" {
		t.Fatalf("the guesses: %d %.300s", a.Status, a.Text)
	}
	if a := r.ask(t, request{token: key, query: oneClass}); a.code() == "" {
		t.Errorf("the next request is let in: %d %.300s", a.Status, a.Text)
	}
	eventually(t, "the key is suspended", func() bool {
		return r.ask(t, request{token: key, query: oneClass}).Status == http.StatusUnauthorized
	})
	var found answer
	eventually(t, "the studio is told", func() bool {
		found = r.ask(t, request{token: owner, query: `{ alerts(first: 5, where: {kind: {eq: PROBING}}) { nodes { id response actor apiKey { id suspendedAt } } } }`})
		return at(found.Data, "alerts.nodes.0.response") == "SUSPENDED"
	})
	if at(found.Data, "alerts.nodes.0.apiKey.id") != id || at(found.Data, "alerts.nodes.0.apiKey.suspendedAt") == nil {
		t.Errorf("the alert is of another key: %s", found.Text)
	}
	seen := r.ask(t, request{token: owner, query: `mutation($id: ID!) { acknowledgeAlert(input: {id: $id, remark: "A lost laptop."}) { alert { status remark } userErrors { code } } }`,
		variables: map[string]any{"id": found.text(t, "alerts.nodes.0.id")}})
	if at(seen.Data, "acknowledgeAlert.alert.status") != "ACKNOWLEDGED" {
		t.Errorf("acknowledged: %s", seen.Text)
	}
	freed := r.ask(t, request{token: owner, query: `mutation($id: ID!) { reinstateApiKey(input: {id: $id}) { apiKey { suspendedAt } userErrors { code } } }`,
		variables: map[string]any{"id": id}})
	if at(freed.Data, "reinstateApiKey.userErrors") == nil || at(freed.Data, "reinstateApiKey.apiKey.suspendedAt") != nil {
		t.Fatalf("reinstated: %s", freed.Text)
	}
	if a := r.ask(t, request{token: key, query: oneClass}); a.Status != http.StatusOK || a.code() != "" {
		t.Errorf("the reinstated key: %d %.300s", a.Status, a.Text)
	}
}
