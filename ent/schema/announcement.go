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

// Announcement is what Barre tells a studio. Each studio has its own copy, so
// that one may concern it alone.
type Announcement struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Announcement) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "announcement",
		Keep:     rule.AsLongAsPlatform,
		Features: rule.Events,
		Access: rule.Access{
			viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly,
			viewer.FrontDesk: rule.ReadOnly, viewer.Teacher: rule.ReadOnly,
		},
		About: "What Barre tells the studio: news of the product, and notices that it owes.",
	}}}
}

// Fields of an announcement.
func (Announcement) Fields() []ent.Field {
	return []ent.Field{
		// What it is of, so that nothing is told twice.
		field.String("slug").NotEmpty().MaxLen(100).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Short name of what is told, such as feature-waitlists."),
		field.Enum("kind").Values("PRODUCT_UPDATE", "MESSAGE", "SUBPROCESSOR").Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("What kind of news it is."),
		field.String("title").NotEmpty().MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What it is about, in one line."),
		field.Text("body").MaxLen(10000).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The text, plain."),
		field.String("link").Optional().Nillable().MaxLen(2048).Immutable().Annotations(rule.Of(rule.Internal).As(rule.URL).ByVerb()).Comment("Where there is more; null where there is none."),
		field.Time("published_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was told."),
	}
}

// Edges of an announcement.
func (Announcement) Edges() []ent.Edge {
	return []ent.Edge{edge.To("reads", AnnouncementRead.Type).Annotations(entsql.OnDelete(entsql.Cascade))}
}

// Indexes of an announcement.
func (Announcement) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "slug").Unique(), index.Fields("tenant_id", "kind", "id")}
}
