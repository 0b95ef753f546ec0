package auth_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
)

func founding() auth.SignUp {
	return auth.SignUp{StudioName: "Pointe Place", Slug: "pointe-place", Name: "Grace Hopper", Email: " Grace@Example.org ", Password: password}
}

func TestSignUp(t *testing.T) {
	w := newWorld(t)
	session, err := w.id.SignUp(t.Context(), founding())
	if err != nil {
		t.Fatal(err)
	}
	if got := session.ExpiresAt.Sub(w.now()).Round(time.Second); got != 30*24*time.Hour {
		t.Errorf("the session lasts %s", got)
	}
	v := viewer.From(w.as(t, session.Token.Reveal()))
	if v.Role != viewer.Owner || v.TenantID == w.A.Tenant {
		t.Errorf("viewer %+v", v)
	}
	again := founding()
	_, err = w.id.SignUp(t.Context(), again)
	wantCode(t, "taken", err, fault.Taken)
	again.Slug = "pointe-two"
	second, err := w.id.SignUp(t.Context(), again)
	if err != nil {
		t.Fatal(err)
	}
	if other := viewer.From(w.as(t, second.Token.Reveal())); other.UserID != v.UserID || other.TenantID == v.TenantID {
		t.Errorf("the second studio: %+v", other)
	}
	_, err = w.id.SignIn(t.Context(), auth.SignIn{Email: "grace@example.org", Password: password})
	wantCode(t, "which studio", err, fault.Required)
	if n := w.count(t, `SELECT count(*) FROM tenants WHERE slug LIKE 'pointe%'`); n != 2 {
		t.Errorf("%d studios; a refused sign-up left one", n)
	}
}

func TestSignUpRefuses(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "known@example.org", "ADMIN")
	for name, c := range map[string]struct {
		change func(*auth.SignUp)
		code   fault.Code
		field  string
	}{
		"no name":           {func(in *auth.SignUp) { in.Name = " " }, fault.Required, "name"},
		"long studio name":  {func(in *auth.SignUp) { in.StudioName = strings.Repeat("a", 201) }, fault.Invalid, "studioName"},
		"NUL":               {func(in *auth.SignUp) { in.Name = "Ada\x00" }, fault.Invalid, "name"},
		"short slug":        {func(in *auth.SignUp) { in.Slug = "ab" }, fault.Invalid, "slug"},
		"long slug":         {func(in *auth.SignUp) { in.Slug = strings.Repeat("a", 64) }, fault.Invalid, "slug"},
		"upper-case slug":   {func(in *auth.SignUp) { in.Slug = "Star" }, fault.Invalid, "slug"},
		"slug with a dash":  {func(in *auth.SignUp) { in.Slug = "-star" }, fault.Invalid, "slug"},
		"punycode":          {func(in *auth.SignUp) { in.Slug = "xn--star" }, fault.Invalid, "slug"},
		"our own slug":      {func(in *auth.SignUp) { in.Slug = "admin" }, fault.Taken, "slug"},
		"neighbor's slug":   {func(in *auth.SignUp) { in.Slug = "north-star" }, fault.Taken, "slug"},
		"no address":        {func(in *auth.SignUp) { in.Email = "ada" }, fault.Invalid, "email"},
		"named address":     {func(in *auth.SignUp) { in.Email = "Ada <ada@example.org>" }, fault.Invalid, "email"},
		"long address":      {func(in *auth.SignUp) { in.Email = strings.Repeat("a", 251) + "@b.c" }, fault.Invalid, "email"},
		"weak password":     {func(in *auth.SignUp) { in.Password = "secret" }, fault.WeakPassword, "password"},
		"studio's name":     {func(in *auth.SignUp) { in.Password = "Pointe-Place 1" }, fault.WeakPassword, "password"},
		"own address":       {func(in *auth.SignUp) { in.Password = "Grace-2026 !!" }, fault.WeakPassword, "password"},
		"weak, known":       {func(in *auth.SignUp) { in.Email, in.Password = "known@example.org", "secret" }, fault.WeakPassword, "password"},
		"taken slug, known": {func(in *auth.SignUp) { in.Email, in.Slug = "known@example.org", "north-star" }, fault.Taken, "slug"},
	} {
		in := founding()
		c.change(&in)
		_, err := w.id.SignUp(t.Context(), in)
		f := fault.From(err)
		if f == nil || f.Code != c.code || !f.User || strings.Join(f.Field, ".") != "input."+c.field {
			t.Errorf("%s: %v; want %s at %s", name, err, c.code, c.field)
		}
	}
}

