package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit/issuer"
	"github.com/barrehq/barre/internal/viewer"
)

const callback = "https://api.example.com/sso/callback"

// visitor is a studio with an identity provider.
type visitor struct {
	*world
	issuer   *issuer.Issuer
	owner    string
	provider uuid.UUID
}

func newVisitor(t *testing.T) *visitor {
	v := &visitor{world: newWorld(t), issuer: issuer.New(t)}
	v.issuer.Redirect, v.issuer.Now = callback, v.now
	v.open(t, v.A)
	v.owner = v.join(t, v.A, "owner@example.org", "OWNER")
	v.provider = v.connect(t, false)
	return v
}

func (v *visitor) connect(t *testing.T, required bool) uuid.UUID {
	t.Helper()
	connected, err := v.id.ConnectIdentityProvider(v.as(t, v.owner), auth.Connection{
		Name: "FusionAuth", Issuer: v.issuer.URL, ClientID: v.issuer.ClientID, Secret: secret.String(v.issuer.Secret), Domains: []string{"Example.org"}, Required: required,
	})
	if err != nil {
		t.Fatal(err)
	}
	return connected.ID
}

// visit goes to the provider and comes back to the studio's page.
func (v *visitor) visit(t *testing.T, person issuer.Person) auth.Return {
	t.Helper()
	visit, err := v.id.BeginSingleSignOn(t.Context(), auth.SingleSignOn{Studio: "north-star", Email: person.Email})
	if err != nil {
		t.Fatal(err)
	}
	back := httptest.NewRecorder()
	v.id.Callback(back, httptest.NewRequest(http.MethodGet, v.issuer.SignIn(t, visit.URL, person).String(), nil))
	to, err := url.Parse(back.Header().Get("Location"))
	if err != nil || back.Code != http.StatusSeeOther || to.Host != "classes.example.com" || to.Query().Get("lang") != "en" {
		t.Fatalf("%d to %v, %v: %s", back.Code, to, err, back.Body)
	}
	return auth.Return{Ticket: visit.Ticket.Reveal(), State: to.Query().Get("state"), Code: to.Query().Get("code"), Issuer: to.Query().Get("iss")}
}

func (v *visitor) signIn(t *testing.T, person issuer.Person) (*viewer.Viewer, string, error) {
	t.Helper()
	session, err := v.id.CompleteSingleSignOn(t.Context(), v.visit(t, person))
	if err != nil {
		return nil, "", err
	}
	return viewer.From(v.as(t, session.Token.Reveal())), session.Token.Reveal(), nil
}

var known = issuer.Person{Subject: "fa-1", Email: "ada@example.org", Verified: true}

