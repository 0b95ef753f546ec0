package pipedrive_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/testkit/node"
)

// wire keeps what is sent: the first body of each method and path.
type wire struct {
	next http.Handler
	seen map[string]string
}

// made up by the fakes, which may count differently
var leadID = regexp.MustCompile(`/v1/leads/[0-9a-f-]{36}`)

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(text))
	var body any
	json.Unmarshal(text, &body)
	sorted, _ := json.Marshal(body)
	name := leadID.ReplaceAllString(r.Method+" "+r.URL.Path+"?"+r.URL.Query().Encode(), "/v1/leads/ID")
	if w.seen[name] == "" {
		w.seen[name] = string(sorted) + " for " + r.Header.Get("X-Api-Token")
	}
	w.next.ServeHTTP(rw, r)
}

// TestVendorClient lets Pipedrive's own client do what our adapter does: our
// fake must satisfy it, and both must send the same.
func TestVendorClient(t *testing.T) {
	packages := node.Install(t, "testdata")
	theirs := &wire{fake.NewPipedrive(fake.PipedriveConfig{Token: "token"}), map[string]string{}}
	server := httptest.NewServer(theirs)
	defer server.Close()
	input, _ := json.Marshal(map[string]any{
		"organization": map[string]any{"name": "The Sample family", "address": map[string]string{"value": "1 Main St, Apt 2, Springfield, IL 62701", "country": "US"}},
		"person": map[string]any{"name": "Ann Sample", "emails": []any{map[string]any{"value": "ann@example.com", "primary": true, "label": "home"}},
			"phones": []any{map[string]any{"value": "+1 555 0100", "primary": true, "label": "mobile"}}},
		"deal": map[string]any{"title": "The Sample family", "value": 45.5, "currency": "USD", "stage_id": 3, "status": "open"},
		"refs": map[string]string{
			"organization": provider.Ref{Type: "household", ID: id(201)}.String(), "person": provider.Ref{Type: "guardian", ID: id(202)}.String(),
			"deal": provider.Ref{Type: "deal", ID: id(203)}.String(),
		},
	})
	out := node.Run(t, packages, filepath.Join("testdata", "sdk.mjs"), server.URL, string(input))
	const want = `{"listed":1,"found":1,"won":"won","search":true,"stage":"Trial Booked","company":4711,"gone":"ERR_NOT_FOUND"}` + "\n"
	if out != want {
		t.Errorf("Pipedrive's client says %s; want %s", out, want)
	}

	ours := &wire{seen: map[string]string{}}
	b := newBench(t, func(h http.Handler) http.Handler { ours.next = h; return ours })
	for _, kind := range []string{"household.created", "guardian.created", "household.updated", "guardian.updated"} {
		b.mustDo(b.plan(b.change(kind)))
	}
	lead := b.change("deal.created")
	lead.Deal.Stage = "Has asked"
	b.mustDo(b.plan(lead))
	b.mustDo(b.plan(b.change("deal.updated")))
	won := b.change("deal.updated")
	won.Deal.Status = provider.DealWon
	b.mustDo(b.plan(won))
	for _, kind := range []string{"deal.deleted", "guardian.deleted", "household.deleted"} {
		b.mustDo(b.plan(b.change(kind)))
	}
	compared := 0
	for name, mine := range ours.seen {
		other, known := theirs.seen[name]
		if !known {
			continue // lists of fields that theirs does not ask for
		}
		compared++
		if other != mine {
			t.Errorf("%s:\nwe send      %s\nPipedrive's  %s", name, mine, other)
		}
	}
	if compared < 13 {
		t.Errorf("only %d calls compared: %v and %v", compared, ours.seen, theirs.seen)
	}
}
