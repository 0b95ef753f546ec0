package auth_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/sso"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

const password = secret.String("Grand-jete 41")

// world is two studios with a door, the verbs and a clock that tests move.
type world struct {
	*testkit.Kit
	door *auth.Door
	id   *auth.Identity
	box  *sealed.Box
	clock
	statements counter
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) count(string) { c.mu.Lock(); defer c.mu.Unlock(); c.n++ }

func (c *counter) of(fn func()) int {
	c.mu.Lock()
	before := c.n
	c.mu.Unlock()
	fn()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n - before
}

func newWorld(t testing.TB, configure ...func(*auth.Config)) *world {
	t.Helper()
	w := &world{clock: clock{at: time.Now()}}
	w.Kit = testkit.New(t, func(c *store.Config) { c.Count = w.statements.count })
	conf := auth.Config{Now: w.now, Hosts: []string{"example.com"}}
	for _, c := range configure {
		c(&conf)
	}
	w.door = auth.NewDoor(w.Store, conf)
	box, err := sealed.Generate()
	if err != nil {
		t.Fatal(err)
	}
	w.box = box
	w.id = w.identity(t)
	return w
}

func (w *world) identity(t testing.TB) *auth.Identity {
	t.Helper()
	hasher, err := credential.NewHasher(credential.Config{Memory: 8, Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	return auth.NewIdentity(w.Store, hasher, w.door, auth.IdentityConfig{Now: w.now, Box: w.box, Visits: sso.New(sso.Config{RedirectURL: callback, Now: w.now})})
}

// other is a second process on the same database.
func (w *world) other() *auth.Door { return auth.NewDoor(w.Store, auth.Config{Now: w.now}) }

// join makes a person a member of a studio and returns the session's token.
func (w *world) join(t *testing.T, s testkit.Studio, email string, role membership.Role) string {
	t.Helper()
	in := auth.Invitation{Email: email, Name: "Ada", Role: role}
	if role == membership.RoleGUARDIAN {
		in.Household = &s.Household
	}
	_, token, err := w.id.InviteMember(s.As(t.Context(), viewer.Owner), in)
	if err != nil {
		t.Fatalf("invite %s: %v", email, err)
	}
	session, err := w.id.AcceptInvitation(t.Context(), auth.Acceptance{Token: token.Reveal(), Password: password})
	if err != nil {
		t.Fatalf("accept as %s: %v", email, err)
	}
	return session.Token.Reveal()
}

// as returns the context of a verified caller.
func (w *world) as(t *testing.T, token string) context.Context {
	t.Helper()
	v, err := w.door.Verify(t.Context(), bearer(token))
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return viewer.With(t.Context(), v)
}

// exec runs a statement as the superuser.
func (w *world) exec(t *testing.T, text string, args ...any) {
	t.Helper()
	if _, err := w.Super(t).Exec(text, args...); err != nil {
		t.Fatal(err)
	}
}

func (w *world) count(t *testing.T, text string, args ...any) (n int) {
	t.Helper()
	if err := w.Super(t).QueryRow(text, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// wantRefused fails unless err is the one refusal of credentials.
func wantRefused(t *testing.T, what string, v *viewer.Viewer, err error) {
	t.Helper()
	if v != nil || err == nil || err.Error() != credential.Refused().Error() {
		t.Errorf("%s: %v, %v; want refused", what, v, err)
	}
}

// wantCode fails unless err has the code and is or is not a user error.
func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if err == nil || fault.CodeOf(err) != code {
		t.Errorf("%s: %v; want %s", what, err, code)
	}
}

var nobody = uuid.MustParse("0199f000-0000-7000-8000-000000000000")

// A key that got into the database of another environment opens nothing there.
func TestKeysOfAnotherEnvironment(t *testing.T) {
	w := newWorld(t)
	_, token, err := w.id.CreateAPIKey(w.A.As(t.Context(), viewer.Admin), auth.NewKey{Name: "K", Kind: apikey.KindSECRET, Scopes: []string{"*:read"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.door.Verify(t.Context(), bearer(token.Reveal())); err != nil {
		t.Errorf("a live key at a live server: %v", err)
	}
	trying := auth.NewDoor(w.Store, auth.Config{Now: w.now, Keys: credential.Test})
	_, err = trying.Verify(t.Context(), bearer(token.Reveal()))
	wantCode(t, "a live key at a test server", err, fault.Unauthenticated)
	session := w.join(t, w.A, "ada@example.com", membership.RoleADMIN)
	if _, err := trying.Verify(t.Context(), bearer(session)); err != nil {
		t.Errorf("a session, which belongs to no environment: %v", err)
	}
}
