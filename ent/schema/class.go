package schema

import (
	"regexp"

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

// Class is an offering of a program in a season, with seats.
type Class struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Class) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "class",
		Keep:       rule.AsLongAsStudio,
		Plural:     "classes",
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events | rule.CustomFields,
		Operations: rule.Update | rule.Delete,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.ReadOnly, viewer.Public: rule.ReadOnly,
		},
		About: "An offering of a program in a season, at a place and a time, with a number of seats.",
	}}}
}

// Fields of a class.
func (Class) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("program_id", uuid.UUID{}).Annotations(rule.Of(rule.Public).Filtered()),
		field.UUID("season_id", uuid.UUID{}).Annotations(rule.Of(rule.Public).Filtered()),
		field.UUID("location_id", uuid.UUID{}).Annotations(rule.Of(rule.Public)),
		field.UUID("teacher_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Public)),
		field.UUID("tuition_plan_id", uuid.UUID{}).Annotations(rule.Of(rule.Public)),
		field.String("name").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Public).Ordered()).Comment("Name of the class, such as Ballet II – Tuesday."),
		field.Enum("status").Values("DRAFT", "OPEN", "CLOSED").Default("OPEN").Annotations(rule.Of(rule.Public).Filtered()).
			Comment("Whether families can see the class and enroll."),
		field.Enum("weekday").Values("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY").
			Annotations(rule.Of(rule.Public)).Comment("Day of the week on which the class meets."),
		field.String("starts_at").MaxLen(5).Match(clock).Annotations(rule.Of(rule.Public)).Comment("Local time at which the class begins, as 16:00."),
		field.Int("duration_minutes").Min(5).Max(600).Annotations(rule.Of(rule.Public)).Comment("Length of one meeting in minutes."),
		field.Int("capacity").Min(0).Max(10000).Annotations(rule.Of(rule.Public).ByVerb()).Comment("Number of seats. Change it with setClassCapacity."),
		field.Int("open_seats").Min(0).Annotations(rule.Of(rule.Public).ByVerb().Filtered()).Comment("Seats that are neither taken nor held."),
	}
}

// Edges of a class.
func (Class) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("program", Program.Type).Ref("classes").Unique().Required().Field("program_id"),
		edge.From("season", Season.Type).Ref("classes").Unique().Required().Field("season_id"),
		edge.From("location", Location.Type).Ref("classes").Unique().Required().Field("location_id"),
		edge.From("teacher", Staff.Type).Ref("classes").Unique().Field("teacher_id"),
		edge.From("tuition_plan", TuitionPlan.Type).Ref("classes").Unique().Required().Field("tuition_plan_id"),
		edge.To("enrollments", Enrollment.Type), edge.To("waitlist_entries", WaitlistEntry.Type),
	}
}

// Indexes of a class.
func (Class) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "name", "id"), index.Fields("tenant_id", "status", "open_seats"),
		index.Fields("tenant_id", "program_id", "id"), index.Fields("tenant_id", "season_id", "id"),
		index.Fields("tenant_id", "location_id"), index.Fields("tenant_id", "teacher_id"),
		index.Fields("tenant_id", "tuition_plan_id"), index.Fields("tenant_id", "open_seats"),
	}
}

// Annotations hold the invariant of seats where nothing can step around it.
func (Class) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Checks(map[string]string{
		"classes_seats": "open_seats >= 0 AND open_seats <= capacity",
	})}
}

// clock is a local time of day, from 00:00 to 23:59.
var clock = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
