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
		Keep:     rule.AsLongAsStudio,
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
		// Narrows the role to what the studio lets its holder do.
		field.UUID("custom_role_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()),
		// The person as staff, for the scope own.
		field.UUID("staff_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()),
		// The places of the scope location.
		field.Strings("location_ids").Optional().Annotations(rule.Of(rule.Internal).Unseen().ByVerb()),
		field.Bytes("invite_hash").Optional().Nillable().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Time("invite_expires_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When the invitation stops working; null once it is accepted."),
		field.Time("password_reset_requested_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When somebody last asked for a new password for the person; null for never."),
		field.Time("verification_requested_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When the person was last asked to prove that the address is theirs; null for never."),
		// Who the person is at the studio's identity provider: its name for them,
		// which stays when the address changes.
		field.UUID("identity_provider_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.String("subject").Optional().Nillable().MaxLen(255).Annotations(rule.Of(rule.Personal).Unseen().ByVerb()),
	}
}

// Edges of a membership.
func (Membership) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("memberships").Unique().Field("user_id"),
		edge.From("household", Household.Type).Ref("memberships").Unique().Field("household_id"),
		edge.From("custom_role", CustomRole.Type).Ref("memberships").Unique().Field("custom_role_id"),
		edge.From("staff", Staff.Type).Ref("memberships").Unique().Field("staff_id"),
		edge.To("sessions", AuthSession.Type),
		edge.To("review_items", AccessReviewItem.Type),
		edge.To("sign_in_tokens", SignInToken.Type),
		edge.To("announcement_reads", AnnouncementRead.Type),
	}
}

// Indexes of a membership.
func (Membership) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "email").Unique(),
		index.Fields("tenant_id", "user_id"),
		index.Fields("tenant_id", "household_id"),
		index.Fields("tenant_id", "custom_role_id"), index.Fields("tenant_id", "staff_id"),
		index.Fields("tenant_id", "identity_provider_id", "subject").Unique(),
		index.Fields("user_id"),
		index.Fields("invite_hash"),
	}
}
