package auth_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

func TestVerifyRoles(t *testing.T) {
	w := newWorld(t)
	for _, role := range []membership.Role{"OWNER", "ADMIN", "FRONT_DESK", "TEACHER", "GUARDIAN"} {
		token := w.join(t, w.A, strings.ToLower(string(role))+"@example.org", role)
		v, err := w.door.Verify(t.Context(), bearer(token))
		if err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		if v.TenantID != w.A.Tenant || string(v.Role) != string(role) || v.Plan != "studio" || len(v.Scopes) > 0 ||
			v.UserID == [16]byte{} || v.MembershipID == [16]byte{} || v.CredentialID == [16]byte{} {
			t.Errorf("%s: %+v", role, v)
		}
		if household := v.HouseholdID == w.A.Household; household != (role == "GUARDIAN") {
			t.Errorf("%s has household %s", role, v.HouseholdID)
		}
	}
	owner := w.A.As(t.Context(), viewer.Owner)
	for kind, role := range map[apikey.Kind]viewer.Role{"SECRET": viewer.Key, "PUBLISHABLE": viewer.Public} {
		in := auth.NewKey{Name: "Site", Kind: kind}
		if kind == "SECRET" {
			in.Scopes = []string{"student:write", "class:read", "student:write"}
		}
		made, token, err := w.id.CreateAPIKey(owner, in)
		if err != nil {
			t.Fatal(err)
		}
		v, err := w.door.Verify(t.Context(), bearer(token.Reveal()))
		if err != nil || v.Role != role || v.TenantID != w.A.Tenant || v.CredentialID != made.ID || v.UserID != [16]byte{} {
			t.Errorf("%s: %+v, %v", kind, v, err)
		}
		if got := strings.Join(v.Scopes, " "); (role == viewer.Key) != (got == "class:read student:write") {
			t.Errorf("%s: scopes %q", kind, got)
		}
	}
}

// Whatever is wrong with a credential, the answer is the same, and what cannot
// be right costs no query.
func TestVerifyRefuses(t *testing.T) {
	w := newWorld(t)
	key, _ := credential.New(credential.SecretKey, "")
	good := key.Reveal()
	last := map[bool]string{true: "b", false: "a"}[strings.HasSuffix(good, "a")]
	invite, _ := credential.New(credential.Invite, "")
	for name, header := range map[string]http.Header{
		"bad checksum":                     bearer(good[:len(good)-1] + last),
		"truncated":                        bearer(good[:20]),
		"empty":                            {"Authorization": {""}},
		"no value":                         {"Authorization": {}},
		"basic":                            {"Authorization": {"Basic " + good}},
		"no scheme":                        {"Authorization": {good}},
		"two":                              {"Authorization": {"Bearer " + good, "Bearer " + good}},
		"two spaces":                       bearer(" " + good),
		"invitation":                       bearer(invite.Reveal()),
		"a JWT that asks for no signature": bearer("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJvd25lciIsInJvbGUiOiJPV05FUiJ9."),
	} {
		n := w.statements.of(func() {
			v, err := w.door.Verify(t.Context(), header)
			wantRefused(t, name, v, err)
		})
		if n != 0 {
			t.Errorf("%s: %d statements", name, n)
		}
	}
	n := w.statements.of(func() {
		v, err := w.door.Verify(t.Context(), bearer(good))
		wantRefused(t, "unknown", v, err)
	})
	if n != 1 {
		t.Errorf("unknown: %d statements; want 1", n)
	}
	if v, err := w.door.Verify(t.Context(), http.Header{}); v != nil || err != nil {
		t.Errorf("anonymous: %v, %v", v, err)
	}
}

