package auth_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

const chosen = secret.String("Fouetté & 32 turns")

// open gives the studio a page to which mail leads.
func (w *world) open(t *testing.T, s testkit.Studio) {
	t.Helper()
	w.exec(t, `UPDATE tenants SET account_url = 'https://classes.example.com/account?lang=en' WHERE id = $1`, s.Tenant)
}

// letter returns the token that an event mails to a member.
func (w *world) letter(t *testing.T, s testkit.Studio, member uuid.UUID, event, name string) string {
	t.Helper()
	address, ends, err := w.id.Letter(t.Context(), s.Tenant, member, event)
	if err != nil {
		t.Fatal(err)
	}
	if address == "" {
		return ""
	}
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Host != "classes.example.com" || u.Query().Get("lang") != "en" || !ends.After(w.now()) {
		t.Fatalf("%s until %v, %v", address.Reveal(), ends, err)
	}
	return u.Query().Get(name)
}

// wish asks for a new password and has it posted.
func (w *world) wish(t *testing.T, email string) {
	t.Helper()
	if err := w.id.RequestPasswordReset(t.Context(), email, ""); err != nil {
		t.Fatal(err)
	}
	for {
		if done, err := w.id.Post(t.Context()); err != nil {
			t.Fatal(err)
		} else if !done {
			return
		}
	}
}

const asked = "membership.password_reset_requested"

func TestResetPassword(t *testing.T) {
	w := newWorld(t)
	w.open(t, w.A)
	old := w.join(t, w.A, "ada@example.org", "ADMIN")
	member := viewer.From(w.as(t, old)).MembershipID
	w.wish(t, "Ada@example.org")
	first := w.letter(t, w.A, member, asked, "reset")
	w.wish(t, "ada@example.org")
	token := w.letter(t, w.A, member, asked, "reset")
	if first == "" || token == "" || first == token {
		t.Fatalf("%q, %q", first, token)
	}
	if n := w.count(t, `SELECT count(*) FROM events WHERE type = $1 AND entity_id = $2`, asked, member); n != 2 {
		t.Errorf("%d events", n)
	}
	for _, table := range []string{"events", "audit_entries", "sign_in_tokens", "memberships"} {
		if n := w.count(t, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%' || $1 || '%'`, token); n != 0 {
			t.Errorf("the token stands in %s", table)
		}
	}
	reset := func(password secret.String, tokens ...string) error {
		return w.id.ResetPassword(t.Context(), auth.PasswordReset{Tokens: tokens, Password: password})
	}
	wantCode(t, "an earlier link", reset(chosen, first), fault.NotFound)
	wantCode(t, "no link", reset(chosen), fault.NotFound)
	wantCode(t, "an invented link", reset(chosen, "barre_rst_nonsense"), fault.NotFound)
	wantCode(t, "weak", reset("weak", token), fault.WeakPassword)
	if err := reset(chosen, token); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "the link a second time", reset(chosen, token), fault.NotFound)
	v, err := w.door.Verify(t.Context(), bearer(old))
	wantRefused(t, "an old session", v, err)
	_, err = w.id.SignIn(t.Context(), ada)
	wantCode(t, "the old password", err, fault.SignInFailed)
	if _, err := w.id.SignIn(t.Context(), auth.SignIn{Email: "ada@example.org", Password: chosen}); err != nil {
		t.Error(err)
	}
	w.pass(time.Hour)
	w.wish(t, "ada@example.org")
	late := w.letter(t, w.A, member, asked, "reset")
	w.pass(time.Hour)
	wantCode(t, "late", reset(chosen, late), fault.NotFound)
}

// Neither answer nor work tells who has an account.
func TestResetTellsNothing(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "ada@example.org", "ADMIN")
	var statements []int
	for _, email := range []string{"ada@example.org", "nobody@example.org"} {
		statements = append(statements, w.statements.of(func() {
			if err := w.id.RequestPasswordReset(t.Context(), email, "north-star"); err != nil {
				t.Error(err)
			}
		}))
	}
	if statements[0] != statements[1] {
		t.Errorf("%v statements", statements)
	}
	for range 10 { // more are not taken down, and not told from others
		if err := w.id.RequestPasswordReset(t.Context(), "nobody@example.org", ""); err != nil {
			t.Error(err)
		}
	}
	if n := w.count(t, `SELECT count(*) FROM sign_in_tokens WHERE kind = 'PASSWORD_RESET'`); n != 4 {
		t.Errorf("%d wishes; want one and three", n)
	}
	if n := w.count(t, `SELECT count(*) FROM sign_in_tokens WHERE position('example.org'::bytea in data) > 0`); n != 0 {
		t.Error("an address stands in the clear")
	}
}

