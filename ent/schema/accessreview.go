package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// AccessReview is one campaign in which a studio looks at who has access.
type AccessReview struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (AccessReview) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "accessreview",
		Keep:     rule.AsLongAsAudit,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: rule.Keep, viewer.Admin: rule.Keep},
		About:    "A campaign in which the studio looks at everybody and everything that has access. What nobody has looked at by the deadline loses its access.",
	}}}
}

// Fields of an access review.
func (AccessReview) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("status").Values("OPEN", "CLOSED").Default("OPEN").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Whether decisions are still taken."),
		field.Time("due_at").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When what has not been reviewed loses its access."),
		field.String("started_by").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who started it."),
		field.Time("closed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was closed; null while it is open."),
	}
}

// Edges of an access review.
func (AccessReview) Edges() []ent.Edge { return []ent.Edge{edge.To("items", AccessReviewItem.Type)} }

// Indexes of an access review.
func (AccessReview) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "status", "id"), index.Fields("status", "due_at")}
}
