package auth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// claim gives studios their custom domains.
func (w *world) claim(t *testing.T, tenant any, hosts string) {
	t.Helper()
	w.exec(t, `INSERT INTO custom_domains (id, created_at, updated_at, tenant_id, host)
		SELECT gen_random_uuid(), now(), now(), $1, host FROM jsonb_array_elements_text($2) AS host`, tenant, hosts)
}

func TestAllowedOrigin(t *testing.T) {
	w := newWorld(t)
	w.claim(t, w.A.Tenant, `["dance.example"]`)
	w.claim(t, w.B.Tenant, `["south.example"]`)
	development := auth.NewDoor(w.Store, auth.Config{Now: w.now, Development: true})
	for origin, want := range map[string][2]bool{ // in production, in development
		"https://dance.example":          {true, true},
		"https://south.example":          {true, true},
		"https://example.com":            {true, false}, // our own, as configured
		"http://dance.example":           {},
		"https://dance.example:8443":     {},
		"https://dance.example.evil.com": {},
		"https://sub.dance.example":      {},
		"https://dance.example/":         {},
		"https://dance.example?x":        {},
		"https://a@dance.example":        {},
		"https://*":                      {},
		"https://10.0.0.1":               {},
		"https://localhost":              {},
		"https://":                       {},
		"//dance.example":                {},
		"null":                           {},
		"":                               {},
		"file://dance.example":           {},
		"https://evil.example":           {},
		"http://localhost:5173":          {false, true},
		"http://127.0.0.1":               {false, true},
		"http://[::1]:3000":              {false, true},
		"http://localhost.evil.example":  {},
		"http://10.0.0.1":                {},
	} {
		if got := [2]bool{w.door.AllowedOrigin(t.Context(), origin), development.AllowedOrigin(t.Context(), origin)}; got != want {
			t.Errorf("%q: %v; want %v", origin, got, want)
		}
	}
	n := w.statements.of(func() {
		for range 100 {
			w.door.AllowedOrigin(t.Context(), "https://dance.example")
		}
	})
	if n != 0 {
		t.Errorf("%d statements for a directory that was just read", n)
	}
	w.exec(t, `UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1`, w.A.Tenant)
	w.pass(5 * time.Second)
	if w.door.AllowedOrigin(t.Context(), "https://dance.example") {
		t.Error("a suspended studio's domain is allowed after 5 s")
	}
}

// answer sends a request through the door and returns the status and the body;
// behind it the role and the studio are written.
func (w *world) answer(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	rec := httptest.NewRecorder()
	w.door.Middleware(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		v := viewer.From(r.Context())
		if v == nil {
			_, _ = rw.Write([]byte("anonymous"))
			return
		}
		_, _ = rw.Write([]byte(string(v.Role) + " " + v.TenantID.String()))
	})).ServeHTTP(rec, r)
	if got := rec.Header().Get("Content-Type"); rec.Code != 200 && !strings.HasPrefix(got, "application/graphql-response+json") {
		t.Errorf("Content-Type %q", got)
	}
	return rec.Code, rec.Body.String()
}

func TestMiddleware(t *testing.T) {
	w := newWorld(t)
	w.claim(t, w.A.Tenant, `["dance.example"]`)
	w.claim(t, w.B.Tenant, `["south.example", "example.com"]`)
	token := w.join(t, w.A, "ada@example.org", "ADMIN")
	unknown, _ := credential.New(credential.Session, "")
	admitted := "ADMIN " + w.A.Tenant.String()
	const refused = "{\"errors\":[{\"extensions\":{\"code\":\"UNAUTHENTICATED\"},\"message\":\"The credential is not valid. Sign in again, or use another key.\"}]}\n"
	for name, c := range map[string]struct {
		token, host, origin string
		want                string
	}{
		"anonymous":                     {"", "", "", "anonymous"},
		"anonymous on B's host":         {"", "south.example", "https://south.example", "anonymous"},
		"A":                             {token, "", "", admitted},
		"A on our own host":             {token, "EXAMPLE.com:443", "https://example.com", admitted}, // whatever B claims
		"A on its own domain":           {token, "dance.example", "https://dance.example", admitted},
		"A on nobody's domain":          {token, "", "https://evil.example", admitted}, // CORS keeps the answer from the page
		"A without an origin":           {token, "", "null", admitted},
		"A on B's host":                 {token, "south.example", "", refused},
		"A on B's host, spelled anew":   {token, "SOUTH.example.:8080", "", refused},
		"A on a page of B":              {token, "", "https://south.example", refused},
		"A on a page of B, without TLS": {token, "", "http://south.example:80", refused},
		"unknown":                       {unknown.Reveal(), "", "", refused},
		"malformed":                     {"x", "", "", refused},
	} {
		r := httptest.NewRequest("POST", "/graphql?tenant="+w.B.Tenant.String(), nil)
		r.Header.Set("X-Tenant-Id", w.B.Tenant.String()) // T14: names nobody
		r.Header.Set("X-Forwarded-Host", "south.example")
		if c.token != "" {
			r.Header.Set("Authorization", "bearer "+c.token)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if c.host != "" {
			r.Host = c.host
		}
		status := map[bool]int{true: 401, false: 200}[c.want == refused]
		if code, body := w.answer(t, r); code != status || body != c.want {
			t.Errorf("%s: %d %s; want %d %s", name, code, body, status, c.want)
		}
	}
	const strays = `SELECT count(*) FROM audit_entries WHERE tenant_id = $1 AND action = 'credential.refused' AND category = 'SECURITY'`
	if a, b := w.count(t, strays, w.A.Tenant), w.count(t, strays, w.B.Tenant); a != 1 || b != 0 {
		t.Errorf("%d and %d strays recorded; want 1 and 0", a, b)
	}
}

func TestRefuseIsAsked(t *testing.T) {
	var got error
	w := newWorld(t, func(c *auth.Config) {
		c.Refuse = func(rw http.ResponseWriter, _ *http.Request, err error) { got = err; rw.WriteHeader(418) }
	})
	r := httptest.NewRequest("POST", "/graphql", nil)
	r.Header.Set("Authorization", "Bearer x")
	rec := httptest.NewRecorder()
	w.door.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it went on") })).ServeHTTP(rec, r)
	if rec.Code != 418 || fault.CodeOf(got) != fault.Unauthenticated {
		t.Errorf("%d, %v", rec.Code, got)
	}
}

// Behind Middleware, sign-ins are counted by the address of the request.
func TestAddressReachesThrottle(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "ada@example.org", "ADMIN")
	send := func(remote string, in auth.SignIn) (err error) {
		r := httptest.NewRequest("POST", "/graphql", nil)
		r.RemoteAddr = remote
		w.door.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, err = w.id.SignIn(r.Context(), in)
		})).ServeHTTP(httptest.NewRecorder(), r)
		return err
	}
	for i := range 20 {
		_ = send("192.0.2.1:1", auth.SignIn{Email: string(rune('a'+i)) + "@example.org", Password: "wrong"})
	}
	right := auth.SignIn{Email: "ada@example.org", Password: password}
	wantCode(t, "the same address", send("192.0.2.1:2", right), fault.SignInFailed)
	if err := send("192.0.2.2:1", right); err != nil {
		t.Errorf("another address: %v", err)
	}
}

