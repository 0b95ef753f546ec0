package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Tag is a word that staff put on students.
type Tag struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Tag) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "tag",
		Keep:       rule.AsLongAsStudio,
		Features:   rule.RecycleBin | rule.ExternalReferences | rule.Events,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.All, viewer.Teacher: rule.ReadOnly,
		},
		About: "A word that staff put on students to find them again.",
	}}}
}

// Fields of a tag.
func (Tag) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(60).Annotations(rule.Of(rule.Internal).Ordered()).Comment("The word itself; one of a kind within the studio."),
	}
}

// Edges of a tag.
func (Tag) Edges() []ent.Edge { return []ent.Edge{edge.To("taggings", StudentTag.Type)} }

// Indexes of a tag.
func (Tag) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "name").Unique().Annotations(entsql.IndexWhere("deleted_at IS NULL")),
		index.Fields("tenant_id", "name", "id"),
	}
}
