package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// ExternalReference is the id under which a sync tool knows a record of ours.
type ExternalReference struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (ExternalReference) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "externalreference",
		Keep:       rule.WithParent,
		Operations: rule.Delete,
		Access:     rule.Access{viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep},
		About:      "The id under which another system knows a record of the studio. A record has at most one in each system.",
	}}}
}

// Fields of an external reference.
func (ExternalReference) Fields() []ent.Field {
	return []ent.Field{
		field.String("entity_type").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Type of the record, such as Student."),
		field.UUID("entity_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.String("system").NotEmpty().MaxLen(50).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The other system, such as quickbooks."),
		field.String("external_id").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Its id of the record."),
	}
}

// Indexes of an external reference.
func (ExternalReference) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "entity_type", "system", "external_id").Unique(),
		index.Fields("tenant_id", "entity_id", "system").Unique(),
	}
}