func TestSocket(t *testing.T) {
	w := newWorld(t)
	w.claim(t, w.B.Tenant, `["south.example"]`)
	token := w.join(t, w.A, "ada@example.org", "ADMIN")
	for name, payload := range map[string]map[string]any{
		"number":    {"Authorization": 7},
		"null":      {"Authorization": nil},
		"malformed": {"authorization": "Bearer x"},
		"both":      {"Authorization": "Bearer " + token, "authorization": "Bearer " + token},
	} {
		_, err := w.door.Authenticate(t.Context(), payload)
		wantRefused(t, name, nil, err)
	}
	if ctx, err := w.door.Authenticate(t.Context(), nil); err != nil || viewer.From(ctx) != nil || !w.door.Alive(ctx) {
		t.Errorf("anonymous: %v, %v", viewer.From(ctx), err)
	}
	var ctx context.Context
	for _, name := range []string{"Authorization", "authorization"} {
		var err error
		if ctx, err = w.door.Authenticate(t.Context(), map[string]any{name: "Bearer " + token}); err != nil || viewer.From(ctx).TenantID != w.A.Tenant {
			t.Fatalf("%s: %v", name, err)
		}
	}
	// The page that opened the socket narrows what is sent through it.
	r := httptest.NewRequest("GET", "/graphql", nil)
	r.Header.Set("Origin", "https://south.example")
	w.door.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := w.door.Authenticate(r.Context(), map[string]any{"Authorization": "Bearer " + token})
		wantRefused(t, "A on a page of B", nil, err)
	})).ServeHTTP(httptest.NewRecorder(), r)

	if !w.door.Alive(ctx) {
		t.Error("dead while it is good")
	}
	w.exec(t, `UPDATE memberships SET role = 'TEACHER' WHERE id = $1`, viewer.From(ctx).MembershipID)
	w.pass(time.Second)
	if w.door.Alive(ctx) {
		t.Error("alive with another role")
	}
	w.exec(t, `UPDATE memberships SET role = 'ADMIN' WHERE id = $1`, viewer.From(ctx).MembershipID)
	w.pass(time.Second)
	if !w.door.Alive(ctx) {
		t.Error("dead with its own role")
	}
	w.exec(t, `UPDATE memberships SET status = 'REVOKED' WHERE id = $1`, viewer.From(ctx).MembershipID)
	w.pass(time.Second)
	if w.door.Alive(ctx) {
		t.Error("alive after the revocation")
	}
}

func TestTrusted(t *testing.T) {
	w := newWorld(t)
	digest := strings.Repeat("ab", 32)
	_, token, err := w.id.CreateAPIKey(w.A.As(t.Context(), viewer.Owner), auth.NewKey{Name: "Site", Kind: "PUBLISHABLE", TrustedDocuments: []string{digest}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := w.door.Authenticate(t.Context(), map[string]any{"Authorization": "Bearer " + token.Reveal()})
	if err != nil {
		t.Fatal(err)
	}
	if err := auth.Trusted(ctx, digest, ""); err != nil {
		t.Errorf("registered: %v", err)
	}
	wantCode(t, "another document", auth.Trusted(ctx, strings.Repeat("cd", 32), ""), fault.UntrustedDocument)
	if err := auth.Trusted(t.Context(), "any", ""); err != nil {
		t.Errorf("anonymous: %v", err)
	}
}

// The body of a refusal is JSON in GraphQL's shape.
func TestRefusalShape(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest("POST", "/graphql", nil)
	r.Header.Set("Authorization", "Basic x")
	_, body := w.answer(t, r)
	var shape struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code fault.Code }
		}
		Data *json.RawMessage
	}
	if err := json.Unmarshal([]byte(body), &shape); err != nil || len(shape.Errors) != 1 || shape.Data != nil ||
		shape.Errors[0].Message == "" || shape.Errors[0].Extensions.Code != fault.Unauthenticated {
		t.Errorf("%s: %v", body, err)
	}
}
