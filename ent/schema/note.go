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

// Note is what staff write down about a household or a student.
type Note struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Note) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "note",
		Keep:       rule.AsLongAsFamily,
		Features:   rule.RecycleBin | rule.Versions | rule.Events,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.All,
		},
		About: "What staff write down about a household or one of its students. Families never see it.",
	}}}
}

// Fields of a note.
func (Note) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("household_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).Once()),
		field.UUID("student_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).Once()),
		field.String("body").NotEmpty().Validate(rule.AtMost(10000)).Annotations(rule.Of(rule.Sensitive)).Comment("The text."),
	}
}

// Edges of a note.
func (Note) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("household", Household.Type).Ref("notes").Unique().Required().Immutable().Field("household_id"),
		edge.From("student", Student.Type).Ref("notes").Unique().Immutable().Field("student_id"),
	}
}

// Indexes of a note.
func (Note) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "household_id", "id"), index.Fields("tenant_id", "student_id", "id")}
}
