package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
)

// Probe counts one day's outcomes of one of the checks that Barre makes of
// itself while it runs: whether it answers, and whether studios stay apart.
type Probe struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Probe) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "probe", Keep: rule.AsLongAsPlatform, Hidden: true}}}
}

// Fields of a day's outcomes.
func (Probe) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").Values("AVAILABILITY", "ISOLATION").Immutable().Annotations(rule.Of(rule.Internal)),
		// The day in UTC, such as 2026-05-01.
		field.String("day").NotEmpty().MaxLen(10).Immutable().Annotations(rule.Of(rule.Internal)),
		field.Int("passed").Default(0).Annotations(rule.Of(rule.Internal)),
		field.Int("failed").Default(0).Annotations(rule.Of(rule.Internal)),
		field.Time("last_at").Annotations(rule.Of(rule.Internal)),
		// What the last failure of the day was; empty for none.
		field.String("failure").Default("").MaxLen(500).Annotations(rule.Of(rule.Internal)),
	}
}

// Indexes of a day's outcomes.
func (Probe) Indexes() []ent.Index { return []ent.Index{index.Fields("kind", "day").Unique()} }
