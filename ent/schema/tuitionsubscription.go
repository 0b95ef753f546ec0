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

// TuitionSubscription is tuition that a provider collects again and again.
type TuitionSubscription struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (TuitionSubscription) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "subscription",
		Keep:     rule.AsLongAsBooks,
		Features: rule.Events,
		Access: rule.Access{
			viewer.Owner: rule.Keep, viewer.Admin: rule.Keep, viewer.FrontDesk: rule.ReadOnly,
			viewer.Guardian: rule.Own(rule.Read),
		},
		Household: "household_id",
		About:     "Tuition that a billing provider collects from a household at each interval.",
	}}}
}

// Fields of a subscription.
func (TuitionSubscription) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("household_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("tuition_plan_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Enum("status").Values("ACTIVE", "PAST_DUE", "CANCELED").Default("ACTIVE").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Where it stands. One that is past due is still tried to be collected."),
		field.String("provider").NotEmpty().MaxLen(32).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The provider that collects, such as recurly."),
		field.String("reference").NotEmpty().MaxLen(255).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The provider's id of the subscription."),
		field.Time("canceled_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was canceled; null where it was not."),
	}
}

// Edges of a subscription.
func (TuitionSubscription) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("household", Household.Type).Ref("tuition_subscriptions").Unique().Required().Immutable().Field("household_id"),
		edge.From("tuition_plan", TuitionPlan.Type).Ref("tuition_subscriptions").Unique().Field("tuition_plan_id"),
	}
}

// Indexes of a subscription.
func (TuitionSubscription) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "provider", "reference").Unique(),
		index.Fields("tenant_id", "household_id", "id"), index.Fields("tenant_id", "tuition_plan_id", "id"),
		index.Fields("tenant_id", "status", "id"),
	}
}
