package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Delivery is one event on its way to one destination.
type Delivery struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Delivery) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "delivery",
		Keep:   rule.ForAMonth,
		Plural: "deliveries",
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "One event on its way to one webhook endpoint or provider.",
	}}}
}

// Fields of a delivery.
func (Delivery) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("event_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("webhook_endpoint_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("integration_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Enum("status").Values("PENDING", "SUCCEEDED", "RETRYING", "FAILED").Default("PENDING").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Where the delivery stands."),
		field.Int64("sequence").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Sequence of the event in the studio's feed."),
		field.Int64("previous_sequence").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Sequence of the event sent to this destination before; 0 for the first. A replay has that of the event's own delivery, or −1 where the event was not sent to this destination before. A receiver that does not know a number above 0 has missed a message."),
		field.Int64("epoch").Default(1).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Epoch of the studio's feed in which the event was first sent to this destination. Each attempt, and each replay, says the same."),
		field.Int("replay").Default(0).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("0 for the delivery that the event itself caused, n for its nth replay."),
		field.String("requested_by").Default("").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who asked for the replay; empty where nobody did."),
		field.Int("attempts").Default(0).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How often it was tried."),
		// What an endpoint's own query was answered, until it has arrived: each attempt sends the same.
		field.Bytes("body").Optional().Nillable().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Time("completed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it succeeded or was given up."),
	}
}

// Edges of a delivery.
func (Delivery) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("event", Event.Type).Ref("deliveries").Unique().Required().Immutable().Field("event_id"),
		edge.From("webhook_endpoint", WebhookEndpoint.Type).Ref("deliveries").Unique().Immutable().Field("webhook_endpoint_id"),
		edge.From("integration", Integration.Type).Ref("deliveries").Unique().Immutable().Field("integration_id"),
		edge.To("log", DeliveryAttempt.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of a delivery.
func (Delivery) Indexes() []ent.Index {
	// Each delivery has one destination, and an entry under that alone.
	hook, account := entsql.IndexWhere("webhook_endpoint_id IS NOT NULL"), entsql.IndexWhere("integration_id IS NOT NULL")
	return []ent.Index{
		index.Fields("tenant_id", "event_id", "webhook_endpoint_id", "replay").Unique().Annotations(hook),
		index.Fields("tenant_id", "event_id", "integration_id", "replay").Unique().Annotations(account),
		index.Fields("tenant_id", "webhook_endpoint_id", "sequence").Annotations(hook),
		index.Fields("tenant_id", "integration_id", "sequence").Annotations(account),
		index.Fields("tenant_id", "status", "id"),
	}
}
