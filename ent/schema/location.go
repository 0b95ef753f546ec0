package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Location is a place where classes are held.
type Location struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Location) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "location",
		Keep:       rule.AsLongAsStudio,
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.ReadOnly, viewer.Public: rule.ReadOnly,
		},
		About: "A place where classes are held, with its own time zone.",
	}}}
}

// Fields of a location.
func (Location) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Public).Ordered()).Comment("Name of the place, such as Main Street studio."),
		field.String("time_zone").Default("America/New_York").MaxLen(64).Annotations(rule.Of(rule.Public)).Comment("IANA time zone, such as America/New_York."),
		field.String("address").Optional().Nillable().MaxLen(400).Annotations(rule.Of(rule.Public)).Comment("Postal address on one line."),
	}
}

// Edges of a location.
func (Location) Edges() []ent.Edge { return []ent.Edge{edge.To("classes", Class.Type)} }

// Indexes of a location.
func (Location) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "name", "id")}
}
