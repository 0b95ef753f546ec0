package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Season is a stretch of dates in which classes run.
type Season struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Season) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "season",
		Keep:       rule.AsLongAsStudio,
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.ReadOnly, viewer.Public: rule.ReadOnly,
		},
		About: "A stretch of dates in which classes run, such as Fall 2026.",
	}}}
}

// Fields of a season.
func (Season) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Public)).Comment("Name of the season, such as Fall 2026."),
		field.Time("starts_on").Annotations(rule.Of(rule.Public).As(rule.Date).Ordered()).
			SchemaType(map[string]string{"postgres": "date"}).Comment("First day; ages are counted on it."),
		field.Time("ends_on").Annotations(rule.Of(rule.Public).As(rule.Date)).
			SchemaType(map[string]string{"postgres": "date"}).Comment("Last day."),
	}
}

// Edges of a season.
func (Season) Edges() []ent.Edge { return []ent.Edge{edge.To("classes", Class.Type)} }

// Indexes of a season.
func (Season) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "starts_on", "id")}
}
