package archtest_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/archtest"
)

// places are calls that may stand in few places, each with its reason. Every
// place must still hold such a call.
var places = []struct {
	call string
	is   func(*ast.CallExpr) bool
	in   map[string]string // files, or folders that end in a slash
}{
	{"viewer.AcrossTenants, the only way around the walls", selects("viewer", "AcrossTenants"), map[string]string{
		"internal/auth/platform.go":     "a credential is looked up before anybody knows whose it is",
		"internal/deprecation/tally.go": "the uses of all studios are written down in one statement",
		"internal/destination/key.go":   "receivers verify by public keys, and have no credential here",
		"internal/probe/probe.go":       "what the server finds out about itself is no studio's",
		"internal/export/import.go":     "a studio is made before anybody is in it, and an account is no studio's",
		"internal/oauth/token.go":       "a token is looked up before anybody knows at which studio",
		"internal/review/lapse.go":      "the reviews of all studios that are due are found in one query",
		"internal/staff/platform.go":    "the operator's staff ask for a studio that they are not at",
		"internal/feed/hub.go":          "one process hears of every subscribed studio's progress in one query",
	}},
	{"reading the environment, which is the configuration's affair", either(selects("os", "Getenv"), selects("os", "LookupEnv"), selects("os", "Environ")), nil},
	{"hand-written SQL, which the ORM's rules do not see", handwritten, map[string]string{
		"graph/ledger.go":               "idempotency keys are no records: no role may read or write them",
		"internal/audit/":               "entries that no record's change makes, and the log as a file",
		"internal/auth/":                "who somebody is must be known before any rule can ask",
		"internal/billing/":             "numbers without gaps and sums under lock",
		"internal/breach/":              "whom an incident concerns, among all studios",
		"internal/delivery/":            "a delivery's state, between a job and its row",
		"internal/deprecation/":         "counts that add up, many in one statement",
		"internal/destination/":         "a test event, which no record's change makes, and links that go with a connection",
		"internal/backup/":              "whole tables, as a superuser or across studios",
		"internal/erasure/":             "removes what rules would keep, as the platform",
		"internal/subject/":             "finds what leads to somebody in every table",
		"internal/enrollment/":          "seats and lines under lock",
		"internal/feed/":                "the progress of feeds, and places in them",
		"internal/inbound/":             "a message's state, between a job and its row",
		"internal/key/":                 "keys are found before any rule can ask, and values move without a change of their records",
		"internal/operation/bin.go":     "whether live records need the one to delete, by ent's own selector",
		"internal/outbox/":              "event, audit and version rows, many in one statement",
		"internal/probe/":               "counts that add up, and a studio's attempt to step past ent",
		"internal/query/":               "the compiled read, made of ent's own selectors",
		"internal/relay/":               "gives committed events their places",
		"server/archive.go":             "which studio a command means, by its short name",
		"server/doctor.go":              "asks Postgres how it is set up",
		"server/operator.go":            "finds a studio by its short name",
		"internal/retention/":           "removes what rules would keep, as the platform",
		"internal/oauth/token.go":       "whose a token is must be known before any rule can ask, and it works once",
		"internal/review/lapse.go":      "what is due at any studio",
		"internal/staff/use.go":         "counts what staff read, which no rule lets them write",
		"internal/store/":               "the one place that talks to Postgres",
		"internal/generator/migration/": "asks a private Postgres for the difference",
	}},
	{"starting another program, which no input may reach", either(selects("exec", "Command"), selects("exec", "CommandContext")), map[string]string{
		"internal/backup/take.go": "Postgres's own tools, by the operator's configuration alone",
		"internal/cluster/":       "a private Postgres, by paths of this machine alone",
		"internal/promise/prove/": "the command that runs proofs, on a developer's machine",
	}},
	{"opening ent's client, which belongs behind the walls", either(selects("ent", "Open"), selects("ent", "NewClient")), map[string]string{
		"internal/store/store.go": "the only constructor of a client, bound to the viewer's tenant",
	}},
	{"a predicate that rules do not see", method("Modify"), nil},
	{"a decision that skips every rule after it", selects("privacy", "DecisionContext"), nil},
	{"a variable of the database's session, which could name another tenant", either(selects("sql", "WithVar"), selects("entsql", "WithVar"), selects("sql", "WithIntVar"), selects("entsql", "WithIntVar")), nil},
	{"waiting for time to pass", selects("time", "Sleep"), nil},
}

