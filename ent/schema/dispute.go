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

// Dispute is a payment that the payer has contested.
type Dispute struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Dispute) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "dispute",
		Keep:     rule.AsLongAsBooks,
		Features: rule.Events,
		Access: rule.Access{
			viewer.Owner: rule.Keep, viewer.Admin: rule.Keep, viewer.FrontDesk: rule.ReadOnly,
		},
		About: "A payment that the payer has contested with the bank.",
	}}}
}

// Fields of a dispute.
func (Dispute) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("payment_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Int64("amount").Positive().Immutable().Annotations(rule.Of(rule.Internal).As(rule.MinorUnits).ByVerb()).Comment("Amount that is contested, in minor units."),
		field.String("currency").MinLen(3).MaxLen(3).Immutable().Annotations(rule.Of(rule.Internal).As(rule.Currency).ByVerb()).Comment("Currency of the amount, ISO 4217."),
		field.String("reason").Default("").MaxLen(200).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why, in the provider's word, such as duplicate."),
		field.Enum("status").Values("OPEN", "WON", "LOST").Default("OPEN").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Where it stands. The studio keeps the money of one that it won."),
		field.String("reference").NotEmpty().MaxLen(255).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The provider's id of the dispute."),
		field.Time("due_by").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Until when the studio may answer; null where it cannot."),
	}
}

// Edges of a dispute.
func (Dispute) Edges() []ent.Edge {
	return []ent.Edge{edge.From("payment", Payment.Type).Ref("disputes").Unique().Required().Immutable().Field("payment_id")}
}

// Indexes of a dispute.
func (Dispute) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "reference").Unique(),
		index.Fields("tenant_id", "payment_id", "id"), index.Fields("tenant_id", "status", "id"),
	}
}