// A studio that can read its own mail comes into no other one by it.
func TestResetOfSeveralStudios(t *testing.T) {
	w := newWorld(t)
	w.open(t, w.A)
	w.open(t, w.B)
	a := viewer.From(w.as(t, w.join(t, w.A, "ada@example.org", "GUARDIAN"))).MembershipID
	there := w.join(t, w.B, "ada@example.org", "OWNER")
	b := viewer.From(w.as(t, there)).MembershipID
	w.wish(t, "ada@example.org")
	atA, atB := w.letter(t, w.A, a, asked, "reset"), w.letter(t, w.B, b, asked, "reset")
	reset := func(tokens ...string) error {
		return w.id.ResetPassword(t.Context(), auth.PasswordReset{Tokens: tokens, Password: chosen})
	}
	wantCode(t, "one of two", reset(atA), fault.Required)
	wantCode(t, "one twice", reset(atA, atA), fault.Required)
	if err := reset(atA, atB); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Hour)
	session, err := w.id.SignIn(t.Context(), auth.SignIn{Studio: "south-star", Email: "ada@example.org", Password: chosen})
	if err != nil {
		t.Fatal(err)
	}
	w.enroll(t, w.as(t, session.Token.Reveal()))
	w.wish(t, "ada@example.org")
	if err := reset(w.letter(t, w.A, a, asked, "reset")); err != nil {
		t.Errorf("of a person with a second factor: %v", err)
	}
	if next, err := w.id.SignIn(t.Context(), auth.SignIn{Studio: "south-star", Email: "ada@example.org", Password: chosen}); err != nil || next.Next == nil {
		t.Errorf("a reset does away with the second factor: %+v, %v", next, err)
	}
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	mine, other := w.join(t, w.A, "ada@example.org", "ADMIN"), ""
	if session, err := w.id.SignIn(t.Context(), ada); err != nil {
		t.Fatal(err)
	} else {
		other = session.Token.Reveal()
	}
	elsewhere := w.join(t, w.B, "ada@example.org", "ADMIN")
	ctx := w.as(t, mine)
	wantCode(t, "wrong", w.id.ChangePassword(ctx, auth.NewPassword{Current: "wrong", New: chosen}), fault.SignInFailed)
	err := w.id.ChangePassword(ctx, auth.NewPassword{Current: password, New: "short"})
	if f := fault.From(err); f == nil || f.Code != fault.WeakPassword || strings.Join(f.Field, ".") != "input.newPassword" {
		t.Errorf("weak: %v", err)
	}
	if err := w.id.ChangePassword(ctx, auth.NewPassword{Current: password, New: chosen}); err != nil {
		t.Fatal(err)
	}
	w.as(t, mine)
	for name, token := range map[string]string{"another session": other, "at another studio": elsewhere} {
		v, err := w.door.Verify(t.Context(), bearer(token))
		wantRefused(t, name, v, err)
	}
}

func TestInvitationIsMailed(t *testing.T) {
	w := newWorld(t)
	invited, token, err := w.id.InviteMember(w.A.As(t.Context(), viewer.Owner), auth.Invitation{Email: "new@example.org", Name: "New", Role: "TEACHER"})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.letter(t, w.A, invited.ID, "membership.invited", "invitation"); got != "" {
		t.Errorf("a studio without a page mails %q", got)
	}
	w.open(t, w.A)
	if got := w.letter(t, w.A, invited.ID, "membership.invited", "invitation"); got != token.Reveal() {
		t.Errorf("mailed %q; want %q", got, token.Reveal())
	}
	if got := w.letter(t, w.B, invited.ID, "membership.invited", "invitation"); got != "" {
		t.Errorf("the neighbor mails %q", got)
	}
	if _, err := w.id.AcceptInvitation(t.Context(), auth.Acceptance{Token: token.Reveal(), Password: password}); err != nil {
		t.Fatal(err)
	}
	if got := w.letter(t, w.A, invited.ID, "membership.invited", "invitation"); got != "" {
		t.Errorf("an invitation that was accepted is mailed: %q", got)
	}
}

