package graph_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/feature"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/viewer"
)

// A field of a beta is refused and unseen, in whatever document, until the
// studio joins, and no other studio gets it with that.
func TestGatedFields(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	e := endpoint.New(t, kit.Store, endpoint.Config{})
	owner := signedIn(t, kit, kit.A, membership.RoleOWNER)
	features := feature.New(kit.Store, feature.Config{})
	for _, document := range []string{
		"{ apiChangelog { version } }", "query allowed { viewer { role } harmless: apiChangelog { text } }",
		"{ ...f } fragment f on Query { ... on Query { apiChangelog { kind } } }", "query($no: Boolean = false) { apiChangelog @include(if: $no) { kind } }",
	} {
		if a := e.Do(owner, document, nil); a.Status != 403 || !strings.Contains(string(a.Body), `"FEATURE_DISABLED"`) || strings.Contains(string(a.Body), `"data"`) {
			t.Errorf("%s: %d %s", document, a.Status, a.Body)
		}
	}
	if err := features.Grant(t.Context(), kit.B.Tenant, "api-changelog"); err != nil {
		t.Fatal(err)
	}
	if a := e.Do(owner, "{ apiChangelog { version } }", nil); a.Status != 403 {
		t.Errorf("with the neighbor's grant: %d %s", a.Status, a.Body)
	}
	joined := e.Do(owner, `mutation { optIntoFeature(input: {feature: "api-changelog"}) { feature { name stage enabled } userErrors { code } } }`, nil)
	if want := `{"optIntoFeature":{"feature":{"name":"api-changelog","stage":"PUBLIC_BETA","enabled":true},"userErrors":[]}}`; !strings.Contains(string(joined.Body), want) {
		t.Fatalf("%s", joined.Body)
	}
	var answer struct {
		Data struct {
			APIChangelog []struct{ Version, Kind, Text string }
		}
	}
	a := e.Do(owner, "{ apiChangelog { version kind text } }", nil)
	if err := json.Unmarshal(a.Body, &answer); err != nil || len(answer.Data.APIChangelog) < 10 {
		t.Fatalf("%v %s", err, a.Body)
	}
	for _, c := range answer.Data.APIChangelog {
		if c.Version == "" || c.Kind == "" || c.Text == "" || strings.Contains(c.Text, "\n") {
			t.Errorf("%+v", c)
		}
	}
	left := e.Do(owner, `mutation { optOutOfFeature(input: {feature: "api-changelog"}) { feature { enabled } userErrors { code } } }`, nil)
	if !strings.Contains(string(left.Body), `"enabled":false`) {
		t.Errorf("%s", left.Body)
	}
}

// secretKey returns a new key of the studio that may do everything.
func secretKey(t *testing.T, kit *testkit.Kit, s testkit.Studio) string {
	t.Helper()
	token, stored := credential.New(credential.SecretKey, credential.Live)
	inside := viewer.ForTenant(t.Context(), s.Tenant, "test: a key")
	if err := kit.InTx(inside, func(ctx context.Context) error {
		return kit.Client(ctx).APIKey.Create().SetName("Test").SetKind(apikey.KindSECRET).SetScopes([]string{"*"}).
			SetTokenHash(stored.Hash[:]).SetPrefix(stored.Prefix).SetLast4(stored.Last4).Exec(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}

// Introspection shows a gated field to those alone who have its feature.
func TestGatedFieldsAreUnseen(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	e := endpoint.New(t, kit.Store, endpoint.Config{})
	key := secretKey(t, kit, kit.A)
	sees := func() bool {
		t.Helper()
		const either = `{ __schema { queryType { fields { name } } types { name fields { name } } } __type(name: "Query") { fields { name } } }`
		a := e.Do(key, either, nil)
		n := strings.Count(string(a.Body), `"apiChangelog"`)
		if a.Status != 200 || n != 0 && n != 3 || !strings.Contains(string(a.Body), `"students"`) {
			t.Fatalf("%d times: %d %.300s", n, a.Status, a.Body)
		}
		return n > 0
	}
	if sees() {
		t.Error("the field is shown")
	}
	if _, err := feature.New(kit.Store, feature.Config{}).OptIn(kit.A.As(t.Context(), viewer.Owner), "api-changelog"); err != nil {
		t.Fatal(err)
	}
	e = endpoint.New(t, kit.Store, endpoint.Config{}) // one that has not read yet
	if !sees() {
		t.Error("the field is not shown to who has it")
	}
}

// Every gated field names a feature that there is.
func TestGatesNameFeatures(t *testing.T) {
	known := feature.New(nil, feature.Config{})
	gated := 0
	for _, definition := range contract().Types {
		for _, f := range definition.Fields {
			if d := f.Directives.ForName("gated"); d != nil {
				gated++
				name := d.Arguments.ForName("feature").Value.Raw
				if _, there := known.Stage(name); !there {
					t.Errorf("%s.%s names the feature %q, which there is not", definition.Name, f.Name, name)
				}
			}
		}
	}
	if gated == 0 {
		t.Error("no field is gated: nothing was proved")
	}
}

// What is shown to everybody lacks the fields of the features that are dropped,
// and is a schema all the same.
func TestSchemaWithoutFeatures(t *testing.T) {
	whole := contract()
	for dropped, want := range map[bool]int{true: 0, false: 1} {
		text := graph.PublicSDL(graph.Without(whole, func(string) bool { return dropped }))
		load(t, text)
		if n := strings.Count(text, "apiChangelog"); n != want {
			t.Errorf("dropped %t: it is there %d times", dropped, n)
		}
	}
	if whole.Query.Fields.ForName("apiChangelog") == nil {
		t.Error("the schema itself was changed")
	}
}
