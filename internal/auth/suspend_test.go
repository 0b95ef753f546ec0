package auth_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// A suspended key is refused like any that is not good, here at once; a person
// reinstates it, and no key.
func TestSuspend(t *testing.T) {
	w := newWorld(t)
	member := w.join(t, w.A, "ada@example.org", "ADMIN")
	person := w.as(t, member)
	made, token, err := w.id.CreateAPIKey(person, auth.NewKey{Name: "Sync", Kind: "SECRET", Scopes: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	key := viewer.From(w.as(t, token.Reveal()))
	for range 2 { // the second changes nothing
		if err := w.id.Suspend(t.Context(), key, "It probes."); err != nil {
			t.Fatal(err)
		}
	}
	v, err := w.door.Verify(t.Context(), bearer(token.Reveal()))
	wantRefused(t, "suspended", v, err)
	if _, err := w.id.ReinstateAPIKey(viewer.With(t.Context(), key), made.ID); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("a key reinstated itself: %v", err)
	}
	if _, err := w.id.ReinstateAPIKey(w.B.As(t.Context(), viewer.Owner), made.ID); err == nil {
		t.Error("the neighbor reinstated it")
	}
	freed, err := w.id.ReinstateAPIKey(person, made.ID)
	if err != nil || freed.SuspendedAt != nil || freed.SuspendedReason != "" {
		t.Fatalf("%v, %v", freed, err)
	}
	w.as(t, token.Reveal())
	const log = `SELECT count(*) FROM audit_entries WHERE tenant_id = $1 AND category = 'SECURITY' AND action = $2`
	if n := w.count(t, log, w.A.Tenant, "apikey.updated"); n != 2 {
		t.Errorf("%d entries of the key; want 2", n)
	}

	session := viewer.From(w.as(t, member))
	if err := w.id.Suspend(t.Context(), session, "It reads everything."); err != nil {
		t.Fatal(err)
	}
	v, err = w.door.Verify(t.Context(), bearer(member))
	wantRefused(t, "a suspended session", v, err)
	if n := w.count(t, log, w.A.Tenant, "session.suspended"); n != 1 {
		t.Errorf("%d entries of the session; want 1", n)
	}
}

// A key with networks is refused from everywhere else.
func TestAllowedNetworks(t *testing.T) {
	w := newWorld(t)
	owner := w.A.As(t.Context(), viewer.Owner)
	made, token, err := w.id.CreateAPIKey(owner, auth.NewKey{Name: "Sync", Kind: "SECRET", Scopes: []string{"*"},
		AllowedNetworks: []string{"198.51.100.7/24", "192.0.2.1", "2001:db8::/32", "192.0.2.1"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(made.AllowedNetworks, " "); got != "192.0.2.1/32 198.51.100.0/24 2001:db8::/32" {
		t.Errorf("kept as %s", got)
	}
	for address, want := range map[string]int{
		"192.0.2.1:1": 200, "198.51.100.255:1": 200, "[2001:db8::5]:1": 200, "[::ffff:192.0.2.1]:1": 200,
		"192.0.2.2:1": 401, "203.0.113.1:1": 401, "[2001:db9::1]:1": 401, "nowhere": 401,
	} {
		r := httptest.NewRequest("POST", "/graphql", nil)
		r.RemoteAddr = address
		r.Header.Set("Authorization", "Bearer "+token.Reveal())
		if code, body := w.answer(t, r); code != want {
			t.Errorf("%s: %d %s", address, code, body)
		}
		w.pass(time.Second)
	}
	for _, wrong := range []string{"", "192.0.2.0/33", "example.com", "::ffff:192.0.2.0/120", "fe80::1%eth0"} {
		_, _, err := w.id.CreateAPIKey(owner, auth.NewKey{Name: "Sync", Kind: "PUBLISHABLE", AllowedNetworks: []string{wrong}})
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// A list of networks ends, and with it the key, until somebody confirms it.
func TestNetworksAreReviewed(t *testing.T) {
	w := newWorld(t)
	owner := w.A.As(t.Context(), viewer.Owner)
	made, token, err := w.id.CreateAPIKey(owner, auth.NewKey{Name: "Sync", Kind: "SECRET", Scopes: []string{"*"}, AllowedNetworks: []string{"192.0.2.1"}})
	if err != nil || made.NetworksReviewedUntil == nil {
		t.Fatalf("%+v, %v", made, err)
	}
	code := func() int {
		w.pass(time.Second)
		r := httptest.NewRequest("POST", "/graphql", nil)
		r.RemoteAddr = "192.0.2.1:1"
		r.Header.Set("Authorization", "Bearer "+token.Reveal())
		code, _ := w.answer(t, r)
		return code
	}
	if got := code(); got != 200 {
		t.Errorf("while the list holds: %d", got)
	}
	w.pass(182 * 24 * time.Hour)
	if got := code(); got != 401 {
		t.Errorf("after the list has ended: %d", got)
	}
	if _, err := w.id.ReviewAPIKeyNetworks(w.B.As(t.Context(), viewer.Owner), made.ID, nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("by the neighbor: %v", err)
	}
	if _, err := w.id.ReviewAPIKeyNetworks(w.A.As(t.Context(), viewer.FrontDesk), made.ID, nil); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("by the front desk: %v", err)
	}
	if _, err := w.id.ReviewAPIKeyNetworks(owner, made.ID, []string{"192.0.2.0/24"}); err != nil {
		t.Fatal(err)
	}
	if got := code(); got != 200 {
		t.Errorf("once the list is confirmed: %d", got)
	}
	kept, err := w.id.ReviewAPIKeyNetworks(owner, made.ID, nil)
	if err != nil || kept.NetworksReviewedUntil != nil || len(kept.AllowedNetworks) > 0 {
		t.Errorf("without a list: %+v, %v", kept, err)
	}
}