func TestSingleSignOn(t *testing.T) {
	v := newVisitor(t)
	member := viewer.From(v.as(t, v.join(t, v.A, "ada@example.org", "TEACHER")))
	found, token, err := v.signIn(t, known)
	if err != nil || found.MembershipID != member.MembershipID || found.Role != viewer.Teacher || !found.SecondFactorAt.IsZero() {
		t.Fatalf("%+v, %v", found, err)
	}
	renamed := known
	renamed.Email, renamed.Verified, renamed.Methods = "ada@elsewhere.example", false, []string{"otp"}
	v.issuer.Redirect = callback
	visit, err := v.id.BeginSingleSignOn(t.Context(), auth.SingleSignOn{Studio: "north-star"})
	if err != nil {
		t.Fatal(err)
	}
	asked := v.issuer.SignIn(t, visit.URL, renamed).Query()
	session, err := v.id.CompleteSingleSignOn(t.Context(), auth.Return{Ticket: visit.Ticket.Reveal(), State: asked.Get("state"), Code: asked.Get("code")})
	if err != nil {
		t.Fatalf("under another address: %v", err)
	}
	if again := viewer.From(v.as(t, session.Token.Reveal())); again.MembershipID != member.MembershipID || again.SecondFactorAt.IsZero() {
		t.Errorf("under another address: %+v", again)
	}
	// The provider speaks for one studio: what is the person's everywhere it cannot touch.
	ctx := v.as(t, token)
	wantCode(t, "the password", v.id.ChangePassword(ctx, auth.NewPassword{Current: password, New: chosen}), fault.Forbidden)
	_, err = v.id.BeginAuthenticatorApp(ctx)
	wantCode(t, "a factor", err, fault.Forbidden)
	_, err = v.id.StepUp(ctx, auth.StepUp{Password: password})
	wantCode(t, "stepping up", err, fault.Forbidden)

	if _, err := v.id.DisconnectIdentityProvider(v.as(t, v.owner), v.provider); err != nil {
		t.Fatal(err)
	}
	refused, err := v.door.Verify(t.Context(), bearer(token))
	wantRefused(t, "of a provider that was disconnected", refused, err)
	_, err = v.id.BeginSingleSignOn(t.Context(), auth.SingleSignOn{Studio: "north-star"})
	wantCode(t, "at a provider that was disconnected", err, fault.NotFound)
	if n := v.count(t, `SELECT count(*) FROM identity_providers WHERE position($1::bytea in client_secret) > 0`, []byte(v.issuer.Secret)); n != 0 {
		t.Error("the client's secret is stored in the clear")
	}
}

func TestSingleSignOnOfTheInvited(t *testing.T) {
	v := newVisitor(t)
	_, _, err := v.id.InviteMember(v.as(t, v.owner), auth.Invitation{Email: "ada@example.org", Name: "Ada", Role: "ADMIN"})
	if err != nil {
		t.Fatal(err)
	}
	if found, _, err := v.signIn(t, known); err != nil || found.Role != viewer.Admin {
		t.Fatalf("%+v, %v", found, err)
	}
	_, err = v.id.SignIn(t.Context(), ada)
	wantCode(t, "with a password that was never chosen", err, fault.SignInFailed)
}

