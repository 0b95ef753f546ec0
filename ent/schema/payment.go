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

// Payment is money received for an invoice.
type Payment struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Payment) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "payment",
		Keep:       rule.AsLongAsBooks,
		Features:   rule.Versions | rule.ExternalReferences | rule.Events,
		Operations: rule.Update,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Guardian: rule.Own(rule.Read),
		},
		Household: "household_id",
		About:     "Money received for an invoice. What was received is never changed.",
	}}}
}

// Fields of a payment.
func (Payment) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("invoice_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("household_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Int64("amount").Positive().Immutable().Annotations(rule.Of(rule.Internal).As(rule.MinorUnits).ByVerb()).Comment("Amount received, in minor units."),
		field.String("currency").MinLen(3).MaxLen(3).Immutable().Annotations(rule.Of(rule.Internal).As(rule.Currency).ByVerb()).Comment("Currency of the amount, ISO 4217."),
		field.Enum("method").Values("CASH", "CHECK", "CARD", "TRANSFER").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How it was paid."),
		field.String("reference").Optional().Nillable().MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The payer's or bank's reference; never a card number."),
		field.String("provider").Default("").MaxLen(32).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The billing provider that took the money, such as stripe; empty where the studio took it itself."),
		field.String("provider_reference").Optional().Nillable().MaxLen(255).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The provider's id of the payment."),
		field.Time("received_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Ordered()).Comment("When it was received."),
	}
}

// Edges of a payment.
func (Payment) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("invoice", Invoice.Type).Ref("payments").Unique().Required().Immutable().Field("invoice_id"),
		edge.From("household", Household.Type).Ref("payments").Unique().Required().Immutable().Field("household_id"),
		edge.To("refunds", Refund.Type), edge.To("disputes", Dispute.Type),
	}
}

// Indexes of a payment.
func (Payment) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "invoice_id", "id"), index.Fields("tenant_id", "household_id", "id"),
		index.Fields("tenant_id", "received_at", "id"), index.Fields("tenant_id", "provider", "provider_reference").Unique(),
	}
}
