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

// AccessReviewItem is one membership, key or app that a review looks at.
type AccessReviewItem struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (AccessReviewItem) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "accessreviewitem",
		Keep:     rule.WithParent,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: rule.Keep, viewer.Admin: rule.Keep},
		About:    "One membership, one API key or one app that a review looks at, and what was decided of it.",
	}}}
}

// Fields of an access review item.
func (AccessReviewItem) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("access_review_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("membership_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("api_key_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.UUID("app_installation_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Enum("decision").Values("PENDING", "KEPT", "REVOKED", "LAPSED").Default("PENDING").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What was decided. LAPSED was not reviewed in time and lost its access."),
		field.String("decided_by").Default("").MaxLen(200).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who decided; empty until then."),
		field.Time("decided_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was decided; null until then."),
	}
}

// Edges of an access review item.
func (AccessReviewItem) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("access_review", AccessReview.Type).Ref("items").Unique().Required().Immutable().Field("access_review_id"),
		edge.From("membership", Membership.Type).Ref("review_items").Unique().Immutable().Field("membership_id"),
		edge.From("api_key", APIKey.Type).Ref("review_items").Unique().Immutable().Field("api_key_id"),
		edge.From("app_installation", AppInstallation.Type).Ref("review_items").Unique().Immutable().Field("app_installation_id"),
	}
}

// Indexes of an access review item.
func (AccessReviewItem) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "access_review_id", "id"),
		index.Fields("tenant_id", "membership_id", "id"), index.Fields("tenant_id", "api_key_id", "id"), index.Fields("tenant_id", "app_installation_id", "id"),
	}
}
