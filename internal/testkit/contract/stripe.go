package contract

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Stripe loads Stripe's own OpenAPI document out of the stripe-mock module,
// which go has in its cache after the mock was built. Where it cannot be had the
// test is skipped, and fails under CI=true.
func Stripe(t *testing.T) *openapi3.T {
	t.Helper()
	download := exec.CommandContext(t.Context(), "go", "mod", "download", "github.com/stripe/stripe-mock@v0.203.0")
	download.Env, download.Dir = append(os.Environ(), "GOFLAGS="), t.TempDir()
	out, err := download.CombinedOutput()
	cache, cacheErr := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err = errors.Join(err, cacheErr); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Stripe's document: %v: %s", err, out)
		}
		t.Skipf("Stripe's document: %v: %s", err, out)
	}
	return Load(t, filepath.Join(strings.TrimSpace(string(cache)), "github.com", "stripe", "stripe-mock@v0.203.0", "embedded", "openapi", "spec3.json"))
}
