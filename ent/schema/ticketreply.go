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

// TicketReply is what one side has written in a ticket.
type TicketReply struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (TicketReply) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "ticketreply",
		Keep:       rule.AsLongAsContact,
		Plural:     "ticketReplies",
		Features:   rule.Events,
		Operations: rule.Create,
		Access: rule.Access{
			viewer.Owner: rule.Keep, viewer.Admin: rule.Keep, viewer.FrontDesk: rule.Keep,
		},
		About: "What the studio or the family has written in a ticket. A reply is never changed.",
	}}}
}

// Fields of a reply.
func (TicketReply) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("ticket_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).Once()),
		field.Enum("author").Values("STAFF", "FAMILY").Immutable().Annotations(rule.Of(rule.Internal).Once()).Comment("Which side wrote it."),
		field.String("text").NotEmpty().Validate(rule.AtMost(20000)).Immutable().Annotations(rule.Of(rule.Sensitive).Once()).Comment("The text."),
		field.String("reference").Optional().Nillable().MaxLen(255).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The support provider's id of the reply; null where it was written in Barre."),
	}
}

// Edges of a reply.
func (TicketReply) Edges() []ent.Edge {
	return []ent.Edge{edge.From("ticket", Ticket.Type).Ref("replies").Unique().Required().Immutable().Field("ticket_id")}
}

// Indexes of a reply.
func (TicketReply) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "reference").Unique(), index.Fields("tenant_id", "ticket_id", "id")}
}
