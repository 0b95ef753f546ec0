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

// InboundMessage is what a provider told the studio.
type InboundMessage struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (InboundMessage) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "inboundmessage",
		Keep:   rule.ForAMonth,
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "A message that a provider sent to the studio, and what came of it.",
	}}}
}

// Fields of an inbound message.
func (InboundMessage) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("integration_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.String("remote_id").NotEmpty().MaxLen(255).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The provider's id of the message. One that comes again is not handled again."),
		field.String("type").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What it is about, in the provider's word, such as charge.refunded."),
		field.Bytes("body").Immutable().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()), // sealed
		field.Enum("status").Values("RECEIVED", "HANDLED", "IGNORED", "FAILED").Default("RECEIVED").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Where it stands. Ignored are messages that change nothing."),
		field.String("note").Default("").MaxLen(1024).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What came of it, or why it failed."),
		field.Int("attempts").Default(0).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How often it was tried to handle it."),
		field.Time("received_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it came."),
		field.Time("handled_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was handled; null until then."),
	}
}

// Edges of an inbound message.
func (InboundMessage) Edges() []ent.Edge {
	return []ent.Edge{edge.From("integration", Integration.Type).Ref("inbound_messages").Unique().Required().Immutable().Field("integration_id")}
}

// Indexes of an inbound message.
func (InboundMessage) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "integration_id", "remote_id").Unique(),
		index.Fields("tenant_id", "integration_id", "id"), index.Fields("tenant_id", "status", "id"),
	}
}
