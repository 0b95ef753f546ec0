// Package schema has one file for each entity, the only place where the entity
// is described. Everything else about it is generated.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/barrehq/barre/ent/rule"
)

// Organization is an agency or franchise that owns tenants.
type Organization struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Organization) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Prefix: "organization", Keep: rule.AsLongAsPlatform, Hidden: true}}}
}

// Fields of an organization.
func (Organization) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Internal)),
		field.String("slug").NotEmpty().MaxLen(63).Unique().Annotations(rule.Of(rule.Internal)),
	}
}

// Edges of an organization.
func (Organization) Edges() []ent.Edge {
	return []ent.Edge{edge.To("tenants", Tenant.Type)}
}
