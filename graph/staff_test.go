package graph

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/graph/generated"
	"github.com/barrehq/barre/internal/catalog"
)

// TestStaffAndEveryRootField: whoever adds a root field says what it is for the
// operator's staff. Until then it is closed to them.
func TestStaffAndEveryRootField(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	groups := map[rule.StaffGroup]int{}
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		for _, field := range root.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			group, known := staffGroup(field)
			if !known {
				t.Errorf("%s.%s: say in staffGroupByHand, or for its entity in rule.StaffRowOf, whether Barre's staff may use it", root.Name, field.Name)
			}
			groups[group]++
		}
	}
	for _, group := range []rule.StaffGroup{rule.StaffAllowed, rule.StaffSignIn, rule.StaffExport, rule.StaffKeys, rule.StaffImport, rule.StaffDeletion, rule.StaffGrants} {
		if groups[group] == 0 {
			t.Errorf("nothing belongs to %q", group)
		}
	}
	t.Logf("%d root fields are open to staff: %v", groups[rule.StaffAllowed], groups)
}

// TestStaffMayNever names what was promised, against the whole schema.
func TestStaffMayNever(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	for field, want := range map[string]rule.StaffGroup{
		"deleteHousehold": rule.StaffDeletion, "deleteGuardian": rule.StaffDeletion, "deleteStudent": rule.StaffDeletion, "deleteDeal": rule.StaffDeletion,
		"bulkExport": rule.StaffExport, "changes": rule.StaffExport, "createWebhookEndpoint": rule.StaffExport, "events": rule.StaffExport, "exports": rule.StaffExport,
		"apiKeys": rule.StaffKeys, "apiKey": rule.StaffKeys, "createApiKey": rule.StaffKeys, "revokeApiKey": rule.StaffKeys,
		"bulkUpsertStudents": rule.StaffImport, "bulkUpsertDeals": rule.StaffImport,
	} {
		for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
			if f := root.Fields.ForName(field); f != nil {
				if group, _ := staffGroup(f); group != want {
					t.Errorf("%s.%s belongs to %q, want %q", root.Name, field, group, want)
				}
			}
		}
	}
	for _, f := range schema.Mutation.Fields {
		if group, _ := staffGroup(f); strings.HasPrefix(f.Name, "bulk") && group == rule.StaffAllowed {
			t.Errorf("%s is open to staff", f.Name)
		}
	}
}

// TestStaffAndEveryEntity: an entity without a row is closed to staff, which
// nobody should find out by chance.
func TestStaffAndEveryEntity(t *testing.T) {
	var missing []string
	for name, e := range catalog.Entities {
		if _, known := rule.StaffRowOf(e.Prefix); !known && e.Tenant != "" {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("say in rule.StaffRowOf what Barre's staff may do with %v", missing)
	}
}
