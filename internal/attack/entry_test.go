package attack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// TestEntries carries out every mutation as the owner and wants an entry in the
// audit log of each: what was done where it was accepted, and what was refused
// where it was not allowed.
func TestEntries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	r := &report{}
	var silent, done []string
	for _, c := range w.changes(r) {
		switch {
		case strings.HasPrefix(c.field.Name, "close"): // nothing can be done after it
			continue
		case c.field.Directives.ForName("forEverybody") != nil: // who signs in writes of that; see internal/auth
			continue
		case c.field.Directives.ForName("withoutSecondFactor") != nil: // may end the session that asks
			continue
		case w.opaque(c.field.Arguments[0].Type.Name()):
			continue
		}
		input := c.make(t)
		before := w.entries(t)
		answer := w.send(r, c, "OWNER", input)
		after := w.entries(t)
		switch told := code(answer); {
		case accepted(answer):
			done = append(done, c.field.Name)
			if after == before {
				silent = append(silent, c.field.Name)
			}
		case (told == "FORBIDDEN" || told == "NOT_FOUND") && after == before:
			silent = append(silent, fmt.Sprintf("%s, which was refused", c.field.Name))
		}
	}
	if len(silent) > 0 {
		t.Errorf("no entry is left by %s", strings.Join(silent, ", "))
	}
	if len(done) < 40 {
		t.Errorf("%d mutations were carried out: %v", len(done), done)
	}
}

// opaque reports whether an input needs what the suite cannot make, such as
// what only a person's device can.
func (w *world) opaque(input string) bool {
	known := []string{"Int", "MinorUnits", "Date", "EmailAddress", "URL", "String", "ID"}
	return slices.ContainsFunc(w.Schema.Types[input].Fields, func(f *ast.FieldDefinition) bool {
		inner := w.Schema.Types[f.Type.Name()]
		if inner.Kind == ast.InputObject {
			return w.opaque(inner.Name)
		}
		return f.Type.NonNull && inner.Kind != ast.Enum && !slices.Contains(known, inner.Name)
	})
}

// entries is how many entries the log of the caller's own studio has.
func (w *world) entries(t testing.TB) (n int) {
	t.Helper()
	if err := w.super.QueryRow(`SELECT count(*) FROM audit_entries WHERE tenant_id = $1`, w.own.tenant).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
