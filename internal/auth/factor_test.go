package auth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/barrehq/barre/ent/tenant"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit/authenticator"
	"github.com/barrehq/barre/internal/viewer"
)

// at returns the context of a request from a page, with a session or without.
func (w *world) at(t *testing.T, origin, token string) context.Context {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "https://example.com/graphql", nil)
	r.Header.Set("Origin", origin)
	r.Header.Set("User-Agent", "Toe shoe\x00 1.0")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	var found context.Context
	w.door.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { found = r.Context() })).ServeHTTP(httptest.NewRecorder(), r)
	if found == nil {
		t.Fatalf("refused at %s", origin)
	}
	return context.WithoutCancel(found)
}

// app is an authenticator app that a person has set up.
type app struct {
	w     *world
	key   secret.String
	codes []secret.String
}

func (a app) code(t *testing.T) string {
	t.Helper()
	text, err := totp.GenerateCode(a.key.Reveal(), a.w.now())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// enroll sets an authenticator app up; its first code is used by then.
func (w *world) enroll(t *testing.T, ctx context.Context) app {
	t.Helper()
	made, err := w.id.BeginAuthenticatorApp(ctx)
	if err != nil {
		t.Fatal(err)
	}
	a := app{w: w, key: made.Secret}
	if _, err := w.id.ConfirmAuthenticatorApp(ctx, "000000"); fault.CodeOf(err) != fault.SignInFailed {
		t.Errorf("a wrong code: %v", err)
	}
	if a.codes, err = w.id.ConfirmAuthenticatorApp(ctx, a.code(t)); err != nil {
		t.Fatal(err)
	}
	w.pass(30 * time.Second)
	return a
}

var ada = auth.SignIn{Email: "ada@example.org", Password: password}

// challenge signs in with the password alone.
func (w *world) challenge(t *testing.T, ctx context.Context) *auth.SecondFactor {
	t.Helper()
	session, err := w.id.SignIn(ctx, ada)
	if err != nil || session.Token != "" || session.Next == nil {
		t.Fatalf("a password alone: %+v, %v", session, err)
	}
	return session.Next
}

func (w *world) complete(next *auth.SecondFactor, p auth.Proof) (auth.Session, error) {
	return w.id.CompleteSignIn(context.Background(), auth.Completion{Challenge: next.Token.Reveal(), Proof: p})
}

// The second factor is asked for at every sign-in, and every proof counts once.
func TestSecondFactor(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t, w.join(t, w.A, "ada@example.org", "ADMIN"))
	a := w.enroll(t, ctx)
	if len(a.codes) != 10 {
		t.Fatalf("%d recovery codes", len(a.codes))
	}
	next := w.challenge(t, t.Context())
	if !next.App || !next.RecoveryCode || next.Passkey != nil {
		t.Errorf("asked for %+v", next)
	}
	v, err := w.door.Verify(t.Context(), bearer(next.Token.Reveal()))
	wantRefused(t, "half signed in", v, err)
	_, err = w.complete(next, auth.Proof{})
	wantCode(t, "nothing", err, fault.Required)
	_, err = w.complete(next, auth.Proof{Code: "123456"})
	wantCode(t, "wrong", err, fault.SignInFailed)
	code := a.code(t)
	session, err := w.complete(next, auth.Proof{Code: code})
	if err != nil {
		t.Fatal(err)
	}
	if v := viewer.From(w.as(t, session.Token.Reveal())); v.SecondFactorAt.IsZero() || v.ProvenAt.IsZero() {
		t.Errorf("the session does not know of its factor: %+v", v)
	}
	_, err = w.complete(next, auth.Proof{RecoveryCode: a.codes[0]})
	wantCode(t, "the challenge a second time", err, fault.NotFound)
	again := w.challenge(t, t.Context())
	_, err = w.complete(again, auth.Proof{Code: code})
	wantCode(t, "the code a second time", err, fault.SignInFailed)
	if _, err := w.complete(again, auth.Proof{RecoveryCode: secret.String(strings.ToUpper(a.codes[0].Reveal()))}); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	_, err = w.complete(w.challenge(t, t.Context()), auth.Proof{RecoveryCode: a.codes[0]})
	wantCode(t, "the recovery code a second time", err, fault.SignInFailed)
	late := w.challenge(t, t.Context())
	w.pass(5 * time.Minute)
	_, err = w.complete(late, auth.Proof{Code: a.code(t)})
	wantCode(t, "late", err, fault.NotFound)
	if list, left, err := w.id.SecondFactors(ctx); err != nil || len(list) != 1 || left != 9 {
		t.Errorf("%v, %d codes left, %v", list, left, err)
	}
	fresh, err := w.id.RenewRecoveryCodes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.complete(w.challenge(t, t.Context()), auth.Proof{RecoveryCode: a.codes[1]})
	wantCode(t, "an old recovery code", err, fault.SignInFailed)
	if _, err := w.complete(w.challenge(t, t.Context()), auth.Proof{RecoveryCode: fresh[1]}); err != nil {
		t.Errorf("a new recovery code: %v", err)
	}
	if n := w.count(t, `SELECT count(*) FROM sign_in_factors WHERE position($1::bytea in secret) > 0`, []byte(a.key.Reveal())); n != 0 {
		t.Error("the app's secret is stored in the clear")
	}
}

