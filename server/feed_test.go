package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestNewEpoch runs the command as whoever has restored a database by other
// means: who follows the feed is told, and so is every webhook from then on.
func TestNewEpoch(t *testing.T) {
	r := begin(t, nil)
	r.deliverSeed(t)
	owner, h := r.note.Tenants[0].OwnerToken, newHook(t)
	r.ask(t, request{token: owner, query: createHook, variables: map[string]any{"i": map[string]any{"url": h.URL, "eventTypes": []string{"tag.created"}}}}).
		text(t, "createWebhookEndpoint.webhookEndpoint.id")
	made := func(name string) (epoch float64) {
		t.Helper()
		r.ask(t, request{token: owner, query: makeTag, variables: map[string]any{"n": name}}).text(t, "createTag.tag.id")
		var message struct{ Epoch float64 }
		if err := json.Unmarshal(h.next(t).body, &message); err != nil {
			t.Fatal(err)
		}
		return message.Epoch
	}
	const follow = `query($after: String) { changes(after: $after, first: 100) { cursor epoch nodes { epoch } } }`
	before := made("Pointe")
	read := r.ask(t, request{token: owner, query: follow})
	cursor := read.text(t, "changes.cursor")
	if got := at(read.Data, "changes.epoch"); got != before {
		t.Errorf("the feed is in epoch %v, a webhook in %v", got, before)
	}
	env := map[string]string{
		"BARRE_ENVIRONMENT": "development", "BARRE_DATA_DIR": t.TempDir(), "BARRE_LOG_LEVEL": "error",
		"DATABASE_URL": r.kit.AppURL, "SYSTEM_DATABASE_URL": r.kit.SystemURL, "OWNER_DATABASE_URL": r.kit.OwnerURL,
	}
	barre := func(args ...string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), args, func(name string) (string, bool) { text, ok := env[name]; return text, ok }, &out)
		return out.String(), err
	}
	for _, wrong := range [][]string{{"feed"}, {"feed", "old-epoch"}, {"feed", "new-epoch", "please"}} {
		if said, err := barre(wrong...); err == nil {
			t.Errorf("barre %v is accepted: %s", wrong, said)
		}
	}
	if a := r.ask(t, request{token: owner, query: follow, variables: map[string]any{"after": cursor}}); a.code() != "" {
		t.Errorf("a refused command began an epoch: %s", a.Text)
	}
	said, err := barre("feed", "new-epoch")
	if err != nil || !strings.Contains(said, "feeds of 2 studios") {
		t.Fatalf("%q, %v", said, err)
	}
	if a := r.ask(t, request{token: owner, query: follow, variables: map[string]any{"after": cursor}}); a.code() != "EPOCH_CHANGED" {
		t.Errorf("from a cursor of before: %s", a.Text)
	}
	after := made("Tap")
	read = r.ask(t, request{token: owner, query: follow})
	if got := at(read.Data, "changes.epoch"); after <= before || got != after || at(read.Data, "changes.nodes.0.epoch") != after {
		t.Errorf("a webhook says epoch %v after %v, the feed %v", after, before, got)
	}
	if a := r.ask(t, request{token: owner, query: follow, variables: map[string]any{"after": read.text(t, "changes.cursor")}}); a.code() != "" {
		t.Errorf("from a cursor of now: %s", a.Text)
	}
}
