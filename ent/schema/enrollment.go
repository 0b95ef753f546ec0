package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Enrollment is a student's seat in a class.
type Enrollment struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Enrollment) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "enrollment",
		Keep:       rule.AsLongAsFamily,
		Features:   rule.Versions | rule.ExternalReferences | rule.Events | rule.CustomFields,
		Operations: rule.Update,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.Own(rule.Read | rule.Create | rule.Update),
		},
		Household: "household_id",
		About:     "A student's seat in a class. One student has at most one live enrollment in a class.",
	}}}
}

// Fields of an enrollment.
func (Enrollment) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("class_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()),
		field.UUID("student_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()),
		field.UUID("household_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Enum("status").Values("ACTIVE", "DROPPED", "COMPLETED").Default("ACTIVE").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Where the enrollment stands. Only an active one takes a seat."),
		field.Time("enrolled_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Ordered()).Comment("When the seat was taken."),
		field.Time("dropped_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the seat was given back; null while it is taken."),
	}
}

// Edges of an enrollment.
func (Enrollment) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("class", Class.Type).Ref("enrollments").Unique().Required().Immutable().Field("class_id"),
		edge.From("student", Student.Type).Ref("enrollments").Unique().Required().Immutable().Field("student_id"),
		edge.From("household", Household.Type).Ref("enrollments").Unique().Required().Immutable().Field("household_id"),
		edge.To("invoice_lines", InvoiceLine.Type),
	}
}

// Indexes of an enrollment.
func (Enrollment) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "class_id", "student_id").Unique().Annotations(entsql.IndexWhere("status = 'ACTIVE'")).
			StorageKey("enrollments_one_live"),
		index.Fields("tenant_id", "student_id", "id"), index.Fields("tenant_id", "class_id", "id"),
		index.Fields("tenant_id", "household_id", "id"), index.Fields("tenant_id", "enrolled_at", "id"),
		index.Fields("tenant_id", "status", "id"),
	}
}
