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

// Student is a person who takes classes.
type Student struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Student) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "student",
		Keep:       rule.AsLongAsFamily,
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events | rule.CustomFields,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.Own(rule.Read | rule.Create | rule.Update),
		},
		Owns:      []string{"taggings", "notes"},
		Household: "household_id",
		About:     "A person who takes classes; often a child, so handled with care.",
	}}}
}

// Fields of a student.
func (Student) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("household_id", uuid.UUID{}).Annotations(rule.Of(rule.Internal)),
		field.String("first_name").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Personal)).Comment("Given name."),
		field.String("last_name").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Personal).Ordered()).Comment("Family name."),
		field.Time("birth_date").Annotations(rule.Of(rule.Personal).As(rule.Date).Ordered()).
			SchemaType(map[string]string{"postgres": "date"}).Comment("Date of birth, which decides age limits."),
		field.Int("level").Default(1).Min(1).Max(12).Annotations(rule.Of(rule.Internal)).Comment("Level reached, from 1 to 12; a program may ask for a least level."),
		field.String("medical_note").Optional().Nillable().Validate(rule.AtMost(2000)).Annotations(rule.Of(rule.Sensitive)).
			Comment("What a teacher must know in an emergency."),
	}
}

// Edges of a student.
func (Student) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("household", Household.Type).Ref("students").Unique().Required().Field("household_id"),
		edge.To("enrollments", Enrollment.Type), edge.To("waitlist_entries", WaitlistEntry.Type),
		edge.To("taggings", StudentTag.Type), edge.To("notes", Note.Type), edge.To("invoices", Invoice.Type),
	}
}

// Indexes of a student.
func (Student) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "last_name", "id"), index.Fields("tenant_id", "birth_date", "id"),
		index.Fields("tenant_id", "household_id", "id"),
	}
}
