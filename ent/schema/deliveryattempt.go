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

// DeliveryAttempt is one try of a delivery.
type DeliveryAttempt struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (DeliveryAttempt) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "attempt",
		Keep:   rule.ForAMonth,
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "One try of a delivery and what came of it.",
	}}}
}

// Fields of an attempt.
func (DeliveryAttempt) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("delivery_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Int("number").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Which try it was, from 1."),
		field.Int("status_code").Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("HTTP status of the answer; null where there was none."),
		field.Int("latency_ms").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Time from sending to the answer, in milliseconds."),
		field.String("excerpt").Default("").MaxLen(4096).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Beginning of the answer."),
		field.String("error").Default("").MaxLen(1024).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why it failed; empty where it did not."),
		field.Time("attempted_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was tried."),
	}
}

// Edges of an attempt.
func (DeliveryAttempt) Edges() []ent.Edge {
	return []ent.Edge{edge.From("delivery", Delivery.Type).Ref("log").Unique().Required().Immutable().Field("delivery_id")}
}

// Indexes of an attempt.
func (DeliveryAttempt) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "delivery_id", "id")}
}
