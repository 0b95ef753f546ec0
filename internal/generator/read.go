package generator

import (
	"encoding/json"
	"fmt"
	"strings"

	"entgo.io/ent/entc/gen"
	"entgo.io/ent/schema/field"
	"github.com/go-openapi/inflect"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/viewer"
)

// read turns ent's graph into the catalog.
func read(graph *gen.Graph) ([]catalog.Entity, error) {
	var entities []catalog.Entity
	for _, node := range graph.Nodes {
		entity, err := readEntity(node)
		if err != nil {
			return nil, err
		}
		entities = append(entities, entity)
	}
	return entities, nil
}

func readEntity(node *gen.Type) (catalog.Entity, error) {
	var spec rule.Entity
	found, err := annotation(node.Annotations, spec.Name(), &spec)
	if err != nil || !found || spec.Scope == "" {
		return catalog.Entity{}, fmt.Errorf("%s: it has no scope; mix in rule.Tenant, rule.Root or rule.Global (%v)", node.Name, err)
	}
	entity := catalog.Entity{
		Name: node.Name, Single: lowerFirst(node.Name), Plural: spec.Plural, Prefix: spec.Prefix, Table: node.Table(),
		Scope: string(spec.Scope), Keep: string(spec.Keep), Household: spec.Household, Owns: spec.Owns, Hidden: spec.Hidden, About: spec.About,
		RecycleBin: spec.Features&rule.RecycleBin != 0, Versions: spec.Features&rule.Versions != 0,
		ExternalReferences: spec.Features&rule.ExternalReferences != 0, Events: spec.Features&rule.Events != 0,
		CustomFields: spec.Features&rule.CustomFields != 0,
		Create:       spec.Operations&rule.Create != 0, Update: spec.Operations&rule.Update != 0, Delete: spec.Operations&rule.Delete != 0,
		Access: map[viewer.Role]catalog.Grant{},
	}
	if entity.Plural == "" {
		entity.Plural = lowerFirst(inflect.Pluralize(node.Name))
	}
	if spec.Scope == rule.ScopeTenant {
		entity.Tenant = "id"
		if hasField(node, rule.TenantColumn) {
			entity.Tenant = rule.TenantColumn
		}
	}
	for role, grant := range spec.Access {
		entity.Access[role] = catalog.Grant{
			Read: grant.Actions&rule.Read != 0, Create: grant.Actions&rule.Create != 0,
			Update: grant.Actions&rule.Update != 0, Delete: grant.Actions&rule.Delete != 0, Own: grant.Own,
		}
	}
	entity.Edges = readEdges(node)
	entity.Fields, err = readFields(node, entity)
	return entity, err
}

func readFields(node *gen.Type, entity catalog.Entity) ([]catalog.Field, error) {
	fields := []catalog.Field{{Name: "id", Column: "id", Kind: catalog.ID, Scalar: "ID", Class: "public", Filter: true, Target: node.Name}}
	for _, f := range node.Fields {
		var spec rule.Field
		found, err := annotation(f.Annotations, spec.Name(), &spec)
		if err != nil || !found {
			return nil, fmt.Errorf("%s.%s: it has no data class; annotate it with rule.Of(…) (%v)", node.Name, f.Name, err)
		}
		out := catalog.Field{
			Name: camel(f.Name), Column: f.Name, Class: string(spec.Class), About: f.Comment(),
			Nullable: f.Nillable || f.Optional, Default: f.Default, Hidden: spec.Hidden || spec.Class == rule.Secret,
			Filter: spec.Filter, Order: spec.Order,
		}
		out.Kind, out.Scalar, out.Values = kind(node, f, spec)
		for _, e := range node.Edges {
			if fk := e.Field(); e.M2O() && fk != nil && fk.Name == f.Name || e.O2O() && e.IsInverse() && fk != nil && fk.Name == f.Name {
				out.Target = e.Type.Name
			}
		}
		// A foreign key is read through its edge; its id is for inputs and filters.
		if out.Target != "" {
			out.Hidden = true
		}
		out.Given = entity.Create && !spec.Fixed
		out.Changed = entity.Update && !spec.Fixed && !spec.Initial && !f.Immutable
		fields = append(fields, out)
	}
	return fields, nil
}

// kind maps ent's type to the way the value is kept and to its GraphQL scalar.
func kind(node *gen.Type, f *gen.Field, spec rule.Field) (catalog.Kind, string, []string) {
	switch {
	case spec.Format == rule.Date:
		return catalog.Date, "Date", nil
	case f.IsEnum():
		return catalog.Enum, node.Name + f.StructField(), f.EnumValues()
	case f.Type.Type == field.TypeTime:
		return catalog.Time, "DateTime", nil
	case f.Type.Type == field.TypeUUID:
		return catalog.ID, "ID", nil
	case f.Type.Type == field.TypeBool:
		return catalog.Bool, "Boolean", nil
	case f.Type.Type == field.TypeBytes:
		return catalog.Bytes, "", nil
	case f.Type.Type == field.TypeJSON && f.Type.Ident == "[]string":
		return catalog.List, "[String!]", nil
	case f.Type.Type == field.TypeJSON:
		return catalog.JSON, "JSON", nil
	case f.Type.Numeric():
		return catalog.Int, orElse(string(spec.Format), map[bool]string{true: "SequenceNumber", false: "Int"}[f.Type.Type == field.TypeInt64]), nil
	default:
		return catalog.Text, orElse(string(spec.Format), "String"), nil
	}
}

func readEdges(node *gen.Type) []catalog.Edge {
	var edges []catalog.Edge
	for _, e := range node.Edges {
		if hidden(e.Type) {
			continue
		}
		edges = append(edges, catalog.Edge{
			Name: camel(e.Name), Target: e.Type.Name, Many: !e.Unique, Column: e.Rel.Column(), Nullable: e.Optional,
		})
	}
	return edges
}

func hidden(node *gen.Type) bool {
	var spec rule.Entity
	_, err := annotation(node.Annotations, spec.Name(), &spec)
	return err != nil || spec.Hidden
}

func hasField(node *gen.Type, name string) bool {
	for _, f := range node.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// annotation decodes what ent carried through its own process as plain JSON.
func annotation(all gen.Annotations, name string, into any) (bool, error) {
	value, found := all[name]
	if !found {
		return false, nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal(text, into)
}

func camel(snake string) string {
	parts := strings.Split(snake, "_")
	for i := 1; i < len(parts); i++ {
		parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
	}
	return strings.Join(parts, "")
}

// lowerFirst turns a type's name into a field's: Student → student, APIKey → apiKey.
func lowerFirst(name string) string {
	upper := 0
	for upper < len(name) && name[upper] >= 'A' && name[upper] <= 'Z' {
		upper++
	}
	if upper > 1 {
		upper--
	}
	return strings.ToLower(name[:upper]) + name[upper:]
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
