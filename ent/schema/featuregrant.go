package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
)

// FeatureGrant lets one studio use one feature that is not there for all yet.
type FeatureGrant struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (FeatureGrant) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{Prefix: "featuregrant", Keep: rule.AsLongAsStudio, Hidden: true}}}
}

// Fields of a grant.
func (FeatureGrant) Fields() []ent.Field {
	return []ent.Field{
		field.String("feature").NotEmpty().MaxLen(64).Immutable().Annotations(rule.Of(rule.Internal)),
		// Who let it in: the studio itself, or the operator.
		field.Enum("source").Values("OPT_IN", "OPERATOR").Immutable().Annotations(rule.Of(rule.Internal)),
		field.String("granted_by").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal)),
	}
}

// Indexes of a grant.
func (FeatureGrant) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "feature", "source").Unique()}
}
