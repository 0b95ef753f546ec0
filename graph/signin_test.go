package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// What is marked @stepUp asks for a recent proof, in whatever clothes it comes.
func TestStepUpRequired(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	token := signedIn(t, kit, kit.A, membership.RoleOWNER)
	e := endpoint.New(t, kit.Store, endpoint.Config{})
	const field = `createApiKey(input: {name: "K", kind: PUBLISHABLE}) { token userErrors { code } }`
	if answer := e.Do(token, "mutation { "+field+" }", nil); !strings.Contains(string(answer.Body), "barre_") {
		t.Fatalf("with a recent proof: %s", answer.Body)
	}
	if _, err := kit.Super(t).Exec(`UPDATE auth_sessions SET proven_at = now() - interval '11 minutes'`); err != nil {
		t.Fatal(err)
	}
	e = endpoint.New(t, kit.Store, endpoint.Config{}) // which remembers nothing
	for _, text := range []string{
		"mutation { " + field + " }",
		"mutation { harmless: " + field + " }",
		"mutation { ... on Mutation { " + field + " } }",
		"mutation { ...f } fragment f on Mutation { " + field + " }",
		"mutation { signOut { signedOut } " + field + " }",
	} {
		answer := e.Do(token, text, nil)
		if !strings.Contains(string(answer.Body), "STEP_UP_REQUIRED") || answer.Status != 403 || strings.Contains(string(answer.Body), "signedOut") {
			t.Errorf("%s: %d %s", text, answer.Status, answer.Body)
		}
	}
	if answer := e.Do(token, "{ students { nodes { id } } viewer { role provenUntil } }", nil); answer.Status != 200 || !strings.Contains(string(answer.Body), `"OWNER"`) {
		t.Errorf("a read: %s", answer.Body)
	}
}

// A session without the factor that the studio requires can only enroll one,
// on every way through the endpoint.
func TestSecondFactorRequired(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	token := signedIn(t, kit, kit.A, membership.RoleOWNER)
	if _, err := kit.Super(t).Exec(`UPDATE tenants SET requires_second_factor = true`); err != nil {
		t.Fatal(err)
	}
	for _, ordinary := range []bool{false, true} {
		e := endpoint.New(t, kit.Store, endpoint.Config{Ordinary: ordinary})
		for _, text := range []string{
			`{ students { nodes { id } } }`,
			`{ viewer { role } students { nodes { id } } }`,
			`{ ... on Query { a: students { totalCount } } }`,
			`{ sessions { id } }`,
			`{ changes { cursor } }`,
			`mutation { createApiKey(input: {name: "K", kind: PUBLISHABLE}) { token } }`,
			`mutation { revokeOtherSessions { revoked } }`,
		} {
			answer := e.Do(token, text, nil)
			if !strings.Contains(string(answer.Body), "SECOND_FACTOR_REQUIRED") {
				t.Errorf("%s: %d %s", text, answer.Status, answer.Body)
			}
		}
		for text, want := range map[string]string{
			`{ viewer { role tenant { name } membership { email } } }`:               `"PENDING"`,
			`{ secondFactors { recoveryCodesLeft } }`:                                `"recoveryCodesLeft":0`,
			`mutation { beginAuthenticatorApp { key address userErrors { code } } }`: `otpauth://totp/`,
		} {
			if answer := e.Do(token, text, nil); answer.Status != 200 || !strings.Contains(string(answer.Body), want) {
				t.Errorf("%s: %d %s", text, answer.Status, answer.Body)
			}
		}
		if answer := e.Do(token, `{ viewer { tenant { classes { nodes { id } } } } }`, nil); strings.Contains(string(answer.Body), "class_") {
			t.Errorf("a way around by the own studio: %s", answer.Body)
		}
	}
}

// What the schema marks is what deletes, exports and imports: a mutation that
// the generator adds cannot be forgotten.
func TestHighRisk(t *testing.T) {
	kinds := map[string]int{}
	for _, f := range contract().Mutation.Fields {
		risk := f.Directives.ForName("highRisk")
		if risk != nil {
			kinds[risk.Arguments.ForName("kind").Value.Raw]++
		}
		for prefix, kind := range map[string]string{"delete": "DELETION", "bulkUpsert": "IMPORT", "bulkExport": "EXPORT"} {
			if strings.HasPrefix(f.Name, prefix) && (risk == nil || risk.Arguments.ForName("kind").Value.Raw != kind) {
				t.Errorf("%s is not marked as %s", f.Name, kind)
			}
		}
	}
	for _, kind := range contract().Types["HighRiskKind"].EnumValues {
		if kinds[kind.Name] == 0 {
			t.Errorf("nothing is %s", kind.Name)
		}
	}
}

// TestEdgeIsChangedWithProof: whatever opens the edge of a studio asks for a
// recent proof of who is there; what only closes it need not.
func TestEdgeIsChangedWithProof(t *testing.T) {
	closing, seen := []string{"revokeApiKey"}, 0
	for _, f := range contract().Mutation.Fields {
		risk := f.Directives.ForName("highRisk")
		if risk == nil {
			continue
		}
		switch kind := risk.Arguments.ForName("kind").Value.Raw; {
		case kind != "APP_KEYS" && kind != "SIGN_IN_SETTINGS":
		case slices.Contains(closing, f.Name) == (f.Directives.ForName("stepUp") != nil):
			t.Errorf("%s is %s, and asks for a proof: %t", f.Name, kind, f.Directives.ForName("stepUp") != nil)
		default:
			seen++
		}
	}
	if seen < 8 {
		t.Errorf("only %d mutations change the edge", seen)
	}
}