// A hot credential costs one statement each 800 ms, however many ask.
func TestHotCredential(t *testing.T) {
	w := newWorld(t)
	token := w.join(t, w.A, "hot@example.org", "ADMIN")
	ask := func() {
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := w.door.Verify(t.Context(), bearer(token)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	if n := w.statements.of(ask); n != 1 {
		t.Errorf("first: %d statements", n)
	}
	w.pass(799 * time.Millisecond)
	if n := w.statements.of(ask); n != 0 {
		t.Errorf("hot: %d statements", n)
	}
	w.pass(time.Millisecond)
	if n := w.statements.of(ask); n != 1 {
		t.Errorf("cooled: %d statements", n)
	}
}

// A caller that goes away does not take the answer from those who wait with it.
func TestCallerGoesAway(t *testing.T) {
	w := newWorld(t)
	token := w.join(t, w.A, "gone@example.org", "ADMIN")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.door.Verify(ctx, bearer(token)); err != nil && err != context.Canceled {
		t.Errorf("gone: %v", err)
	}
	if _, err := w.door.Verify(t.Context(), bearer(token)); err != nil {
		t.Errorf("still there: %v", err)
	}
}

// Whatever ends a credential, every process refuses it within a second.
func TestRevocation(t *testing.T) {
	w := newWorld(t)
	owner := w.A.As(t.Context(), viewer.Owner)
	for name, end := range map[string]func(t *testing.T, email, token string){
		"session": func(t *testing.T, _, token string) {
			if ended, err := w.id.SignOut(w.as(t, token)); !ended || err != nil {
				t.Errorf("SignOut = %v, %v", ended, err)
			}
		},
		"membership": func(t *testing.T, _, token string) {
			if _, err := w.id.RevokeMembership(owner, viewer.From(w.as(t, token)).MembershipID); err != nil {
				t.Error(err)
			}
		},
		"in the database": func(t *testing.T, email, _ string) {
			w.exec(t, `UPDATE auth_sessions s SET revoked_at = now() FROM users u WHERE u.id = s.user_id AND u.email = $1`, email)
			w.pass(999 * time.Millisecond)
		},
		"expiry": func(*testing.T, string, string) { w.pass(30 * 24 * time.Hour) },
		"suspension": func(t *testing.T, _, _ string) {
			w.exec(t, `UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1`, w.B.Tenant)
			w.door.Forget(w.B.Tenant)
		},
	} {
		t.Run(name, func(t *testing.T) {
			studio, email := w.A, strings.ReplaceAll(name, " ", "-")+"@example.org"
			if name == "suspension" {
				studio = w.B
			}
			token, other := w.join(t, studio, email, "FRONT_DESK"), w.other()
			for _, door := range []*auth.Door{w.door, other} {
				if _, err := door.Verify(t.Context(), bearer(token)); err != nil {
					t.Fatal(err)
				}
			}
			end(t, email, token)
			v, err := w.door.Verify(t.Context(), bearer(token))
			wantRefused(t, "here", v, err)
			w.pass(999 * time.Millisecond)
			v, err = other.Verify(t.Context(), bearer(token))
			wantRefused(t, "elsewhere", v, err)
		})
	}
}

func TestRevokedKey(t *testing.T) {
	w := newWorld(t)
	owner := w.A.As(t.Context(), viewer.Owner)
	soon := w.now().Add(time.Minute)
	made, token, err := w.id.CreateAPIKey(owner, auth.NewKey{Name: "Sync", Kind: "SECRET", Scopes: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	_, brief, err := w.id.CreateAPIKey(owner, auth.NewKey{Name: "Brief", Kind: "PUBLISHABLE", ExpiresAt: &soon})
	if err != nil {
		t.Fatal(err)
	}
	w.as(t, token.Reveal())
	w.as(t, brief.Reveal())
	if _, err := w.id.RevokeAPIKey(w.B.As(t.Context(), viewer.Owner), made.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor's revocation: %v", err)
	}
	w.as(t, token.Reveal())
	for range 2 { // the second changes nothing
		if got, err := w.id.RevokeAPIKey(owner, made.ID); err != nil || got.RevokedAt == nil {
			t.Errorf("RevokeAPIKey = %v, %v", got, err)
		}
	}
	v, err := w.door.Verify(t.Context(), bearer(token.Reveal()))
	wantRefused(t, "revoked", v, err)
	w.pass(time.Minute)
	v, err = w.door.Verify(t.Context(), bearer(brief.Reveal()))
	wantRefused(t, "expired", v, err)
}

func TestKeyOfSuspendedStudio(t *testing.T) {
	w := newWorld(t)
	_, token, err := w.id.CreateAPIKey(w.A.As(t.Context(), viewer.Owner), auth.NewKey{Name: "Sync", Kind: "SECRET", Scopes: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	w.as(t, token.Reveal())
	w.exec(t, `UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1`, w.A.Tenant)
	w.pass(time.Second)
	v, err := w.door.Verify(t.Context(), bearer(token.Reveal()))
	wantRefused(t, "suspended", v, err)
}

// A verdict is never made up: without a database the answer is UNAVAILABLE.
func TestNoDatabase(t *testing.T) {
	w := newWorld(t)
	token := w.join(t, w.A, "ada@example.org", "ADMIN")
	lost, err := store.Open(t.Context(), store.Config{URL: w.AppURL, SystemURL: w.SystemURL})
	if err != nil {
		t.Fatal(err)
	}
	lost.Close()
	door := auth.NewDoor(lost, auth.Config{Log: slog.New(slog.DiscardHandler)})
	v, err := door.Verify(t.Context(), bearer(token))
	if v != nil || fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("%v, %v; want UNAVAILABLE", v, err)
	}
	if door.AllowedOrigin(t.Context(), "https://dance.example") {
		t.Error("an origin is allowed without a directory")
	}
}
