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

// Ticket is something that a family has asked the studio.
type Ticket struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Ticket) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "ticket",
		Keep:       rule.AsLongAsContact,
		Features:   rule.Versions | rule.Events | rule.CustomFields,
		Operations: rule.Create | rule.Update,
		Access: rule.Access{
			viewer.Owner: rule.Keep, viewer.Admin: rule.Keep, viewer.FrontDesk: rule.Keep,
			viewer.Guardian: rule.Own(rule.Read | rule.Create),
		},
		Household: "household_id",
		About:     "Something that a family has asked the studio. What was written is in its replies.",
	}}}
}

// Fields of a ticket.
func (Ticket) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("household_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.UUID("guardian_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.String("subject").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Personal)).Comment("What it is about, in a few words."),
		field.Enum("status").Values("OPEN", "PENDING", "CLOSED").Default("OPEN").Annotations(rule.Of(rule.Internal).Filtered()).
			Comment("Whether it waits for the studio (OPEN), for the family (PENDING) or is done."),
	}
}

// Edges of a ticket.
func (Ticket) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("household", Household.Type).Ref("tickets").Unique().Field("household_id"),
		edge.From("guardian", Guardian.Type).Ref("tickets").Unique().Field("guardian_id"),
		edge.To("replies", TicketReply.Type),
	}
}

// Indexes of a ticket.
func (Ticket) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "household_id", "id"), index.Fields("tenant_id", "guardian_id", "id"),
		index.Fields("tenant_id", "status", "id"),
	}
}
