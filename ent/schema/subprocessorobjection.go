package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// SubprocessorObjection keeps a sub-processor from a studio's data.
type SubprocessorObjection struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (SubprocessorObjection) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "subprocessorobjection",
		Keep:     rule.AsLongAsStudio,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: rule.Keep, viewer.Admin: rule.Keep},
		About:    "The studio's objection to a sub-processor. While it stands, nothing of the studio is sent there.",
	}}}
}

// Fields of an objection.
func (SubprocessorObjection) Fields() []ent.Field {
	return []ent.Field{
		field.String("provider").NotEmpty().MaxLen(32).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Short name of the sub-processor, such as stripe."),
		field.String("reason").Default("").MaxLen(1000).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why the studio objects."),
		field.String("objected_by").MaxLen(200).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who objected."),
		field.Time("withdrawn_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the studio withdrew it; null while it stands."),
	}
}

// Indexes of an objection.
func (SubprocessorObjection) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "provider").Unique()}
}
