package graph_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/graph/generated"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/schema.golden.graphqls"

func contract() *ast.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

// TestContract holds the public contract to its golden file. A change of it is
// a decision: run with -update, read the difference, write a line into the
// changelog.
func TestContract(t *testing.T) {
	text := graph.PublicSDL(contract())
	before, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if text == string(before) {
		return
	}
	if !*update {
		t.Errorf("the contract has changed; run go test ./graph -run TestContract -update and write a line into graph/CHANGELOG.md")
	}
	if len(before) > 0 {
		for _, change := range breaking(load(t, string(before)), load(t, text)) {
			t.Logf("BREAKING: %s", change)
			if !*update {
				t.Fail()
			}
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func load(t *testing.T, text string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "contract", Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestChangelog: whoever reads the contract's news finds some.
func TestChangelog(t *testing.T) {
	text, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\n## Unreleased\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	if !found || !strings.Contains(section, "\n- ") {
		t.Error("graph/CHANGELOG.md has no line under Unreleased")
	}
}

// named is something of the contract that has a name and a description.
type named struct{ path, name, about string }

// names lists everything that a client can read about.
func names(schema *ast.Schema) []named {
	var all []named
	arguments := func(path string, list ast.ArgumentDefinitionList) {
		for _, a := range list {
			all = append(all, named{path + "(" + a.Name + ")", a.Name, a.Description})
		}
	}
	for _, definition := range schema.Types {
		if definition.BuiltIn || strings.HasPrefix(definition.Name, "__") {
			continue
		}
		all = append(all, named{definition.Name, definition.Name, definition.Description})
		for _, f := range definition.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			path := definition.Name + "." + f.Name
			all = append(all, named{path, f.Name, f.Description})
			arguments(path, f.Arguments)
		}
		for _, v := range definition.EnumValues {
			all = append(all, named{definition.Name + "." + v.Name, v.Name, v.Description})
		}
	}
	for _, d := range schema.Directives {
		if d.Name == "cost" || d.Name == "listSize" {
			all = append(all, named{"@" + d.Name, d.Name, d.Description})
			arguments("@"+d.Name, d.Arguments)
		}
	}
	return all
}

func TestEverythingIsDescribed(t *testing.T) {
	all := names(contract())
	if len(all) < 1000 {
		t.Fatalf("only %d names", len(all))
	}
	for _, n := range all {
		if !strings.HasSuffix(n.about, ".") || n.about != strings.TrimSpace(n.about) || len(n.about) < 4 {
			t.Errorf("%s: %q is no description that ends with a period", n.path, n.about)
		}
	}
}

// internal is what no client has to do with, whatever it is part of.
var internal = regexp.MustCompile(`(?i)tenant_?id|organization|hash|digest_|sealed|cipher|keyset|pseudonym|lease|advisory`)

// proof are the links of the audit log's chain, by which others verify it.
var proof = regexp.MustCompile(`^(AuditEntry|AuditAnchor)\.(previousH|h)ash$`)

// secrets are the only places where something secret goes in or comes out.
var secrets = map[string]string{
	"SignUpInput.password":                      "chosen by the owner",
	"SignInInput.password":                      "to sign in with",
	"AcceptInvitationInput.password":            "chosen by the invited",
	"ConnectIntegrationInput.credential":        "of the provider, kept sealed",
	"CreateWebhookEndpointPayload.secret":       "to verify signatures with, shown once",
	"Mutation.rotateWebhookSecret":              "a verb",
	"RotateWebhookSecretInput":                  "of that verb",
	"RotateWebhookSecretPayload":                "of that verb",
	"RotateWebhookSecretPayload.secret":         "to verify signatures with, shown once",
	"BasicAuthenticationInput.password":         "of the endpoint, kept sealed",
	"OAuth2AuthenticationInput.clientSecret":    "of the endpoint, kept sealed",
	"UserErrorCode.WEAK_PASSWORD":               "a code",
	"Mutation.requestPasswordReset":             "a verb",
	"RequestPasswordResetInput":                 "of that verb",
	"Mutation.resetPassword":                    "a verb",
	"ResetPasswordInput":                        "of that verb",
	"ResetPasswordInput.password":               "chosen by the person",
	"Mutation.changePassword":                   "a verb",
	"ChangePasswordInput":                       "of that verb",
	"ChangePasswordInput.currentPassword":       "to prove who asks",
	"ChangePasswordInput.newPassword":           "chosen by the person",
	"SessionMethod.PASSWORD":                    "a way to sign in",
	"StepUpInput.password":                      "to prove who asks",
	"UpdateSignInPolicyInput.passwordPolicy":    "a policy",
	"TenantPasswordPolicy":                      "a policy",
	"Tenant.passwordPolicy":                     "a policy",
	"Membership.passwordResetRequestedAt":       "a moment",
	"ConnectIdentityProviderInput.clientSecret": "of the provider, kept sealed",
	"APIKeyKind.SECRET":                         "a kind of key",
	"ConnectIntegrationInput.secret":            "of the provider's signatures, kept sealed",
	"ConnectIntegrationPayload.inboundSecret":   "for the provider's signatures, shown once",
	"SetIntegrationSecretInput.secret":          "of the provider's signatures, kept sealed",
	"Mutation.setIntegrationSecret":             "a verb",
	"SetIntegrationSecretInput":                 "of that verb",
	"SetIntegrationSecretPayload":               "of that verb",
}

var secret = regexp.MustCompile(`(?i)password|secret|credential`)

func TestNothingInternalIsNamed(t *testing.T) {
	left := map[string]bool{}
	for path := range secrets {
		left[path] = true
	}
	for _, n := range names(contract()) {
		if internal.MatchString(n.name) && !proof.MatchString(n.path) {
			t.Errorf("%s names what is ours", n.path)
		}
		if secret.MatchString(n.name) && secrets[n.path] == "" {
			t.Errorf("%s looks like a secret; say in the test why it is none, or take it out", n.path)
		}
		delete(left, n.path)
	}
	for path := range left {
		t.Errorf("%s is no longer there; take it off the list", path)
	}
}