// Twins: the same address at two studios is one person with two memberships.
func TestTwins(t *testing.T) {
	w := newWorld(t)
	a, b := w.join(t, w.A, "twin@example.org", "OWNER"), w.join(t, w.B, "Twin@Example.org", "TEACHER")
	va, vb := viewer.From(w.as(t, a)), viewer.From(w.as(t, b))
	if va.UserID != vb.UserID || va.TenantID != w.A.Tenant || vb.TenantID != w.B.Tenant || vb.Role != viewer.Teacher {
		t.Errorf("%+v and %+v", va, vb)
	}
	session, err := w.id.SignIn(t.Context(), auth.SignIn{Studio: "south-star", Email: "TWIN@example.org", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	if v := viewer.From(w.as(t, session.Token.Reveal())); v.TenantID != w.B.Tenant || v.Role != viewer.Teacher {
		t.Errorf("signed in as %+v", v)
	}
	if _, err := w.id.RevokeMembership(w.B.As(t.Context(), viewer.Owner), va.MembershipID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor's membership: %v", err)
	}
	if _, err := w.id.RevokeMembership(w.B.As(t.Context(), viewer.Owner), vb.MembershipID); err != nil {
		t.Fatal(err)
	}
	v, err := w.door.Verify(t.Context(), bearer(b))
	wantRefused(t, "revoked at B", v, err)
	w.as(t, a)
	if session, err = w.id.SignIn(t.Context(), auth.SignIn{Email: "twin@example.org", Password: password}); err != nil {
		t.Fatalf("the one studio that is left: %v", err)
	}
	if v := viewer.From(w.as(t, session.Token.Reveal())); v.TenantID != w.A.Tenant {
		t.Errorf("signed in as %+v", v)
	}
}

// Every failed sign-in has the same answer and asks the database as much.
func TestSignInRefuses(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "known@example.org", "ADMIN")
	revoked := viewer.From(w.as(t, w.join(t, w.A, "gone@example.org", "ADMIN")))
	if _, err := w.id.RevokeMembership(w.A.As(t.Context(), viewer.Owner), revoked.MembershipID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.id.InviteMember(w.A.As(t.Context(), viewer.Owner), auth.Invitation{Email: "waits@example.org", Name: "W", Role: "ADMIN"}); err != nil {
		t.Fatal(err)
	}
	var texts, statements []string
	for name, in := range map[string]auth.SignIn{
		"wrong password":            {Studio: "north-star", Email: "known@example.org", Password: "wrong"},
		"wrong, without studio":     {Email: "known@example.org", Password: "wrong"},
		"unknown person":            {Studio: "north-star", Email: "nobody@example.org", Password: password},
		"unknown, without studio":   {Email: "nobody@example.org", Password: password},
		"unknown studio":            {Studio: "no-star", Email: "known@example.org", Password: password},
		"another studio":            {Studio: "south-star", Email: "known@example.org", Password: password},
		"revoked":                   {Studio: "north-star", Email: "gone@example.org", Password: password},
		"revoked, without studio":   {Email: "gone@example.org", Password: password},
		"invited, has not accepted": {Email: "waits@example.org", Password: password},
	} {
		n := w.statements.of(func() {
			_, err := w.id.SignIn(t.Context(), in)
			wantCode(t, name, err, fault.SignInFailed)
			texts = append(texts, fmt.Sprint(err))
		})
		statements = append(statements, fmt.Sprint(n))
	}
	for i := range texts {
		if texts[i] != texts[0] || statements[i] != statements[0] {
			t.Errorf("answers differ: %q after %s statements, %q after %s", texts[i], statements[i], texts[0], statements[0])
		}
	}
	w.exec(t, `UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1`, w.A.Tenant)
	_, err := w.id.SignIn(t.Context(), auth.SignIn{Studio: "north-star", Email: "known@example.org", Password: password})
	wantCode(t, "suspended", err, fault.SignInFailed)
	const refused = `SELECT count(*) FROM audit_entries WHERE tenant_id = $1 AND category = 'SIGN_IN' AND action = 'session.refused'`
	if a, b := w.count(t, refused, w.A.Tenant), w.count(t, refused, w.B.Tenant); a != 4 || b != 1 {
		t.Errorf("%d and %d failures recorded; want 4 and 1", a, b)
	}
}

func TestSignInRehashes(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "ada@example.org", "ADMIN")
	w.exec(t, `UPDATE users SET password_hash = $1 WHERE email = 'ada@example.org'`, weaker(t))
	in := auth.SignIn{Email: "ada@example.org", Password: password}
	for range 2 {
		if _, err := w.id.SignIn(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.count(t, `SELECT count(*) FROM users WHERE email = 'ada@example.org' AND password_hash LIKE '%m=8,t=1,p=1$%' AND version = 2`); n != 1 {
		t.Error("the password was not hashed anew, once")
	}
}

// Failures slow an account down, at first not at all and never for ever.
func TestThrottle(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "ada@example.org", "ADMIN")
	right := auth.SignIn{Email: "ada@example.org", Password: password}
	wrong := auth.SignIn{Email: "ada@example.org", Password: "wrong"}
	if _, err := w.id.SignIn(t.Context(), right); err != nil { // which clears what joining counted
		t.Fatal(err)
	}
	var parallel sync.WaitGroup
	for range 50 {
		parallel.Go(func() { _, err := w.id.SignIn(t.Context(), wrong); wantCode(t, "wrong", err, fault.SignInFailed) })
	}
	parallel.Wait()
	if n := w.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'session.refused'`); n != 5 {
		t.Errorf("%d of 50 passwords were tried at once; want 5", n)
	}
	for _, wait := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		w.pass(wait*time.Second - time.Millisecond)
		n := w.statements.of(func() {
			_, err := w.id.SignIn(t.Context(), right)
			wantCode(t, "too early", err, fault.SignInFailed)
		})
		if n != 1 { // to count it
			t.Errorf("after %d s less 1 ms: the password was tried", wait)
		}
		w.pass(time.Millisecond)
		_, err := w.id.SignIn(t.Context(), wrong)
		wantCode(t, "wrong", err, fault.SignInFailed)
	}
	w.pass(15 * time.Minute)
	for range 6 { // a success clears the account
		if _, err := w.id.SignIn(t.Context(), right); err != nil {
			t.Fatal(err)
		}
	}
}

// One address that tries many accounts has to wait too; others do not.
func TestThrottleOfAddresses(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "ada@example.org", "ADMIN")
	right := auth.SignIn{Email: "ada@example.org", Password: password}
	for i := range 20 {
		ctx := auth.WithAddress(t.Context(), fmt.Sprintf("2001:db8::%x", i)) // one network
		_, err := w.id.SignIn(ctx, auth.SignIn{Email: fmt.Sprintf("p%d@example.org", i), Password: "wrong"})
		wantCode(t, "wrong", err, fault.SignInFailed)
	}
	_, err := w.id.SignIn(auth.WithAddress(t.Context(), "2001:db8::ffff"), right)
	wantCode(t, "the same network", err, fault.SignInFailed)
	for _, other := range []string{"2001:db8:0:1::1", "192.0.2.7"} {
		if _, err := w.id.SignIn(auth.WithAddress(t.Context(), other), right); err != nil {
			t.Errorf("%s: %v", other, err)
		}
	}
	w.pass(time.Second)
	if _, err := w.id.SignIn(auth.WithAddress(t.Context(), "2001:db8::ffff"), right); err != nil {
		t.Errorf("after a second: %v", err)
	}
}

func TestSignOut(t *testing.T) {
	w := newWorld(t)
	_, err := w.id.SignOut(t.Context())
	wantCode(t, "anonymous", err, fault.Unauthenticated)
	_, err = w.id.SignOut(w.A.As(t.Context(), viewer.Key))
	wantCode(t, "key", err, fault.Forbidden)
	ctx := w.as(t, w.join(t, w.A, "ada@example.org", "ADMIN"))
	var ended [2]bool
	// A mutation runs inside the studio's own transaction, which may yet fail.
	err = w.InTx(ctx, func(ctx context.Context) (err error) {
		ended[0], err = w.id.SignOut(ctx)
		return err
	})
	if err == nil {
		ended[1], err = w.id.SignOut(ctx)
	}
	if err != nil || ended != [2]bool{true, false} {
		t.Errorf("SignOut = %v, %v", ended, err)
	}
	for action, want := range map[string]int{"session.opened": 1, "session.closed": 1} {
		if n := w.count(t, `SELECT count(*) FROM audit_entries WHERE tenant_id = $1 AND action = $2 AND actor LIKE 'user:%'`, w.A.Tenant, action); n != want {
			t.Errorf("%d entries of %s", n, action)
		}
	}
}

func TestInviteMember(t *testing.T) {
	w := newWorld(t)
	invite := func(role viewer.Role, in auth.Invitation) error {
		_, _, err := w.id.InviteMember(w.A.As(t.Context(), role), in)
		return err
	}
	in := auth.Invitation{Email: "new@example.org", Name: "New", Role: "TEACHER"}
	for _, role := range []viewer.Role{viewer.FrontDesk, viewer.Teacher, viewer.Guardian, viewer.Key, viewer.Public} {
		wantCode(t, string(role), invite(role, in), fault.Forbidden)
	}
	_, _, err := w.id.InviteMember(t.Context(), in)
	wantCode(t, "anonymous", err, fault.Unauthenticated)
	wantCode(t, "admin invites owner", invite(viewer.Admin, auth.Invitation{Email: "o@example.org", Name: "O", Role: "OWNER"}), fault.Forbidden)
	for name, c := range map[string]struct {
		in   auth.Invitation
		code fault.Code
	}{
		"guardian of nothing":     {auth.Invitation{Email: "g@example.org", Name: "G", Role: "GUARDIAN"}, fault.Required},
		"guardian of a neighbor":  {auth.Invitation{Email: "g@example.org", Name: "G", Role: "GUARDIAN", Household: &w.B.Household}, fault.NotFound},
		"guardian of nobody":      {auth.Invitation{Email: "g@example.org", Name: "G", Role: "GUARDIAN", Household: &nobody}, fault.NotFound},
		"teacher of a household":  {auth.Invitation{Email: "g@example.org", Name: "G", Role: "TEACHER", Household: &w.A.Household}, fault.Invalid},
		"no role":                 {auth.Invitation{Email: "g@example.org", Name: "G", Role: "KEY"}, fault.Invalid},
		"no address":              {auth.Invitation{Email: "@", Name: "G", Role: "TEACHER"}, fault.Invalid},
		"no name":                 {auth.Invitation{Email: "g@example.org", Role: "TEACHER"}, fault.Required},
		"another's at the studio": {auth.Invitation{Email: "IN@example.org", Name: "G", Role: "TEACHER"}, fault.Taken},
	} {
		w.exec(t, `DELETE FROM memberships WHERE email = 'in@example.org'`)
		if err := invite(viewer.Admin, auth.Invitation{Email: "in@example.org", Name: "In", Role: "ADMIN"}); err != nil {
			t.Fatal(err)
		}
		wantCode(t, name, invite(viewer.Owner, c.in), c.code)
	}
	if _, _, err := w.id.InviteMember(w.B.As(t.Context(), viewer.Owner), auth.Invitation{Email: "in@example.org", Name: "In", Role: "ADMIN"}); err != nil {
		t.Errorf("the same address at the neighbor's: %v", err)
	}
	w.pass(7 * 24 * time.Hour)
	if err := invite(viewer.Admin, auth.Invitation{Email: "in@example.org", Name: "In", Role: "TEACHER"}); err != nil {
		t.Errorf("an invitation that ran out: %v", err)
	}
}

func TestAcceptInvitation(t *testing.T) {
	w := newWorld(t)
	owner := w.A.As(t.Context(), viewer.Owner)
	accept := func(token secret.String, word secret.String) error {
		_, err := w.id.AcceptInvitation(t.Context(), auth.Acceptance{Token: token.Reveal(), Password: word})
		return err
	}
	invite := func(email string) secret.String {
		_, token, err := w.id.InviteMember(owner, auth.Invitation{Email: email, Name: "New", Role: "TEACHER"})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	token := invite("new@example.org")
	wantCode(t, "weak", accept(token, "weak"), fault.WeakPassword)
	wantCode(t, "studio's name", accept(token, "Star-Dance 2026"), fault.WeakPassword)
	var won, lost int
	var all sync.WaitGroup
	var mu sync.Mutex
	for range 4 { // a token is good for one
		all.Go(func() {
			err := accept(token, password)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if code := fault.CodeOf(err); code == fault.NotFound || code == fault.SignInFailed {
				lost++
			}
		})
	}
	all.Wait()
	if won != 1 || lost != 3 {
		t.Errorf("%d accepted, %d refused", won, lost)
	}
	stale := invite("stale@example.org")
	w.pass(7 * 24 * time.Hour)
	withdrawn := invite("back@example.org")
	w.exec(t, `UPDATE memberships SET status = 'REVOKED' WHERE email = 'back@example.org'`)
	want := fmt.Sprint(accept("barre_inv_nonsense", password))
	for name, token := range map[string]secret.String{"used": token, "stale": stale, "withdrawn": withdrawn, "empty": ""} {
		err := accept(token, password)
		wantCode(t, name, err, fault.NotFound)
		if fmt.Sprint(err) != want {
			t.Errorf("%s: %v; want %s", name, err, want)
		}
	}
	// Whoever invites an address can neither choose nor replace its password.
	w.exec(t, `UPDATE users SET password_hash = NULL WHERE email = 'new@example.org'`)
	_, foreign, err := w.id.InviteMember(w.B.As(t.Context(), viewer.Owner), auth.Invitation{Email: "new@example.org", Name: "N", Role: "ADMIN"})
	if err != nil {
		t.Fatal(err)
	}
	if err := accept(foreign, "Other-word 99"); err != nil {
		t.Fatal(err)
	}
	if n := w.count(t, `SELECT count(*) FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.email = 'new@example.org'
		AND (m.tenant_id = $1) = (u.password_hash IS NULL)`, w.A.Tenant); n != 2 {
		t.Errorf("%d of two accounts are as they should be", n)
	}
	_, err = w.id.SignIn(t.Context(), auth.SignIn{Studio: "north-star", Email: "new@example.org", Password: "Other-word 99"})
	wantCode(t, "the password that the other studio's account has", err, fault.SignInFailed)
}

// Whoever signs up with an address that is not theirs keeps it from nobody, and
// comes into nothing of theirs.
func TestSquattedAddress(t *testing.T) {
	w := newWorld(t)
	const others secret.String = "Other-word 99"
	squat := founding()
	squat.Slug, squat.Password = "squatters", others
	first, err := w.id.SignUp(t.Context(), squat)
	if err != nil {
		t.Fatal(err)
	}
	squatter := viewer.From(w.as(t, first.Token.Reveal()))
	second, err := w.id.SignUp(t.Context(), founding())
	if err != nil {
		t.Fatalf("the address is kept from whom it belongs to: %v", err)
	}
	grace := viewer.From(w.as(t, second.Token.Reveal()))
	if grace.UserID == squatter.UserID || grace.TenantID == squatter.TenantID {
		t.Errorf("they are one: %+v, %+v", squatter, grace)
	}
	signIn := func(studio string, word secret.String) (*viewer.Viewer, error) {
		session, err := w.id.SignIn(t.Context(), auth.SignIn{Studio: studio, Email: "grace@example.org", Password: word})
		if err != nil {
			return nil, err
		}
		return viewer.From(w.as(t, session.Token.Reveal())), nil
	}
	for studio, word := range map[string]secret.String{"squatters": password, "pointe-place": others} {
		_, err := signIn(studio, word)
		wantCode(t, "at "+studio+" with the other's password", err, fault.SignInFailed)
	}
	if v, err := signIn("pointe-place", password); err != nil || v.UserID != grace.UserID {
		t.Errorf("%+v, %v", v, err)
	}
	_, err = signIn("", password)
	wantCode(t, "while nobody knows whose address it is", err, fault.SignInFailed)
	w.exec(t, `UPDATE users SET email_verified_at = now() WHERE id = $1`, grace.UserID)
	if v, err := signIn("", password); err != nil || v.UserID != grace.UserID {
		t.Errorf("with a verified address: %+v, %v", v, err)
	}
	// An invitation is of the address, and makes a member of whom it is sent to.
	_, token, err := w.id.InviteMember(w.A.As(t.Context(), viewer.Owner), auth.Invitation{Email: "grace@example.org", Name: "Grace", Role: "ADMIN"})
	if err != nil {
		t.Fatal(err)
	}
	joined, err := w.id.AcceptInvitation(t.Context(), auth.Acceptance{Token: token.Reveal(), Password: password})
	if err != nil || viewer.From(w.as(t, joined.Token.Reveal())).UserID != grace.UserID {
		t.Errorf("accepted: %v", err)
	}
	_, err = signIn("north-star", others)
	wantCode(t, "the squatter at the studio that invited", err, fault.SignInFailed)
}

// A sign-up takes the same answer and the same work whether its address has an
// account or not, and serves nobody to guess a password.
func TestSignUpTellsNothing(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "known@example.org", "ADMIN")
	known := auth.SignIn{Studio: "north-star", Email: "known@example.org", Password: password}
	if _, err := w.id.SignIn(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	var asked [2]int
	for n, email := range []string{"known@example.org", "nobody@example.org"} {
		for try := range 6 {
			in := founding()
			in.Email, in.Slug, in.Password = email, fmt.Sprintf("studio-%d-%d", n, try), secret.String(fmt.Sprintf("Other-word %d", try))
			var err error
			statements := w.statements.of(func() { _, err = w.id.SignUp(auth.WithAddress(t.Context(), "192.0.2.7"), in) })
			switch {
			case try == 0:
				asked[n] = statements
				fallthrough
			case try < 5:
				if err != nil {
					t.Errorf("%s, sign-up %d: %v", email, try+1, err)
				}
			default:
				wantCode(t, email+", after five", err, fault.SignInFailed)
			}
		}
	}
	if asked[0] != asked[1] || asked[0] == 0 {
		t.Errorf("%d statements for a known address, %d for an unknown one", asked[0], asked[1])
	}
	_, err := w.id.SignIn(t.Context(), known)
	wantCode(t, "right after the guesses", err, fault.SignInFailed)
	w.pass(time.Second)
	if _, err := w.id.SignIn(t.Context(), known); err != nil {
		t.Errorf("a second later: %v", err)
	}
}

// A membership that is given again does not bring old sessions back.
func TestInvitedAgain(t *testing.T) {
	w := newWorld(t)
	owner := w.A.As(t.Context(), viewer.Owner)
	old := w.join(t, w.A, "ada@example.org", "OWNER")
	id := viewer.From(w.as(t, old)).MembershipID
	w.join(t, w.A, "second@example.org", "OWNER")
	for range 2 { // the second changes nothing
		if m, err := w.id.RevokeMembership(owner, id); err != nil || m.Status != membership.StatusREVOKED {
			t.Fatal(m, err)
		}
	}
	fresh := w.join(t, w.A, "ada@example.org", "TEACHER")
	v := viewer.From(w.as(t, fresh))
	if v.MembershipID != id || v.Role != viewer.Teacher {
		t.Errorf("%+v", v)
	}
	refused, err := w.door.Verify(t.Context(), bearer(old))
	wantRefused(t, "old session", refused, err)
}

func TestRevokeMembership(t *testing.T) {
	w := newWorld(t)
	first := viewer.From(w.as(t, w.join(t, w.A, "first@example.org", "OWNER"))).MembershipID
	revoke := func(role viewer.Role) error {
		_, err := w.id.RevokeMembership(w.A.As(t.Context(), role), first)
		return err
	}
	wantCode(t, "the last owner", revoke(viewer.Owner), fault.WrongState)
	for _, role := range []viewer.Role{viewer.Admin, viewer.FrontDesk, viewer.Guardian, viewer.Key} {
		wantCode(t, string(role), revoke(role), fault.Forbidden)
	}
	second := viewer.From(w.as(t, w.join(t, w.A, "second@example.org", "OWNER"))).MembershipID
	// Two owners revoke each other: the later one meets the earlier one's lock.
	other := make(chan error, 1)
	err := w.InTx(w.A.As(t.Context(), viewer.Owner), func(ctx context.Context) error {
		_, err := w.id.RevokeMembership(ctx, first)
		go func() {
			_, err := w.id.RevokeMembership(w.A.As(t.Context(), viewer.Owner), second)
			other <- err
		}()
		for len(other) == 0 && w.count(t, `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE'`) == 0 {
			runtime.Gosched()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, "the last owner, by then", <-other, fault.WrongState)
	if n := w.count(t, `SELECT count(*) FROM memberships WHERE tenant_id = $1 AND role = 'OWNER' AND status = 'ACTIVE'`, w.A.Tenant); n != 1 {
		t.Errorf("%d owners are left; want 1", n)
	}
	if n := w.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'membership.revoked' AND category = 'SECURITY'`); n != 1 {
		t.Errorf("%d revocations recorded", n)
	}
}

func TestCreateAPIKey(t *testing.T) {
	w := newWorld(t)
	past, digest := w.now(), strings.Repeat("AB", 32)
	for _, role := range []viewer.Role{viewer.FrontDesk, viewer.Key, viewer.Public} {
		_, _, err := w.id.CreateAPIKey(w.A.As(t.Context(), role), auth.NewKey{Name: "K", Kind: "PUBLISHABLE"})
		wantCode(t, string(role), err, fault.Forbidden)
	}
	for name, c := range map[string]struct {
		in   auth.NewKey
		code fault.Code
	}{
		"no name":          {auth.NewKey{Kind: "PUBLISHABLE"}, fault.Required},
		"no kind":          {auth.NewKey{Name: "K"}, fault.Invalid},
		"no scopes":        {auth.NewKey{Name: "K", Kind: "SECRET"}, fault.Required},
		"unknown scope":    {auth.NewKey{Name: "K", Kind: "SECRET", Scopes: []string{"student:read", "horse:read"}}, fault.Invalid},
		"hidden entity":    {auth.NewKey{Name: "K", Kind: "SECRET", Scopes: []string{"user:read"}}, fault.Invalid},
		"public scopes":    {auth.NewKey{Name: "K", Kind: "PUBLISHABLE", Scopes: []string{"class:read"}}, fault.Invalid},
		"no digest":        {auth.NewKey{Name: "K", Kind: "PUBLISHABLE", TrustedDocuments: []string{"{class}"}}, fault.Invalid},
		"too many digests": {auth.NewKey{Name: "K", Kind: "PUBLISHABLE", TrustedDocuments: make([]string, 501)}, fault.Invalid},
		"past":             {auth.NewKey{Name: "K", Kind: "PUBLISHABLE", ExpiresAt: &past}, fault.Invalid},
	} {
		_, _, err := w.id.CreateAPIKey(w.A.As(t.Context(), viewer.Admin), c.in)
		wantCode(t, name, err, c.code)
	}
	made, token, err := w.id.CreateAPIKey(w.A.As(t.Context(), viewer.Admin),
		auth.NewKey{Name: " Site ", Kind: apikey.KindPUBLISHABLE, TrustedDocuments: []string{digest, digest}})
	if err != nil {
		t.Fatal(err)
	}
	text := token.Reveal()
	if made.Name != "Site" || made.Prefix != "barre_live_pk_" || made.Last4 != text[len(text)-4:] ||
		len(made.TrustedDocuments) != 1 || made.TrustedDocuments[0] != strings.ToLower(digest) {
		t.Errorf("%+v", made)
	}
	if n := w.count(t, `SELECT count(*) FROM events WHERE data::text LIKE '%' || $1 || '%'`, text); n != 0 {
		t.Error("the key is in the feed")
	}
}

// weaker hashes the password with other parameters than the verbs do.
func weaker(t *testing.T) string {
	t.Helper()
	hasher, err := credential.NewHasher(credential.Config{Memory: 16, Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	hash, err := hasher.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}
