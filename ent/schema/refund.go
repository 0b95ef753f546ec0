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

// Refund is money given back.
type Refund struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Refund) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "refund",
		Keep:     rule.AsLongAsBooks,
		Features: rule.Events,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Guardian: rule.Own(rule.Read),
		},
		Household: "household_id",
		About:     "Money of a payment that was given back. A refund is never changed.",
	}}}
}

// Fields of a refund.
func (Refund) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("payment_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("invoice_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("household_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Int64("amount").Positive().Immutable().Annotations(rule.Of(rule.Internal).As(rule.MinorUnits).ByVerb()).Comment("Amount given back, in minor units."),
		field.String("currency").MinLen(3).MaxLen(3).Immutable().Annotations(rule.Of(rule.Internal).As(rule.Currency).ByVerb()).Comment("Currency of the amount, ISO 4217."),
		field.String("reason").Default("").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why; empty where nobody said."),
		field.String("reference").Optional().Nillable().MaxLen(255).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The provider's id of the refund; null where the studio gave the money back itself."),
		field.Time("refunded_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was given back."),
	}
}

// Edges of a refund.
func (Refund) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("payment", Payment.Type).Ref("refunds").Unique().Required().Immutable().Field("payment_id"),
		edge.From("invoice", Invoice.Type).Ref("refunds").Unique().Required().Immutable().Field("invoice_id"),
		edge.From("household", Household.Type).Ref("refunds").Unique().Required().Immutable().Field("household_id"),
	}
}

// Indexes of a refund.
func (Refund) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "reference").Unique(),
		index.Fields("tenant_id", "payment_id", "id"), index.Fields("tenant_id", "invoice_id", "id"),
		index.Fields("tenant_id", "household_id", "id"),
	}
}
