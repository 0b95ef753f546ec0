package oauth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/ent/appinstallation"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/oauth"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	verifier = "a verifier of PKCE that is long enough to be one: 43"
	back     = "https://coach.example/callback"
)

// bench is a studio, an app and the real door.
type bench struct {
	*testkit.Kit
	desk   *oauth.Desk
	door   *auth.Door
	now    time.Time
	id     string
	secret secret.String
	owner  context.Context
}

func newBench(t *testing.T) *bench {
	b := &bench{Kit: testkit.New(t), now: time.Now().UTC().Truncate(time.Second)}
	now := func() time.Time { return b.now }
	b.door = auth.NewDoor(b.Store, auth.Config{Now: now})
	b.desk = oauth.New(b.Store, b.door, oauth.Config{ConsentURL: "https://app.barre.example/consent", Now: now})
	made, token, err := b.desk.Register(t.Context(), oauth.App{
		Name: "Coach", Publisher: "Coach Inc.", PrivacyURL: "https://coach.example/privacy", RedirectURIs: []string{back}, Scopes: []string{"class:read", "student:read"},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.id, b.secret, b.owner = made.TypeID(), token, b.A.As(t.Context(), viewer.Owner)
	return b
}

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (b *bench) request() oauth.Request {
	return oauth.Request{Client: b.id, Redirect: back, Scope: "student:read", State: "xyz", Challenge: challenge()}
}

// consent lets the app in and returns the code.
func (b *bench) consent(t *testing.T) string {
	t.Helper()
	_, redirect, err := b.desk.Install(b.owner, b.request())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(redirect)
	if err != nil || !strings.HasPrefix(redirect, back+"?") || u.Query().Get("state") != "xyz" {
		t.Fatalf("back to %s: %v", redirect, err)
	}
	return u.Query().Get("code")
}

type pair struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Scope   string `json:"scope"`
	Error   string `json:"error"`
}

// post asks the endpoint of tokens; pairs are names and values.
func (b *bench) post(t *testing.T, handler http.HandlerFunc, form url.Values) (pair, int) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/oauth/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	handler(w, r)
	var p pair
	_ = json.Unmarshal(w.Body.Bytes(), &p)
	return p, w.Code
}

func (b *bench) exchange(t *testing.T, code string, change ...string) (pair, int) {
	t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {back}, "code_verifier": {verifier},
		"client_id": {b.id}, "client_secret": {b.secret.Reveal()}}
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return b.post(t, b.desk.Token, form)
}

func (b *bench) refresh(t *testing.T, token string, change ...string) (pair, int) {
	t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {b.id}, "client_secret": {b.secret.Reveal()}}
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return b.post(t, b.desk.Token, form)
}

// viewer is who the door takes the bearer of a token for; nil for nobody.
func (b *bench) viewer(t *testing.T, token string) *viewer.Viewer {
	t.Helper()
	v, err := b.door.Verify(t.Context(), http.Header{"Authorization": {"Bearer " + token}})
	if err != nil && fault.CodeOf(err) != fault.Unauthenticated {
		t.Fatal(err)
	}
	return v
}

func TestCodeBecomesViewer(t *testing.T) {
	b := newBench(t)
	code := b.consent(t)
	got, status := b.exchange(t, code)
	if status != http.StatusOK || got.Scope != "student:read" {
		t.Fatalf("exchange: %d %+v", status, got)
	}
	v := b.viewer(t, got.Access)
	if v == nil || v.TenantID != b.A.Tenant || v.Role != viewer.Key || !v.Can("student", "read") || v.Can("class", "read") || v.Can("student", "write") {
		t.Fatalf("the app is %+v", v)
	}
	if !strings.HasPrefix(v.Actor(), "app:") {
		t.Errorf("the app acts as %s", v.Actor())
	}
	if b.viewer(t, got.Refresh) != nil || b.viewer(t, code) != nil {
		t.Error("a refresh token or a code lets somebody in")
	}
	b.now = b.now.Add(15 * time.Minute)
	if b.viewer(t, got.Access) != nil {
		t.Error("an access token works after 15 minutes")
	}
}

