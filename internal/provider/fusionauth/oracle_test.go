package fusionauth_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/fusionauth"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit/node"
)

// wire keeps what is sent: the first body of each method and path, and the
// headers that say who asks.
type wire struct {
	next http.Handler
	seen map[string]string
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(text))
	var body any
	json.Unmarshal(text, &body)
	sorted, _ := json.Marshal(body)
	if name := r.Method + " " + r.URL.RequestURI(); w.seen[name] == "" {
		w.seen[name] = string(sorted) + " for " + r.Header.Get("Authorization") + " of " + r.Header.Get("X-FusionAuth-TenantId")
	}
	w.next.ServeHTTP(rw, r)
}

// TestVendorClient lets FusionAuth's own client do what our adapter does: our
// fake must satisfy it, and both must send the same.
func TestVendorClient(t *testing.T) {
	packages := node.Install(t, "testdata")
	const tenant = "6b1e9f58-ed0e-4b18-ad48-f4f92793ae32"
	theirs := &wire{fake.NewFusionAuth(fake.FusionAuthConfig{Key: "key", Application: application}), map[string]string{}}
	server := httptest.NewServer(theirs)
	defer server.Close()
	input, _ := json.Marshal(map[string]string{
		"tenant": tenant, "user": provider5(t), "email": "ann@example.com", "name": "Ann Sample", "rename": "Ann Sample-Okafor",
		"application": application, "role": "FRONT_DESK", "next": "ADMIN",
	})
	out := node.Run(t, packages, filepath.Join("testdata", "sdk.mjs"), server.URL, string(input))
	const want = `{"twice":"[duplicate]user.id","email":"ann@example.com","again":"[duplicate]registration","off":false,"on":true,` +
		`"name":"Ann Sample-Okafor","roles":["ADMIN"],"application":true,"keys":0}` + "\n"
	if out != want {
		t.Errorf("FusionAuth's client says %s; want %s", out, want)
	}

	ours := &wire{seen: map[string]string{}}
	b := newBench(t, func(h http.Handler) http.Handler { ours.next = h; return ours })
	b.connection.Options[fusionauth.OptionTenant] = tenant
	b.mustDo(b.plan(b.change("membership.invited")))
	promoted := b.change("membership.updated")
	promoted.Member.Role, promoted.Member.Name = "ADMIN", "Ann Sample-Okafor"
	b.mustDo(b.plan(promoted))
	b.mustDo(b.plan(b.change("membership.revoked")))
	b.mustDo(b.plan(b.change("membership.accepted")))
	if err := b.provider.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	for name, mine := range ours.seen {
		other, known := theirs.seen[name]
		// Where a body is empty, theirs has none and ours has none.
		if !known || strings.TrimPrefix(other, "{}") != strings.TrimPrefix(mine, "{}") {
			t.Errorf("%s:\nwe send       %s\nFusionAuth's  %s", name, mine, other)
		}
	}
	if len(ours.seen) < 7 {
		t.Errorf("only %d calls compared", len(ours.seen))
	}
}

// TestTokensOfOthers verifies what another library has signed.
func TestTokensOfOthers(t *testing.T) {
	packages := node.Install(t, "testdata")
	var made struct {
		Keys   json.RawMessage
		Tokens map[string]string
	}
	out := node.Run(t, packages, filepath.Join("testdata", "sign.mjs"), digest(message))
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, plain)
	b.fake.SetKeys(json.RawMessage(`{"keys":` + string(made.Keys) + `}`))
	b.connection.Secrets = []secret.String{hmacKey}
	if len(made.Tokens) != 8 {
		t.Fatalf("%d tokens; want 8", len(made.Tokens))
	}
	for _, algorithm := range []string{"HS256", "RS256", "ES256", "EdDSA"} {
		b.connection.Options[fusionauth.OptionAlgorithm] = algorithm
		for name, token := range made.Tokens {
			in, err := b.verify(http.Header{"X-Fusionauth-Signature-Jwt": {token}})
			if (err == nil) != (name == algorithm) || err == nil && in.Object != remote {
				t.Errorf("agreed on %s, signed with %s: %v", algorithm, name, err)
			}
		}
	}
}
