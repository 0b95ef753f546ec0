package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// TuitionPlan is a price.
type TuitionPlan struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (TuitionPlan) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "tuitionplan",
		Keep:       rule.AsLongAsStudio,
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.ReadOnly,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.ReadOnly, viewer.Public: rule.ReadOnly,
		},
		About: "A price: what a class costs and how often.",
	}}}
}

// Fields of a tuition plan.
func (TuitionPlan) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Public).Ordered()).Comment("Name of the plan, such as Once a week."),
		field.Int64("amount").Min(0).Max(1e12).Annotations(rule.Of(rule.Public).As(rule.MinorUnits)).Comment("Price for one interval, in minor units of the currency: 9500 is 95.00 USD."),
		field.String("currency").Default("USD").MinLen(3).MaxLen(3).Annotations(rule.Of(rule.Public).As(rule.Currency)).Comment("Currency of the price, ISO 4217."),
		field.Enum("interval").Values("MONTH", "SEASON").Default("MONTH").Annotations(rule.Of(rule.Public)).Comment("How often the price is due."),
	}
}

// Edges of a tuition plan.
func (TuitionPlan) Edges() []ent.Edge {
	return []ent.Edge{edge.To("classes", Class.Type), edge.To("tuition_subscriptions", TuitionSubscription.Type)}
}

// Indexes of a tuition plan.
func (TuitionPlan) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "name", "id")}
}
