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

// Guardian is an adult who answers for the students of a household.
type Guardian struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Guardian) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "guardian",
		Keep:       rule.AsLongAsFamily,
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events | rule.CustomFields,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.Own(rule.Read | rule.Update),
		},
		Household: "household_id",
		About:     "An adult who answers for the students of a household.",
	}}}
}

// Fields of a guardian.
func (Guardian) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("household_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).Once()),
		field.String("first_name").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Personal)).Comment("Given name."),
		field.String("last_name").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Personal).Ordered()).Comment("Family name."),
		field.String("email").Optional().Nillable().MaxLen(254).Annotations(rule.Of(rule.Personal).As(rule.Email).Filtered()).
			Comment("Where the studio writes to. Not an identity: several people may share one address."),
		field.String("phone").Optional().Nillable().MaxLen(32).Annotations(rule.Of(rule.Personal)).Comment("Telephone number, E.164, such as +12125550142."),
	}
}

// Edges of a guardian.
func (Guardian) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("household", Household.Type).Ref("guardians").Unique().Required().Immutable().Field("household_id"),
		edge.To("tickets", Ticket.Type),
	}
}

// Indexes of a guardian.
func (Guardian) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "household_id", "id"), index.Fields("tenant_id", "last_name", "id"),
		index.Fields("tenant_id", "email"),
	}
}
