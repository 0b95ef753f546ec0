package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
)

// AnnouncementRead says that one member has read one announcement.
type AnnouncementRead struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (AnnouncementRead) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{Prefix: "announcementread", Keep: rule.WithParent, Hidden: true}}}
}

// Fields of a read.
func (AnnouncementRead) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("announcement_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal)),
		field.UUID("membership_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal)),
	}
}

// Edges of a read.
func (AnnouncementRead) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("announcement", Announcement.Type).Ref("reads").Unique().Required().Immutable().Field("announcement_id"),
		edge.From("membership", Membership.Type).Ref("announcement_reads").Unique().Required().Immutable().Field("membership_id"),
	}
}

// Indexes of a read.
func (AnnouncementRead) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "announcement_id", "membership_id").Unique(),
		index.Fields("tenant_id", "membership_id", "id"),
	}
}