func TestVerifyEmail(t *testing.T) {
	w := newWorld(t)
	w.open(t, w.A)
	ctx := w.as(t, w.join(t, w.A, "ada@example.org", "ADMIN"))
	if err := w.id.RequestVerification(ctx); err != nil {
		t.Fatal(err)
	}
	token := w.letter(t, w.A, viewer.From(ctx).MembershipID, "membership.verification_requested", "verification")
	wantCode(t, "invented", w.id.VerifyEmail(t.Context(), "barre_ver_x"), fault.NotFound)
	if err := w.id.VerifyEmail(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "a second time", w.id.VerifyEmail(t.Context(), token), fault.NotFound)
	if n := w.count(t, `SELECT count(*) FROM users WHERE email_verified_at IS NOT NULL`); n != 1 {
		t.Errorf("%d addresses are verified", n)
	}
}

func TestUnlockMember(t *testing.T) {
	w := newWorld(t)
	v := viewer.From(w.as(t, w.join(t, w.A, "ada@example.org", "ADMIN")))
	owner := w.as(t, w.join(t, w.A, "owner@example.org", "OWNER"))
	neighbor := w.as(t, w.join(t, w.B, "owner@example.org", "OWNER"))
	wrong := ada
	wrong.Password = "wrong"
	for range 20 {
		_, err := w.id.SignIn(t.Context(), wrong)
		wantCode(t, "wrong", err, fault.SignInFailed)
	}
	_, err := w.id.SignIn(t.Context(), ada)
	wantCode(t, "locked", err, fault.SignInFailed)
	wantCode(t, "by the neighbor", w.id.UnlockMember(neighbor, v.MembershipID), fault.NotFound)
	if err := w.id.UnlockMember(owner, v.MembershipID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.id.SignIn(t.Context(), ada); err != nil {
		t.Errorf("unlocked: %v", err)
	}
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	mine := w.join(t, w.A, "ada@example.org", "TEACHER")
	session, err := w.id.SignIn(w.at(t, page, ""), ada)
	if err != nil {
		t.Fatal(err)
	}
	other := session.Token.Reveal()
	ctx := w.as(t, mine)
	list, err := w.id.Sessions(ctx, nil)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	there := list[0]
	if there.Current {
		there = list[1]
	}
	if there.Device != "Toe shoe 1.0" || there.Address == "" || there.Current {
		t.Errorf("%+v", there)
	}
	eve := w.as(t, w.join(t, w.A, "eve@example.org", "TEACHER"))
	_, err = w.id.Sessions(eve, &viewer.From(ctx).MembershipID)
	wantCode(t, "somebody else's", err, fault.Forbidden)
	wantCode(t, "ended by somebody else", w.id.RevokeSession(eve, there.ID), fault.NotFound)
	neighbor := w.as(t, w.join(t, w.B, "eve@example.org", "OWNER"))
	wantCode(t, "ended by the neighbor", w.id.RevokeSession(neighbor, there.ID), fault.NotFound)
	if list, err := w.id.Sessions(neighbor, &viewer.From(ctx).MembershipID); err != nil || len(list) != 0 {
		t.Errorf("the neighbor sees %v, %v", list, err)
	}
	elsewhere := w.other()
	if _, err := elsewhere.Verify(t.Context(), bearer(other)); err != nil {
		t.Fatal(err)
	}
	if err := w.id.RevokeSession(ctx, there.ID); err != nil {
		t.Fatal(err)
	}
	v, err := w.door.Verify(t.Context(), bearer(other))
	wantRefused(t, "here at once", v, err)
	w.pass(time.Second)
	v, err = elsewhere.Verify(t.Context(), bearer(other))
	wantRefused(t, "elsewhere within a second", v, err)
	third, err := w.id.SignIn(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.id.RevokeOtherSessions(ctx); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	v, err = w.door.Verify(t.Context(), bearer(third.Token.Reveal()))
	wantRefused(t, "the other", v, err)
	w.as(t, mine)
}

// A session ends without use, and use keeps it, up to its absolute end.
func TestIdleSession(t *testing.T) {
	w := newWorld(t)
	used, idle := w.join(t, w.A, "ada@example.org", "OWNER"), ""
	if session, err := w.id.SignIn(t.Context(), ada); err != nil {
		t.Fatal(err)
	} else {
		idle = session.Token.Reveal()
	}
	minutes := 30
	if _, err := w.id.UpdateSignInPolicy(w.as(t, used), auth.SignInPolicy{SessionIdleMinutes: &minutes}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w.pass(29 * time.Minute)
		w.as(t, used)
	}
	v, err := w.door.Verify(t.Context(), bearer(idle))
	wantRefused(t, "without use", v, err)
}
