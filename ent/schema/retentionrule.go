package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// RetentionRule is how long a studio keeps one kind of record, where that is
// not how long Barre keeps it by default.
type RetentionRule struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (RetentionRule) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "retentionrule",
		Keep:     rule.AsLongAsStudio,
		Features: rule.Versions | rule.Events,
		Access:   rule.Access{viewer.Owner: rule.All, viewer.Admin: rule.ReadOnly},
		About:    "How long the studio keeps one kind of record, within what the law and Barre allow.",
	}}}
}

// Fields of a rule.
func (RetentionRule) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").Values("FAMILY", "CONTACT", "BOOKS", "AUDIT", "HISTORY").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Which records it is about; retentionPolicy says of each kind what belongs to it."),
		field.Int("days").Min(1).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("For how many days they are kept."),
	}
}

// Indexes of a rule.
func (RetentionRule) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "kind").Unique()}
}
