package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/credential"
)

// BenchmarkSignIn signs one person in as often as it can, many at once, with
// the parameters of production. The goal is 60 a second on two cores.
func BenchmarkSignIn(b *testing.B) {
	w := newWorld(b)
	hasher, err := credential.NewHasher(credential.Config{Queue: 1000})
	if err != nil {
		b.Fatal(err)
	}
	identity := auth.NewIdentity(w.Store, hasher, w.door, auth.IdentityConfig{Box: w.box, AccountFailures: 1 << 20, Now: time.Now})
	if _, err := identity.SignUp(b.Context(), founding()); err != nil {
		b.Fatal(err)
	}
	in := auth.SignIn{Studio: "pointe-place", Email: "grace@example.org", Password: password}
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := identity.SignIn(context.Background(), in); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sign-ins/s")
}
