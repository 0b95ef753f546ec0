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

// Membership ties a user to a tenant in one role.
type Membership struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Membership) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "membership",
		Features: rule.Events,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All,
			viewer.FrontDesk: rule.ReadOnly, viewer.Guardian: rule.Own(rule.Read),
		},
		Household: "household_id",
		About:     "A person's place at a studio: who they are and what they may do.",
	}}}
}

// Fields of a membership.
func (Membership) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("user_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.UUID("household_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.String("email").NotEmpty().MaxLen(254).Annotations(rule.Of(rule.Personal).As(rule.Email).ByVerb().Filtered()).
			Comment("The address the person signs in with."),
		field.String("name").Default("").MaxLen(200).Annotations(rule.Of(rule.Personal).ByVerb()).
			Comment("The person's name."),
		field.Enum("role").Values("OWNER", "ADMIN", "FRONT_DESK", "TEACHER", "GUARDIAN").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What the person may do at the studio."),
		field.Enum("status").Values("INVITED", "ACTIVE", "REVOKED").Default("INVITED").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Whether the invitation has been accepted and still holds."),
		field.Bytes("invite_hash").Optional().Nillable().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Time("invite_expires_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When the invitation stops working; null once it is accepted."),
	}
}

// Edges of a membership.
func (Membership) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("memberships").Unique().Field("user_id"),
		edge.From("household", Household.Type).Ref("memberships").Unique().Field("household_id"),
		edge.To("sessions", AuthSession.Type), edge.To("announcement_reads", AnnouncementRead.Type),
	}
}

// Indexes of a membership.
func (Membership) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "email").Unique(),
		index.Fields("tenant_id", "user_id"),
		index.Fields("tenant_id", "household_id"),
		index.Fields("user_id"),
		index.Fields("invite_hash"),
	}
}