// Guesses of a code are slowed down like those of a password.
func TestSecondFactorThrottle(t *testing.T) {
	w := newWorld(t)
	a := w.enroll(t, w.as(t, w.join(t, w.A, "ada@example.org", "ADMIN")))
	next := w.challenge(t, t.Context())
	for range 5 {
		_, err := w.complete(next, auth.Proof{Code: "123456"})
		wantCode(t, "wrong", err, fault.SignInFailed)
	}
	_, err := w.complete(next, auth.Proof{Code: a.code(t)})
	wantCode(t, "the right one, too early", err, fault.SignInFailed)
	w.pass(time.Minute)
	if _, err := w.complete(next, auth.Proof{Code: a.code(t)}); err != nil {
		t.Errorf("after a minute: %v", err)
	}
}

const page = "https://example.com"

func TestPasskeySignIn(t *testing.T) {
	w := newWorld(t)
	token := w.join(t, w.A, "ada@example.org", "ADMIN")
	_, err := w.id.BeginPasskey(w.as(t, token))
	wantCode(t, "from no page", err, fault.WrongState)
	_, err = w.id.BeginPasskey(w.at(t, "https://evil.example", token))
	wantCode(t, "from a stranger's page", err, fault.WrongState)
	ctx, holder := w.at(t, page, token), authenticator.New(t, page, "example.com")
	offer, err := w.id.BeginPasskey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	in := auth.NewPasskey{Challenge: offer.Token.Reveal(), Name: "Phone", Answer: holder.Make(t, offer.Options)}
	codes, err := w.id.RegisterPasskey(ctx, in)
	if err != nil || len(codes) != 10 {
		t.Fatal(codes, err)
	}
	_, err = w.id.RegisterPasskey(ctx, in)
	wantCode(t, "the challenge a second time", err, fault.NotFound)

	anybody := w.at(t, page, "")
	begin := func() auth.PasskeyChallenge {
		asked, err := w.id.BeginPasskeySignIn(anybody)
		if err != nil {
			t.Fatal(err)
		}
		return asked
	}
	asked := begin()
	answer := auth.PasskeySignIn{Challenge: asked.Token.Reveal(), Answer: holder.Answer(t, asked.Options)}
	session, err := w.id.SignInWithPasskey(anybody, answer)
	if err != nil {
		t.Fatal(err)
	}
	if v := viewer.From(w.as(t, session.Token.Reveal())); v.Role != viewer.Admin || v.SecondFactorAt.IsZero() {
		t.Errorf("signed in as %+v", v)
	}
	_, err = w.id.SignInWithPasskey(anybody, answer)
	wantCode(t, "replayed", err, fault.NotFound)
	_, err = w.id.SignInWithPasskey(anybody, auth.PasskeySignIn{Challenge: begin().Token.Reveal(), Answer: answer.Answer})
	wantCode(t, "for another challenge", err, fault.SignInFailed)
	asked = begin()
	_, err = w.id.SignInWithPasskey(anybody, auth.PasskeySignIn{Studio: "south-star", Challenge: asked.Token.Reveal(), Answer: holder.Answer(t, asked.Options)})
	wantCode(t, "at the neighbor's", err, fault.SignInFailed)
	asked = begin()
	_, err = w.id.RegisterPasskey(ctx, auth.NewPasskey{Challenge: asked.Token.Reveal(), Name: "Phone", Answer: holder.Make(t, asked.Options)})
	wantCode(t, "a challenge of another purpose", err, fault.NotFound)

	next := w.challenge(t, anybody)
	if next.Passkey == nil || next.App {
		t.Fatalf("asked for %+v", next)
	}
	if _, err := w.complete(next, auth.Proof{Passkey: holder.Answer(t, next.Passkey)}); err != nil {
		t.Errorf("as a second factor: %v", err)
	}
	up, err := w.id.ChallengePasskey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.id.StepUp(ctx, auth.StepUp{Challenge: up.Token.Reveal(), Proof: auth.Proof{Passkey: holder.Answer(t, up.Options)}}); err != nil {
		t.Errorf("to step up: %v", err)
	}
}

