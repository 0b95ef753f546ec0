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
		About:     "Money of a payment that is given back. What it is about never changes; a provider that gives it back says later whether it did.",
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
		field.Enum("status").Values("PENDING", "SUCCEEDED", "FAILED").Default("SUCCEEDED").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Whether the provider still has to give the money back, has done so or could not. A refund that FAILED counts for nothing."),
		field.String("provider").Default("").MaxLen(32).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("The billing provider that gives the money back, such as stripe; empty where the studio gave it back itself."),
		field.String("reference").Optional().Nillable().MaxLen(255).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("The provider's id of the refund; null until it has one and where the studio gave the money back itself."),
		field.String("failure_code").Default("").MaxLen(100).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Why it failed, in the provider's word, such as expired_or_canceled_card; empty where it did not."),
		field.Time("refunded_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was given back, or the provider was asked to."),
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
		index.Fields("tenant_id", "household_id", "id"), index.Fields("tenant_id", "status", "id"),
	}
}
