package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Invoice is what a household owes.
type Invoice struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Invoice) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "invoice",
		Keep:       rule.AsLongAsBooks,
		Features:   rule.Versions | rule.ExternalReferences | rule.Events,
		Operations: rule.Update,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Guardian: rule.Own(rule.Read),
		},
		Household: "household_id",
		About:     "What a household owes. Its lines add up to the total; once issued, they never change.",
	}}}
}

// Fields of an invoice.
func (Invoice) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("household_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("student_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Int("number").Immutable().Positive().Annotations(rule.Of(rule.Internal).ByVerb().Ordered()).Comment("Number of the invoice, without gaps within the studio."),
		field.Enum("status").Values("OPEN", "PAID", "VOID").Default("OPEN").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).Comment("Where the invoice stands."),
		field.String("currency").MinLen(3).MaxLen(3).Immutable().Annotations(rule.Of(rule.Internal).As(rule.Currency).ByVerb()).Comment("Currency of every amount, ISO 4217."),
		field.Int64("total").Min(0).Immutable().Annotations(rule.Of(rule.Internal).As(rule.MinorUnits).ByVerb()).Comment("Sum of the lines, in minor units."),
		field.Int64("amount_paid").Default(0).Min(0).Annotations(rule.Of(rule.Internal).As(rule.MinorUnits).ByVerb()).Comment("Sum of the payments, in minor units."),
		field.Int64("amount_refunded").Default(0).Min(0).Annotations(rule.Of(rule.Internal).As(rule.MinorUnits).ByVerb()).Comment("Sum of the refunds, in minor units."),
		field.Time("attempt_failed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the provider last failed to collect it; null where it did not."),
		field.String("failure_code").Default("").MaxLen(100).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why collecting failed, in the provider's word, such as card_declined; empty where it did not."),
		field.String("biller").Default("").MaxLen(32).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("The billing provider that collects it, such as stripe; empty where the studio collects it itself."),
		field.String("payment_url").Optional().Nillable().MaxLen(2048).Annotations(rule.Of(rule.Internal).As(rule.URL).ByVerb()).
			Comment("The biller's page on which the household can pay it; null where it named none."),
		field.Time("issued_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the invoice was issued."),
		field.Time("due_on").Immutable().Annotations(rule.Of(rule.Internal).As(rule.Date).ByVerb().Ordered()).
			SchemaType(map[string]string{"postgres": "date"}).Comment("Day on which it is due."),
	}
}

// Edges of an invoice.
func (Invoice) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("household", Household.Type).Ref("invoices").Unique().Required().Immutable().Field("household_id"),
		edge.From("student", Student.Type).Ref("invoices").Unique().Immutable().Field("student_id"),
		edge.To("lines", InvoiceLine.Type), edge.To("payments", Payment.Type), edge.To("refunds", Refund.Type),
	}
}

// Indexes of an invoice.
func (Invoice) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "number").Unique(),
		index.Fields("tenant_id", "number", "id"),
		index.Fields("tenant_id", "status", "due_on", "id"), index.Fields("tenant_id", "due_on", "id"),
		index.Fields("tenant_id", "household_id", "id"), index.Fields("tenant_id", "student_id", "id"),
	}
}

// Annotations hold the invariant of payments where nothing can step around it.
func (Invoice) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Checks(map[string]string{
		"invoices_refunded": "amount_refunded >= 0 AND amount_refunded <= amount_paid",
		"invoices_paid":     "amount_paid >= 0 AND amount_paid <= total AND (status <> 'PAID' OR amount_paid = total)",
	})}
}