func TestStepUp(t *testing.T) {
	w := newWorld(t)
	token := w.join(t, w.A, "ada@example.org", "ADMIN")
	ctx := w.as(t, token)
	before := viewer.From(ctx).ProvenAt
	w.pass(time.Hour)
	_, err := w.id.StepUp(ctx, auth.StepUp{Password: "wrong"})
	wantCode(t, "wrong", err, fault.SignInFailed)
	until, err := w.id.StepUp(ctx, auth.StepUp{Password: password})
	if err != nil || until.Sub(w.now()).Round(time.Second) != viewer.Recent {
		t.Fatal(until, err)
	}
	if v := viewer.From(w.as(t, token)); !v.ProvenAt.After(before) {
		t.Errorf("proven at %v, before %v", v.ProvenAt, before)
	}
	a := w.enroll(t, ctx)
	_, err = w.id.StepUp(ctx, auth.StepUp{Password: password})
	wantCode(t, "a password in place of the factor", err, fault.Required)
	if _, err := w.id.StepUp(ctx, auth.StepUp{Proof: auth.Proof{Code: a.code(t)}}); err != nil {
		t.Error(err)
	}
	list, _, err := w.id.SecondFactors(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.id.RemoveSecondFactor(w.as(t, w.join(t, w.A, "eve@example.org", "OWNER")), list[0].ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("somebody else's factor: %v", err)
	}
	if err := w.id.RemoveSecondFactor(ctx, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if session, err := w.id.SignIn(t.Context(), ada); err != nil || session.Token == "" {
		t.Errorf("without a factor: %+v, %v", session, err)
	}
	if n := w.count(t, `SELECT count(*) FROM sign_in_factors`); n != 0 {
		t.Errorf("%d recovery codes without a factor", n)
	}
}

// A session without the factor that the studio requires can only enroll one.
func TestRequiredSecondFactor(t *testing.T) {
	w := newWorld(t)
	required := true
	mine := w.join(t, w.A, "ada@example.org", "OWNER")
	theirs, neighbors := w.join(t, w.A, "new@example.org", "TEACHER"), w.join(t, w.B, "far@example.org", "TEACHER")
	_, err := w.id.UpdateSignInPolicy(w.as(t, theirs), auth.SignInPolicy{RequiresSecondFactor: &required})
	wantCode(t, "a teacher", err, fault.Forbidden)
	_, err = w.id.UpdateSignInPolicy(w.as(t, mine), auth.SignInPolicy{RequiresSecondFactor: &required})
	wantCode(t, "without one of their own", err, fault.WrongState)
	w.enroll(t, w.as(t, mine))
	if _, err := w.id.UpdateSignInPolicy(w.as(t, mine), auth.SignInPolicy{RequiresSecondFactor: &required}); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Second)
	if v := viewer.From(w.as(t, theirs)); v.Role != viewer.Pending {
		t.Errorf("without a factor: %+v", v)
	}
	if v := viewer.From(w.as(t, neighbors)); v.Role != viewer.Teacher {
		t.Errorf("at the neighbor's: %+v", v)
	}
	if v := viewer.From(w.as(t, mine)); v.Role != viewer.Owner {
		t.Errorf("with a factor: %+v", v)
	}
	ctx := w.as(t, theirs)
	if n, err := w.Client(ctx).Student.Query().Count(ctx); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("a session that is pending reads %d students: %v", n, err)
	}
	w.enroll(t, ctx)
	if v := viewer.From(w.as(t, theirs)); v.Role != viewer.Teacher {
		t.Errorf("once enrolled: %+v", v)
	}
}

func TestPassphrases(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t, w.join(t, w.A, "ada@example.org", "OWNER"))
	policy := tenant.PasswordPolicyPASSPHRASE
	if _, err := w.id.UpdateSignInPolicy(ctx, auth.SignInPolicy{PasswordPolicy: &policy}); err != nil {
		t.Fatal(err)
	}
	_, token, err := w.id.InviteMember(ctx, auth.Invitation{Email: "new@example.org", Name: "New", Role: "TEACHER"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.id.AcceptInvitation(t.Context(), auth.Acceptance{Token: token.Reveal(), Password: password})
	wantCode(t, "to join", err, fault.WeakPassword)
	err = w.id.ChangePassword(ctx, auth.NewPassword{Current: password, New: "Other-word 99"})
	wantCode(t, "to change", err, fault.WeakPassword)
	if err := w.id.ChangePassword(ctx, auth.NewPassword{Current: password, New: "the battement of spring"}); err != nil {
		t.Error(err)
	}
}