// TestForgedSingleSignOn holds what an attacker would try (attack A15).
func TestForgedSingleSignOn(t *testing.T) {
	v := newVisitor(t)
	v.join(t, v.A, "ada@example.org", "ADMIN")
	v.join(t, v.B, "far@example.org", "OWNER")
	v.join(t, v.A, "out@elsewhere.example", "ADMIN")
	for name, person := range map[string]issuer.Person{
		"an address that is not verified": {Subject: "fa-2", Email: "ada@example.org"},
		"nobody's address":                {Subject: "fa-2", Email: "nobody@example.org", Verified: true},
		"the neighbor's member":           {Subject: "fa-2", Email: "far@example.org", Verified: true},
	} {
		_, _, err := v.signIn(t, person)
		wantCode(t, name, err, fault.SignInFailed)
	}
	visit, err := v.id.BeginSingleSignOn(t.Context(), auth.SingleSignOn{Studio: "north-star"})
	if err != nil {
		t.Fatal(err)
	}
	asked := v.issuer.SignIn(t, visit.URL, issuer.Person{Subject: "fa-3", Email: "out@elsewhere.example", Verified: true}).Query()
	_, err = v.id.CompleteSingleSignOn(t.Context(), auth.Return{Ticket: visit.Ticket.Reveal(), State: asked.Get("state"), Code: asked.Get("code")})
	wantCode(t, "a domain for which the provider does not vouch", err, fault.SignInFailed)

	for name, forge := range map[string]func(*auth.Return){
		"another browser":  func(r *auth.Return) { r.Ticket = v.visit(t, known).Ticket },
		"another state":    func(r *auth.Return) { r.State = strings.Repeat("A", 26) },
		"without a ticket": func(r *auth.Return) { r.Ticket = "" },
	} {
		answer := v.visit(t, known)
		forge(&answer)
		_, err := v.id.CompleteSingleSignOn(t.Context(), answer)
		wantCode(t, name, err, fault.NotFound)
	}
	for name, forge := range map[string]func(*auth.Return){
		"another visit's code": func(r *auth.Return) { r.Code = v.visit(t, known).Code },
		"another provider":     func(r *auth.Return) { r.Issuer = "https://evil.example" },
	} {
		answer := v.visit(t, known)
		forge(&answer)
		_, err := v.id.CompleteSingleSignOn(t.Context(), answer)
		wantCode(t, name, err, fault.SignInFailed)
	}
	answer := v.visit(t, known)
	if _, err := v.id.CompleteSingleSignOn(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	_, err = v.id.CompleteSingleSignOn(t.Context(), answer)
	wantCode(t, "replayed", err, fault.NotFound)
	imposter := known
	imposter.Subject = "fa-9"
	_, _, err = v.signIn(t, imposter)
	wantCode(t, "somebody else under a known address", err, fault.SignInFailed)
	for _, page := range []string{"https://evil.example/", "http://classes.example.com/", "https://classes.example.com.evil.example/", "javascript:alert(1)", "https://classes.example.com@evil.example/"} {
		_, err = v.id.BeginSingleSignOn(t.Context(), auth.SingleSignOn{Studio: "north-star", ReturnURL: page})
		wantCode(t, "back to "+page, err, fault.Invalid)
	}
	strange := httptest.NewRecorder()
	v.id.Callback(strange, httptest.NewRequest(http.MethodGet, callback+"?state=unknown&code=x", nil))
	if strange.Code != http.StatusBadRequest || strange.Header().Get("Location") != "" {
		t.Errorf("an unknown state: %d to %q", strange.Code, strange.Header().Get("Location"))
	}
}

// People of a required provider's domains cannot sign in with a password; the
// owner always can.
func TestRequiredProvider(t *testing.T) {
	v := newVisitor(t)
	v.join(t, v.A, "ada@example.org", "ADMIN")
	if again := v.connect(t, true); again != v.provider {
		t.Errorf("connected twice: %v, %v", again, v.provider)
	}
	_, err := v.id.SignIn(t.Context(), ada)
	wantCode(t, "with a password", err, fault.SignInFailed)
	if _, _, err := v.signIn(t, known); err != nil {
		t.Error(err)
	}
	if _, err := v.id.SignIn(t.Context(), auth.SignIn{Email: "owner@example.org", Password: password}); err != nil {
		t.Errorf("the owner: %v", err)
	}
}

func TestConnectIdentityProviderRefuses(t *testing.T) {
	v := newVisitor(t)
	good := auth.Connection{Name: "F", Issuer: v.issuer.URL, ClientID: "c", Domains: []string{"example.org"}}
	for name, c := range map[string]struct {
		change func(*auth.Connection)
		code   fault.Code
	}{
		"without a name":         {func(in *auth.Connection) { in.Name = "" }, fault.Required},
		"plain http":             {func(in *auth.Connection) { in.Issuer = "http://auth.example.com" }, fault.Invalid},
		"nobody there":           {func(in *auth.Connection) { in.Issuer += "/nothing" }, fault.Invalid},
		"without domains":        {func(in *auth.Connection) { in.Domains = nil }, fault.Required},
		"an address as a domain": {func(in *auth.Connection) { in.Domains = []string{"a@example.org"} }, fault.Invalid},
	} {
		in := good
		c.change(&in)
		_, err := v.id.ConnectIdentityProvider(v.as(t, v.owner), in)
		wantCode(t, name, err, c.code)
	}
	for _, role := range []viewer.Role{viewer.FrontDesk, viewer.Teacher, viewer.Guardian, viewer.Key, viewer.Public} {
		_, err := v.id.ConnectIdentityProvider(v.A.As(t.Context(), role), good)
		wantCode(t, string(role), err, fault.Forbidden)
	}
}
