package customerio_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit/node"
)

// TestVerifyAsVendor holds that Customer.io's own client and we agree on what
// is signed and what is not.
func TestVerifyAsVendor(t *testing.T) {
	packages := node.Install(t, "testdata")
	b := newBench(t, plain)
	b.connection.Secrets = []secret.String{"key"}
	at := fmt.Sprint(b.now.Unix())
	body := `{"metric":"bounced","event_id":"e1","object_type":"email","data":{"recipient":"zoë@example.com"}}`
	sign := func(key, text string) string {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte("v0:" + at + ":" + text))
		return hex.EncodeToString(mac.Sum(nil))
	}
	for name, signature := range map[string]string{
		"ours": sign("key", body), "another key": sign("other", body), "another body": sign("key", body+" "), "nothing": "00",
	} {
		out := node.Run(t, packages, filepath.Join("testdata", "verify.mjs"), "key", at, body, signature)
		header := http.Header{}
		header.Set("X-CIO-Timestamp", at)
		header.Set("X-CIO-Signature", signature)
		_, err := b.provider.Verify(b.connection, header, []byte(body), b.now)
		if theirs := strings.TrimSpace(out) == "true"; theirs != (err == nil) || theirs != (name == "ours") {
			t.Errorf("%s: Customer.io's client says %t, we say %v", name, theirs, err)
		}
	}
}

// wire keeps what was sent, by the method and path.
type wire struct {
	next http.Handler
	seen map[string]string
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(text))
	body := map[string]any{}
	json.Unmarshal(text, &body)
	if headers, is := body["headers"].(map[string]any); is && len(headers) == 0 {
		delete(body, "headers") // theirs says that there are none
	}
	sorted, _ := json.Marshal(body)
	if name := r.Method + " " + r.URL.Path; w.seen[name] == "" {
		w.seen[name] = string(sorted) + " as " + r.Header.Get("Authorization")
	}
	w.next.ServeHTTP(rw, r)
}

// TestVendorClient lets Customer.io's own client do what our adapter does: our
// fake must satisfy it, and both must send the same.
func TestVendorClient(t *testing.T) {
	packages := node.Install(t, "testdata")
	ours := &wire{seen: map[string]string{}}
	b := newBench(t, func(h http.Handler) http.Handler { ours.next = h; return ours })
	saved, tracked, sent := b.plan("guardian.updated", 1), b.plan("invoice.issued", 2), b.plan("membership.invited", 3)
	for _, o := range []provider.Operation{saved, tracked, sent} {
		b.mustDo(o)
	}
	if _, err := b.provider.Erase(t.Context(), b.connection, provider.Erasure{Refs: []provider.Ref{saved.Entity}}, fake.NewLinks()); err != nil {
		t.Fatal(err)
	}
	body := func(o provider.Operation) (of struct{ Body json.RawMessage }) {
		if err := json.Unmarshal(o.Payload, &of); err != nil {
			t.Fatal(err)
		}
		return of
	}
	ref := saved.Entity.String()
	input, _ := json.Marshal(map[string]any{
		"ref": ref, "person": body(saved).Body, "event": body(tracked).Body, "message": map[string]any{
			"to": "ann@example.com", "identifiers": map[string]string{"id": ref}, "transactional_message_id": "invitation",
			"message_data": map[string]string{"studio_name": "Studio One", "first_name": "Ann", "invite_url": "https://studio.example/join?token=t0k3n",
				"expires_at": b.now.Add(48 * time.Hour).UTC().Format(time.RFC3339)},
			"disable_message_retention": true, "tracked": false, "send_to_unsubscribed": true,
		},
	})
	theirs := &wire{fake.NewCustomerIO(fake.CustomerIOConfig{SiteID: "site", TrackKey: "track", AppKey: "app"}), map[string]string{}}
	server := httptest.NewServer(theirs)
	defer server.Close()
	out := node.Run(t, packages, filepath.Join("testdata", "sdk.mjs"), server.URL, string(input))
	if want := `{"sent":"string","suppressed":"accepted","stranger":401}` + "\n"; out != want {
		t.Errorf("Customer.io's client says %s; want %s", out, want)
	}
	if len(ours.seen) != 5 {
		t.Errorf("%d calls compared; want 5", len(ours.seen))
	}
	for name, mine := range ours.seen {
		if theirs.seen[name] != mine {
			t.Errorf("%s:\nwe send        %s\nCustomer.io's  %s", name, mine, theirs.seen[name])
		}
	}
}
