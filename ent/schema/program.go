package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Program is what is taught; a class is one offering of it.
type Program struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Program) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "program",
		Keep:       rule.AsLongAsStudio,
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.ReadOnly, viewer.Public: rule.ReadOnly,
		},
		About: "What is taught, such as Ballet II, and who may join. A class is one offering of it.",
	}}}
}

// Fields of a program.
func (Program) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Public).Ordered()).Comment("Name of the program, such as Ballet II."),
		field.String("description").Optional().Nillable().MaxLen(4000).Annotations(rule.Of(rule.Public)).Comment("What families read about it."),
		field.Int("min_age").Optional().Nillable().Min(0).Max(120).Annotations(rule.Of(rule.Public)).Comment("Least age in whole years on the first day of the season; null for none."),
		field.Int("max_age").Optional().Nillable().Min(0).Max(120).Annotations(rule.Of(rule.Public)).Comment("Greatest age in whole years on the first day of the season; null for none."),
		field.Int("min_level").Default(1).Min(1).Max(12).Annotations(rule.Of(rule.Public)).Comment("Least level a student must have reached, from 1 to 12."),
	}
}

// Edges of a program.
func (Program) Edges() []ent.Edge { return []ent.Edge{edge.To("classes", Class.Type)} }

// Indexes of a program.
func (Program) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "name", "id")}
}