// maxAcross bounds how many files may step around the walls.
const maxAcross = 10

func TestPlaces(t *testing.T) {
	s := source(t)
	if n := len(places[0].in); n > maxAcross {
		t.Errorf("%d places act across tenants; at most %d may", n, maxAcross)
	}
	for _, p := range places {
		held := map[string]bool{}
		for _, f := range s.Written() {
			if exempt(f.Folder, p.call) {
				continue
			}
			for _, call := range calls(f, p.is) {
				place := placeOf(p.in, f.Path)
				held[place] = true
				if place == "" {
					t.Errorf("%s: %s", s.At(f, call), p.call)
				}
			}
		}
		for place, why := range p.in {
			if why == "" {
				t.Errorf("%s: %s: no reason given", place, p.call)
			}
			if !held[place] {
				t.Errorf("%s: %s: no such call is left here, take the place off the list", place, p.call)
			}
		}
	}
}

// TestAcrossOnce holds each package to one place that acts across tenants.
func TestAcrossOnce(t *testing.T) {
	count := map[string]int{}
	for _, f := range source(t).Written() {
		if !testOnly(f.Folder) {
			count[f.Folder] += len(calls(f, places[0].is))
		}
	}
	for folder, n := range count {
		if n > 1 {
			t.Errorf("%s acts across tenants in %d places; one function must be enough", folder, n)
		}
	}
}

// exempt reports whether a rule does not bind a folder: the program reads the
// environment, and tests make and break what they like.
func exempt(folder, call string) bool {
	return testOnly(folder) || folder == "server" && strings.HasPrefix(call, "reading the environment")
}

func placeOf(in map[string]string, path string) string {
	for place := range in {
		if place == path || strings.HasSuffix(place, "/") && strings.HasPrefix(path, place) {
			return place
		}
	}
	return ""
}

func calls(f *archtest.File, is func(*ast.CallExpr) bool) []*ast.CallExpr {
	var found []*ast.CallExpr
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && is(call) {
			found = append(found, call)
		}
		return true
	})
	return found
}

// selects recognizes package.Name(…).
func selects(pkg, name string) func(*ast.CallExpr) bool {
	return func(call *ast.CallExpr) bool {
		fn, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || fn.Sel.Name != name {
			return false
		}
		x, ok := fn.X.(*ast.Ident)
		return ok && x.Name == pkg
	}
}

// method recognizes anything.Name(…).
func method(names ...string) func(*ast.CallExpr) bool {
	return func(call *ast.CallExpr) bool {
		fn, ok := call.Fun.(*ast.SelectorExpr)
		return ok && slices.Contains(names, fn.Sel.Name)
	}
}

func either(tests ...func(*ast.CallExpr) bool) func(*ast.CallExpr) bool {
	return func(call *ast.CallExpr) bool {
		return slices.ContainsFunc(tests, func(is func(*ast.CallExpr) bool) bool { return is(call) })
	}
}

// handwritten recognizes store.Run(…) and the methods that take SQL as text.
func handwritten(call *ast.CallExpr) bool {
	if method("QueryContext", "ExecContext", "QueryRowContext", "QueryRow", "SendBatch", "NewStatement")(call) {
		return true
	}
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || fn.Sel.Name != "Run" {
		return false
	}
	switch x := fn.X.(type) {
	case *ast.Ident:
		return strings.EqualFold(x.Name, "store")
	case *ast.SelectorExpr:
		return strings.EqualFold(x.Sel.Name, "store")
	}
	return false
}
