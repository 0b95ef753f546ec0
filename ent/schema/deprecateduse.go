package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// DeprecatedUse counts who still uses what will go.
type DeprecatedUse struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (DeprecatedUse) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "deprecateduse",
		Keep:   rule.ForAYear,
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "How often one caller used one deprecated part of the schema on one day.",
	}}}
}

// Fields of a deprecated use.
func (DeprecatedUse) Fields() []ent.Field {
	return []ent.Field{
		field.String("coordinate").MaxLen(300).Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).Comment("What was used, such as Student.oldField."),
		field.String("caller").MaxLen(64).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who used it: how the API key begins, or session for people."),
		field.Time("day").Immutable().Annotations(rule.Of(rule.Internal).As(rule.Date).ByVerb()).
			SchemaType(map[string]string{"postgres": "date"}).Comment("The day, in UTC."),
		field.Int64("uses").Default(0).Min(0).Annotations(rule.Of(rule.Internal).As(rule.Count).ByVerb()).Comment("In how many operations of that day."),
		field.Time("last_used_at").Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was used last."),
	}
}

// Indexes of a deprecated use.
func (DeprecatedUse) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "coordinate", "caller", "day").Unique()}
}
