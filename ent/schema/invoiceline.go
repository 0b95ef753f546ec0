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

// InvoiceLine is one position of an invoice.
type InvoiceLine struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (InvoiceLine) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "invoiceline",
		Keep:   rule.AsLongAsBooks,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Guardian: rule.Own(rule.Read),
		},
		Household: "household_id",
		About:     "One position of an invoice.",
	}}}
}

// Fields of an invoice line.
func (InvoiceLine) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("invoice_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("household_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.UUID("enrollment_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.String("description").NotEmpty().MaxLen(400).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What the line is for."),
		field.Int("quantity").Default(1).Min(1).Max(10000).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How many."),
		field.Int64("unit_amount").Min(0).Immutable().Annotations(rule.Of(rule.Internal).As(rule.MinorUnits).ByVerb()).Comment("Price of one, in minor units."),
		field.Int64("amount").Min(0).Immutable().Annotations(rule.Of(rule.Internal).As(rule.MinorUnits).ByVerb()).Comment("Quantity times unit amount, in minor units."),
	}
}

// Edges of an invoice line.
func (InvoiceLine) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("invoice", Invoice.Type).Ref("lines").Unique().Required().Immutable().Field("invoice_id"),
		edge.From("household", Household.Type).Ref("invoice_lines").Unique().Required().Immutable().Field("household_id"),
		edge.From("enrollment", Enrollment.Type).Ref("invoice_lines").Unique().Immutable().Field("enrollment_id"),
	}
}

// Indexes of an invoice line.
func (InvoiceLine) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "invoice_id", "id"), index.Fields("tenant_id", "household_id", "id"),
		index.Fields("tenant_id", "enrollment_id", "id"),
	}
}
