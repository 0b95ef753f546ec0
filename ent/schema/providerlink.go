package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// ProviderLink remembers under which id a provider knows a record of ours.
type ProviderLink struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (ProviderLink) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "providerlink",
		Keep:   rule.WithParent,
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "Under which id a provider knows a record of the studio.",
	}}}
}

// Fields of a provider link.
func (ProviderLink) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("integration_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.String("entity_type").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Type of the record, such as Household."),
		field.UUID("entity_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.String("remote_id").MaxLen(255).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The provider's id of it."),
	}
}

// Edges of a provider link.
func (ProviderLink) Edges() []ent.Edge {
	return []ent.Edge{edge.From("integration", Integration.Type).Ref("links").Unique().Required().Immutable().Field("integration_id")}
}

// Indexes of a provider link.
func (ProviderLink) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "integration_id", "entity_type", "entity_id").Unique(),
		index.Fields("tenant_id", "integration_id", "id"),
		index.Fields("tenant_id", "integration_id", "remote_id"),
	}
}
