package auth_test

import (
	"sync"
	"testing"
	"time"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
)

func under(key, print string) auth.Once { return auth.Once{Key: key, Print: []byte(print)} }

// Signing in and up and accepting an invitation are done once under a key: all
// who ask the same, at once or later, get one session.
func TestOnce(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "ada@example.org", "ADMIN")
	_, invitation, err := w.id.InviteMember(w.A.As(t.Context(), viewer.Owner), auth.Invitation{Email: "eve@example.org", Name: "Eve", Role: membership.RoleTEACHER})
	if err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]func(auth.Once) (auth.Session, error){
		"signIn": func(o auth.Once) (auth.Session, error) {
			return w.id.SignIn(t.Context(), auth.SignIn{Email: "ada@example.org", Password: password, Once: o})
		},
		"signUp": func(o auth.Once) (auth.Session, error) {
			return w.id.SignUp(t.Context(), auth.SignUp{StudioName: "Moon", Slug: "moon-dance", Name: "Zoe", Email: "zoe@example.org", Password: password, Once: o})
		},
		"acceptInvitation": func(o auth.Once) (auth.Session, error) {
			return w.id.AcceptInvitation(t.Context(), auth.Acceptance{Token: invitation.Reveal(), Password: password, Once: o})
		},
	} {
		before := w.count(t, `SELECT count(*) FROM auth_sessions`)
		tokens := make([]secret.String, 3) // fewer than failures are free
		var group sync.WaitGroup
		for i := range tokens {
			group.Go(func() {
				session, err := ask(under("key", name))
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				tokens[i] = session.Token
			})
		}
		group.Wait()
		w.pass(23 * time.Hour)
		again, err := ask(under("key", name))
		for _, token := range append(tokens, again.Token) {
			if token == "" || token != tokens[0] || err != nil {
				t.Errorf("%s: another session than the first, %v", name, err)
			}
		}
		if n := w.count(t, `SELECT count(*) FROM auth_sessions`) - before; n != 1 {
			t.Errorf("%s: %d sessions for one key", name, n)
		}
		_, err = ask(under("key", "something else"))
		wantCode(t, name+" for another request", err, fault.IdempotencyMismatch)
		if n := w.count(t, `SELECT count(*) FROM visitor_keys k WHERE position(convert_to($1, 'UTF8') IN session) > 0 OR k::text LIKE '%Grand%'`, tokens[0].Reveal()); n != 0 {
			t.Errorf("%s: %d rows show the token or the password", name, n)
		}
	}
	w.pass(2 * time.Hour) // out of date: the key may be used anew
	fresh, err := w.id.SignIn(t.Context(), auth.SignIn{Email: "ada@example.org", Password: password, Once: under("key", "signIn")})
	if err != nil || fresh.Token == "" {
		t.Errorf("a day later: %v", err)
	}
}

// Whoever knows a key cannot try passwords with it.
func TestOnceIsNoOracle(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "ada@example.org", "ADMIN")
	in := auth.SignIn{Email: "ada@example.org", Password: password, Once: under("key", "right")}
	if _, err := w.id.SignIn(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	guess := in
	guess.Password, guess.Once = "wrong", under("key", "wrong")
	for range 5 {
		_, err := w.id.SignIn(t.Context(), guess)
		wantCode(t, "another request", err, fault.IdempotencyMismatch)
	}
	for _, in := range []auth.SignIn{guess, in} {
		_, err := w.id.SignIn(t.Context(), in)
		wantCode(t, "after five", err, fault.SignInFailed)
	}
}
