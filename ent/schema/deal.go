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

// Deal is a sale that the studio hopes for.
type Deal struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Deal) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "deal",
		Keep:       rule.AsLongAsContact,
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events | rule.CustomFields,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.All,
		},
		About: "A sale that the studio hopes for: a trial, a party, a family that has asked.",
	}}}
}

// Fields of a deal.
func (Deal) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("household_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.String("title").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Personal).Ordered()).Comment("What it is about, such as Birthday party in May."),
		field.String("stage").Default("").MaxLen(100).Annotations(rule.Of(rule.Internal).Filtered()).Comment("How far it has come, in the studio's words, such as Trial booked."),
		field.Enum("status").Values("OPEN", "WON", "LOST").Default("OPEN").Annotations(rule.Of(rule.Internal).Filtered()).Comment("Whether it is still open and how it ended."),
		field.Int64("value").Default(0).Min(0).Max(1e12).Annotations(rule.Of(rule.Internal).As(rule.MinorUnits)).Comment("What it would bring, in minor units."),
		field.String("currency").Default("USD").MinLen(3).MaxLen(3).Annotations(rule.Of(rule.Internal).As(rule.Currency)).Comment("Currency of the value, ISO 4217."),
		field.String("lost_reason").Default("").MaxLen(300).Annotations(rule.Of(rule.Internal)).Comment("Why it was lost; empty where it was not."),
	}
}

// Edges of a deal.
func (Deal) Edges() []ent.Edge {
	return []ent.Edge{edge.From("household", Household.Type).Ref("deals").Unique().Field("household_id")}
}

// Indexes of a deal.
func (Deal) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "title", "id"), index.Fields("tenant_id", "stage", "id"),
		index.Fields("tenant_id", "status", "id"), index.Fields("tenant_id", "household_id", "id"),
	}
}
