package auth_test

import (
	"testing"
	"time"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// A provider's word ends sessions and memberships of its own studio, an owner's
// sessions alone, and it is the platform that passes it on.
func TestOnAProvidersWord(t *testing.T) {
	w := newWorld(t)
	owner, teacher := w.join(t, w.A, "owner@example.org", "OWNER"), w.join(t, w.A, "teacher@example.org", "TEACHER")
	first, second := viewer.From(w.as(t, owner)).MembershipID, viewer.From(w.as(t, teacher)).MembershipID
	platform, neighbor := viewer.ForTenant(t.Context(), w.A.Tenant, "test"), viewer.ForTenant(t.Context(), w.B.Tenant, "test")
	for _, role := range []viewer.Role{viewer.Owner, viewer.Admin, viewer.Key} {
		wantCode(t, string(role), w.id.Deactivate(w.A.As(t.Context(), role), second), fault.Forbidden)
		wantCode(t, string(role), w.id.EndSessions(w.A.As(t.Context(), role), second, time.Now()), fault.Forbidden)
	}
	good := func(token string) bool { _, err := w.other().Verify(t.Context(), bearer(token)); return err == nil }
	for name, act := range map[string]func() error{
		"before it was opened": func() error { return w.id.EndSessions(platform, second, time.Now().Add(-time.Hour)) },
		"by the neighbor":      func() error { return w.id.EndSessions(neighbor, second, time.Now()) },
		"the neighbor's":       func() error { return w.id.Deactivate(neighbor, second) },
		"of an owner":          func() error { return w.id.Deactivate(platform, first) },
	} {
		if err := act(); err != nil || !good(owner) || !good(teacher) {
			t.Errorf("%s: %v; owner %t, teacher %t", name, err, good(owner), good(teacher))
		}
	}
	if err := w.id.EndSessions(platform, first, time.Now()); err != nil || good(owner) || !good(teacher) {
		t.Errorf("the owner's sessions: %v; owner %t, teacher %t", err, good(owner), good(teacher))
	}
	for range 2 {
		if err := w.id.Deactivate(platform, second); err != nil || good(teacher) {
			t.Errorf("deactivated: %v; teacher %t", err, good(teacher))
		}
	}
}
