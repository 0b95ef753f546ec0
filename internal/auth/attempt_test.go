package auth_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
)

// Processes count together, and count accounts that do not exist just the same.
func TestThrottleOfAllProcesses(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "known@example.org", "ADMIN")
	other := w.identity(t)
	for _, email := range []string{"known@example.org", "unknown@example.org"} {
		for i := range 5 {
			id := map[bool]*auth.Identity{true: w.id, false: other}[i%2 == 0]
			_, err := id.SignIn(t.Context(), auth.SignIn{Email: email, Password: "wrong"})
			wantCode(t, "wrong", err, fault.SignInFailed)
		}
	}
	early := map[string]int{}
	for _, email := range []string{"known@example.org", "unknown@example.org"} {
		early[email] = w.statements.of(func() {
			_, err := other.SignIn(t.Context(), auth.SignIn{Email: email, Password: password})
			wantCode(t, "too early, elsewhere", err, fault.SignInFailed)
		})
	}
	if early["known@example.org"] != 1 || early["unknown@example.org"] != 1 {
		t.Errorf("statements for those who have to wait: %v", early)
	}
	if n := w.count(t, `SELECT count(*) FROM sign_in_attempts WHERE failures = 5`); n != 2 {
		t.Errorf("%d counts of five failures", n)
	}
	if n := w.count(t, `SELECT count(*) FROM sign_in_attempts a WHERE a::text LIKE '%known%'`); n != 0 {
		t.Errorf("%d counts show whose they are", n)
	}
	w.pass(time.Second)
	if _, err := w.id.SignIn(t.Context(), auth.SignIn{Email: "known@example.org", Password: password}); err != nil {
		t.Errorf("after a second: %v", err)
	}
}

// Who guesses at a studio from everywhere is slowed down; its families wait for
// two seconds at most.
func TestThrottleOfStudio(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "ada@example.org", "ADMIN")
	hasher, err := credential.NewHasher(credential.Config{Memory: 8, Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	few := auth.NewIdentity(w.Store, hasher, w.door, auth.IdentityConfig{Now: w.now, StudioFailures: 3})
	for i := range 3 {
		ctx := auth.WithAddress(t.Context(), fmt.Sprintf("192.0.2.%d", i))
		_, err := few.SignIn(ctx, auth.SignIn{Studio: "north-star", Email: fmt.Sprintf("p%d@example.org", i), Password: "wrong"})
		wantCode(t, "wrong", err, fault.SignInFailed)
	}
	right := auth.SignIn{Studio: "north-star", Email: "ada@example.org", Password: password}
	_, err = few.SignIn(t.Context(), right)
	wantCode(t, "at the studio", err, fault.SignInFailed)
	for range 12 {
		w.pass(2 * time.Second)
		_, err := few.SignIn(t.Context(), auth.SignIn{Studio: "north-star", Email: "nobody@example.org", Password: "wrong"})
		wantCode(t, "wrong", err, fault.SignInFailed)
	}
	w.pass(2 * time.Second)
	if _, err := few.SignIn(t.Context(), right); err != nil {
		t.Errorf("two seconds later: %v", err)
	}
}

// Two servers' clocks differ, and so do two readings of one clock: whoever reads
// the earlier time does not wait for the other.
func TestThrottleOfClocksApart(t *testing.T) {
	w := newWorld(t)
	w.join(t, w.A, "ada@example.org", "ADMIN")
	hasher, err := credential.NewHasher(credential.Config{Memory: 8, Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	ahead := auth.NewIdentity(w.Store, hasher, w.door, auth.IdentityConfig{Now: func() time.Time { return w.now().Add(time.Millisecond) }})
	behind := auth.NewIdentity(w.Store, hasher, w.door, auth.IdentityConfig{Now: w.now})
	_, err = ahead.SignIn(t.Context(), auth.SignIn{Studio: "north-star", Email: "nobody@example.org", Password: "wrong"})
	wantCode(t, "wrong", err, fault.SignInFailed)
	for _, id := range []*auth.Identity{behind, ahead, behind} {
		if _, err := id.SignIn(t.Context(), auth.SignIn{Studio: "north-star", Email: "ada@example.org", Password: password}); err != nil {
			t.Error(err)
		}
	}
}
