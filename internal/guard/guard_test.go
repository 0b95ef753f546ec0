package guard_test

import (
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/guard"
)

// typical is what a studio's front page asks for.
const typical = `query Dashboard($class: ID!, $first: Int = 20) {
	class(id: $class) {
		...ClassCard
		sessions(first: $first, where: {startsAt: {gte: "2026-01-01"}}) {
			edges { node { id startsAt endsAt room { id name } } }
			pageInfo { hasNextPage endCursor }
		}
		enrollments(first: 30) {
			totalCount
			edges { cursor node { id status student { ...StudentCard } } }
		}
	}
	viewer { id name memberships(first: 5) { nodes { id role tenant { id name } } } }
}
fragment ClassCard on Class { id name capacity teacher { id displayName } location { id name } }
fragment StudentCard on Student { id firstName lastName birthDate household { id name guardians { id email } } }`

func TestParse(t *testing.T) {
	g := guard.New(guard.Limits{})
	for _, c := range []struct {
		name, query string
		want        fault.Code
	}{
		{"typical", typical, passes},
		{"introspection", introspection(), passes},
		{"16 KiB", "{id} #" + strings.Repeat("x", 16<<10-6), passes},
		{"16 KiB and a byte", "{id} #" + strings.Repeat("x", 16<<10-5), fault.QueryTooLarge},
		{"G10 1 MB of commas", "{id" + strings.Repeat(",", 1<<20) + "}", fault.QueryTooLarge},
		{"G10 16 KiB of commas", "{id" + strings.Repeat(",", 16<<10-4) + "}", passes},
		{"1000 tokens", "{x(a:[" + strings.Repeat("1 ", 991) + "])}", passes},
		{"1001 tokens", "{x(a:[" + strings.Repeat("1 ", 992) + "])}", fault.QueryTooLarge},
		{"comments are tokens", "{id}" + strings.Repeat("\n#", 1000), fault.QueryTooLarge},
		{"G4 900 levels", nested(900, "a"), fault.QueryTooLarge},
		{"G4 1100 levels", nested(1100, "a"), fault.QueryTooLarge},
		{"lists in lists", "{x(a:" + strings.Repeat("[", 1100), fault.QueryTooLarge},
		{"empty", "", fault.ValidationFailed},
		{"no operation", "fragment A on T {id}", fault.ValidationFailed},
		{"broken", "{id", fault.ParseFailed},
		{"type system", "type T { id: ID }", fault.ParseFailed},
		{"broken number", "{x(a: 01)}", fault.ParseFailed},
		{"not UTF-8", "{id #\xff\n}", fault.ParseFailed},
		{"NUL", "{id \x00}", fault.ParseFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := g.Parse(c.query)
			check(t, err, c.want)
			if (doc == nil) != (err != nil) {
				t.Errorf("document %v beside error %v", doc, err)
			}
		})
	}
}

func TestParseNeverRepeatsTheText(t *testing.T) {
	for _, query := range []string{
		`mutation { signIn(email: "a" "canary-1f") }`,
		`{ x(a: "\u0zcanary-1f") }`, `{ x(a: "canary-1f }`, `canary-1f { id }`, `{ id ; canary-1f }`, `{ x(a: 1.canary-1f) }`,
	} {
		_, err := guard.New(guard.Limits{}).Parse(query)
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestBrokenAtTheTokenLimit(t *testing.T) {
	g := guard.New(guard.Limits{Tokens: 3})
	for query, want := range map[string]fault.Code{
		"{id}": passes, "{id id": fault.ParseFailed, "{id id}": fault.QueryTooLarge, "{id id id": fault.QueryTooLarge,
	} {
		_, err := g.Parse(query)
		check(t, err, want)
	}
}

func TestZeroAndNegativeLimitsAreDefaults(t *testing.T) {
	g := guard.New(guard.Limits{Tokens: -1, Depth: 7})
	if got := g.Tokens(); got != 1000 {
		t.Errorf("Tokens() = %d; want 1000", got)
	}
	if l := g.Limits(); l.Bytes != 16384 || l.Depth != 7 || len(l.Single) != 1 {
		t.Errorf("Limits() = %+v", l)
	}
}
