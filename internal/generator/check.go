package generator

import (
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/entc/gen"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
)

// check refuses what would open a wall or cost a scan, naming entity and field.
func check(graph *gen.Graph, entities []catalog.Entity) error {
	for i, node := range graph.Nodes {
		for _, step := range []func(*gen.Type, *catalog.Entity) error{checkEdges, checkUnique, checkFields, checkOwned, checkKept} {
			if err := step(node, &entities[i]); err != nil {
				return err
			}
		}
	}
	return checkCustomFields(entities)
}

// checkCustomFields refuses a feature that studios cannot use: CustomField.entity
// names the types that have it.
func checkCustomFields(entities []catalog.Entity) error {
	at := slices.IndexFunc(entities, func(e catalog.Entity) bool { return e.Name == "CustomField" })
	if at < 0 {
		return nil
	}
	for _, e := range entities {
		named := slices.Contains(entities[at].Field("entity").Values, strings.ToUpper(e.Name))
		if named != e.CustomFields {
			return fmt.Errorf("%s: has rule.CustomFields %t, is a value of CustomField.entity %t", e.Name, e.CustomFields, named)
		}
	}
	return nil
}

// final are the entities of which one can be deleted for good, with the reason.
var final = map[string]string{
	"ExternalReference": "it holds nothing but an id of another system, which can give it anew",
	"Suppression":       "deleting one lets messages go there again, and the provider says so anew where it was wrong",
	"WebhookEndpoint":   "its secret goes with it, and its receiver could not know that it is back",
}

// checkKept refuses what nobody says how long to keep, and what could be deleted
// for good without a reason.
func checkKept(node *gen.Type, entity *catalog.Entity) error {
	switch {
	case entity.Keep == "":
		return fmt.Errorf("%s: it has no class of retention; say with Keep in its rule.Entity how long its rows are kept", node.Name)
	case entity.Delete && !entity.RecycleBin && final[node.Name] == "":
		return fmt.Errorf("%s: what can be deleted needs rule.RecycleBin, or a reason in the generator's list", node.Name)
	}
	return nil
}

// checkOwned refuses a record that could not come back together with its owner.
func checkOwned(node *gen.Type, entity *catalog.Entity) error {
	for _, name := range entity.Owns {
		edge := entity.Edge(name)
		at := slices.IndexFunc(node.Edges, func(e *gen.Edge) bool { return camel(e.Name) == name })
		if edge == nil || !edge.Many || !entity.RecycleBin {
			return fmt.Errorf("%s: it can own many records through an edge, in the recycle bin; %s is no such edge", node.Name, name)
		}
		var spec rule.Entity
		if _, err := annotation(node.Edges[at].Type.Annotations, spec.Name(), &spec); err != nil || spec.Features&rule.RecycleBin == 0 {
			return fmt.Errorf("%s.%s: what is owned needs rule.RecycleBin", node.Name, name)
		}
	}
	return nil
}

// checkEdges refuses join tables that nobody declared: they cannot carry a tenant.
func checkEdges(node *gen.Type, entity *catalog.Entity) error {
	for _, e := range node.Edges {
		if e.M2M() {
			return fmt.Errorf("%s.%s: a many-to-many edge needs an entity of its own, as StudentTag is between Student and Tag", node.Name, e.Name)
		}
		if e.OwnFK() && entity.Tenant == rule.TenantColumn && !indexed(node, entity, e.Rel.Column()) {
			return fmt.Errorf("%s.%s: no index starts with (%s, %s)", node.Name, e.Name, entity.Tenant, e.Rel.Column())
		}
	}
	return nil
}

// worldwide are the columns that no two tenants may share, with the reason.
var worldwide = map[string]string{
	"CustomDomain.host": "a host leads to one studio; the refusal does not say to which",
}

// checkUnique refuses unique indexes that would tell one tenant of another's values.
func checkUnique(node *gen.Type, entity *catalog.Entity) error {
	if entity.Tenant != rule.TenantColumn {
		return nil
	}
	for _, ix := range node.Indexes {
		if ix.Unique && ix.Columns[0] != rule.TenantColumn && worldwide[node.Name+"."+ix.Columns[0]] == "" {
			return fmt.Errorf("%s: the unique index on %v must start with %s", node.Name, ix.Columns, rule.TenantColumn)
		}
	}
	for _, f := range node.Fields {
		if f.Unique {
			return fmt.Errorf("%s.%s: Unique spans all tenants; declare a unique index that starts with %s", node.Name, f.Name, rule.TenantColumn)
		}
	}
	return nil
}

// checkFields refuses filters that leak or scan and orders that paging cannot follow.
func checkFields(node *gen.Type, entity *catalog.Entity) error {
	for _, f := range entity.Fields {
		digest := entity.Digest(&f)
		switch {
		case !f.Filter || f.Column == "id":
		case digest != nil && digest.Kind == catalog.Bytes && !f.Order && indexed(node, entity, digest.Column):
		case f.Class == string(rule.Sensitive) || f.Class == string(rule.Secret):
			return fmt.Errorf("%s.%s: a %s field must not be filterable; a text can be found by a digest, a column %[2]s_index with an index that starts with (%s, %[2]s_index)", node.Name, f.Column, f.Class, entity.Tenant)
		case !indexed(node, entity, f.Column):
			return fmt.Errorf("%s.%s: a filterable field needs an index that starts with (%s, %s)", node.Name, f.Column, entity.Tenant, f.Column)
		case f.Order && f.Nullable:
			return fmt.Errorf("%s.%s: a nullable field cannot order a list", node.Name, f.Column)
		}
	}
	return nil
}

// indexed reports whether an index of node starts with the tenant and column.
func indexed(node *gen.Type, entity *catalog.Entity, column string) bool {
	for _, ix := range node.Indexes {
		if len(ix.Columns) > 1 && ix.Columns[0] == entity.Tenant && ix.Columns[1] == column {
			return true
		}
	}
	return false
}
