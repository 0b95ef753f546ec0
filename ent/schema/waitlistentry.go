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

// WaitlistEntry is a student's place in the line for a class.
type WaitlistEntry struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (WaitlistEntry) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "waitlistentry",
		Keep:     rule.AsLongAsFamily,
		Plural:   "waitlistEntries",
		Features: rule.Versions | rule.Events,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.Own(rule.Read | rule.Create | rule.Update),
		},
		Household: "household_id",
		About:     "A student's place in the line for a full class. The line is first come, first served.",
	}}}
}

// Fields of a waitlist entry.
func (WaitlistEntry) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("class_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()),
		field.UUID("student_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("household_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Enum("status").Values("WAITING", "ENROLLED", "LEFT").Default("WAITING").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Whether the student still waits."),
		field.Time("joined_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Ordered()).Comment("When the student joined the line, which is its order."),
	}
}

// Edges of a waitlist entry.
func (WaitlistEntry) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("class", Class.Type).Ref("waitlist_entries").Unique().Required().Immutable().Field("class_id"),
		edge.From("student", Student.Type).Ref("waitlist_entries").Unique().Required().Immutable().Field("student_id"),
		edge.From("household", Household.Type).Ref("waitlist_entries").Unique().Required().Immutable().Field("household_id"),
	}
}

// Indexes of a waitlist entry.
func (WaitlistEntry) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "class_id", "student_id").Unique().Annotations(entsql.IndexWhere("status = 'WAITING'")).
			StorageKey("waitlist_entries_one_live"),
		index.Fields("tenant_id", "class_id", "joined_at", "id"), index.Fields("tenant_id", "joined_at", "id"),
		index.Fields("tenant_id", "student_id", "id"), index.Fields("tenant_id", "household_id", "id"),
	}
}
