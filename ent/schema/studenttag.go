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

// StudentTag is a tag on a student.
type StudentTag struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (StudentTag) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "studenttag",
		Keep:       rule.AsLongAsFamily,
		Features:   rule.RecycleBin | rule.Events,
		Operations: rule.Create | rule.Delete,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.All, viewer.Teacher: rule.ReadOnly,
		},
		About: "A tag on a student.",
	}}}
}

// Fields of a tagging.
func (StudentTag) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("student_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).Once()),
		field.UUID("tag_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).Once().Filtered()),
	}
}

// Edges of a tagging.
func (StudentTag) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("student", Student.Type).Ref("taggings").Unique().Required().Immutable().Field("student_id"),
		edge.From("tag", Tag.Type).Ref("taggings").Unique().Required().Immutable().Field("tag_id"),
	}
}

// Indexes of a tagging.
func (StudentTag) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "student_id", "tag_id").Unique().Annotations(entsql.IndexWhere("deleted_at IS NULL")),
		index.Fields("tenant_id", "tag_id", "id"),
		index.Fields("tenant_id", "student_id", "id"),
	}
}