func TestWrongExchanges(t *testing.T) {
	b := newBench(t)
	other, otherSecret, err := b.desk.Register(t.Context(), oauth.App{
		Name: "Other", Publisher: "Other", PrivacyURL: "https://other.example/", RedirectURIs: []string{back}, Scopes: []string{"class:read"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][]string{
		"another verifier": {"code_verifier", strings.Repeat("x", 50)}, "no verifier": {"code_verifier", ""}, "another address": {"redirect_uri", "https://coach.example/callback/x"},
		"no secret": {"client_secret", ""}, "a wrong secret": {"client_secret", "barre_cs_x"}, "another app": {"client_id", other.TypeID(), "client_secret", otherSecret.Reveal()},
		"a password": {"grant_type", "password"}, "no app": {"client_id", "oauthapp_01jd8m4w2xe5ktd7zcv4n8q3fa"},
	} {
		if got, status := b.exchange(t, b.consent(t), change...); status < 400 || status > 401 || got.Access != "" || got.Error == "" {
			t.Errorf("%s: %d %+v", name, status, got)
		}
	}
	code := b.consent(t)
	b.now = b.now.Add(time.Minute)
	if got, status := b.exchange(t, code); status == http.StatusOK {
		t.Errorf("a code after a minute: %+v", got)
	}
}

// TestReuseEndsTheFamily: who brings a code or a refresh token a second time has
// stolen it, or it was stolen from them.
func TestReuseEndsTheFamily(t *testing.T) {
	b := newBench(t)
	code := b.consent(t)
	first, _ := b.exchange(t, code)
	second, status := b.refresh(t, first.Refresh, "scope", "student:read class:read")
	if status != http.StatusOK || second.Refresh == first.Refresh || second.Scope != "student:read" {
		t.Fatalf("refresh: %d %+v", status, second)
	}
	if b.viewer(t, second.Access) == nil {
		t.Fatal("the second access token does not work")
	}
	if got, status := b.refresh(t, first.Refresh); status == http.StatusOK {
		t.Errorf("a refresh token works twice: %+v", got)
	}
	if b.viewer(t, second.Access) != nil {
		t.Error("the family lives on after its refresh token came twice")
	}
	if _, status := b.refresh(t, second.Refresh); status == http.StatusOK {
		t.Error("the family can be refreshed after its refresh token came twice")
	}
	code = b.consent(t)
	third, _ := b.exchange(t, code)
	if _, status := b.exchange(t, code); status == http.StatusOK {
		t.Error("a code works twice")
	}
	if b.viewer(t, third.Access) != nil {
		t.Error("what came from a code lives on after the code came twice")
	}
}

func TestShutOutAtOnce(t *testing.T) {
	b := newBench(t)
	got, _ := b.exchange(t, b.consent(t))
	v := b.viewer(t, got.Access)
	if v == nil {
		t.Fatal("the app was not let in")
	}
	if _, err := b.desk.Remove(b.B.As(t.Context(), viewer.Owner), v.InstallationID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor shuts the app out: %v", err)
	}
	if _, err := b.desk.Remove(b.owner, v.InstallationID); err != nil {
		t.Fatal(err)
	}
	if b.viewer(t, got.Access) != nil {
		t.Error("the app is let in after it was shut out")
	}
	if _, status := b.refresh(t, got.Refresh); status == http.StatusOK {
		t.Error("the app gets a new token after it was shut out")
	}
	ctx := b.owner
	if i := b.Client(ctx).AppInstallation.GetX(ctx, v.InstallationID); i.Status != appinstallation.StatusREVOKED || i.RevokedAt == nil {
		t.Errorf("the installation is %v", i)
	}
	again, _ := b.exchange(t, b.consent(t))
	if b.viewer(t, again.Access) == nil {
		t.Error("the studio cannot let the app in again")
	}
	form := url.Values{"token": {again.Refresh}, "client_id": {b.id}, "client_secret": {b.secret.Reveal()}}
	if _, status := b.post(t, b.desk.Revoke, form); status != http.StatusOK || b.viewer(t, again.Access) != nil {
		t.Errorf("the app gives its tokens back: %d", status)
	}
	form.Set("token", "nothing of ours")
	if _, status := b.post(t, b.desk.Revoke, form); status != http.StatusOK {
		t.Errorf("revoking what is no token: %d", status)
	}
}

func TestConsent(t *testing.T) {
	b := newBench(t)
	asked, err := b.desk.Ask(b.owner, b.request())
	if err != nil || asked.Installed || len(asked.Scopes) != 1 || asked.Scopes[0].Type != "Student" || len(asked.Scopes[0].Classes) == 0 {
		t.Fatalf("%+v, %v", asked, err)
	}
	for _, role := range []viewer.Role{viewer.FrontDesk, viewer.Guardian, viewer.Key} {
		if _, _, err := b.desk.Install(b.A.As(t.Context(), role), b.request()); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%s lets an app in: %v", role, err)
		}
	}
	for name, change := range map[string]func(*oauth.Request){
		"no app": func(r *oauth.Request) { r.Client = "oauthapp_01jd8m4w2xe5ktd7zcv4n8q3fa" }, "another address": func(r *oauth.Request) { r.Redirect = "https://evil.example/" },
		"more than it may": func(r *oauth.Request) { r.Scope = "student:write" }, "no challenge": func(r *oauth.Request) { r.Challenge = "" },
	} {
		r := b.request()
		change(&r)
		if _, _, err := b.desk.Install(b.owner, r); fault.From(err) == nil || !fault.From(err).User {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHandOver(t *testing.T) {
	b := newBench(t)
	query := url.Values{"response_type": {"code"}, "client_id": {b.id}, "redirect_uri": {back}, "scope": {"student:read"}, "state": {"xyz"},
		"code_challenge": {challenge()}, "code_challenge_method": {"S256"}}
	ask := func(change ...string) *httptest.ResponseRecorder {
		q := url.Values{}
		for k, v := range query {
			q[k] = v
		}
		for i := 0; i < len(change); i += 2 {
			q.Set(change[i], change[i+1])
		}
		w := httptest.NewRecorder()
		b.desk.Authorize(w, httptest.NewRequest(http.MethodGet, "/oauth/authorize?"+q.Encode(), nil))
		return w
	}
	w := ask()
	if w.Code != http.StatusFound || !strings.HasPrefix(w.Header().Get("Location"), "https://app.barre.example/consent?") || !strings.Contains(w.Header().Get("Location"), "state=xyz") {
		t.Errorf("handed over: %d %s", w.Code, w.Header().Get("Location"))
	}
	for name, change := range map[string][]string{
		"plain challenge": {"code_challenge_method", "plain"}, "no challenge": {"code_challenge", ""}, "token at once": {"response_type", "token"},
		"another address": {"redirect_uri", "https://evil.example/"}, "no app": {"client_id", "x"},
	} {
		if w := ask(change...); w.Code < 400 || w.Code > 401 || w.Header().Get("Location") != "" {
			t.Errorf("%s: %d %s", name, w.Code, w.Header().Get("Location"))
		}
	}
}
