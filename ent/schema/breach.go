package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"

	"github.com/barrehq/barre/ent/rule"
)

// Breach is an incident in which somebody may have got at what was not theirs,
// as the operator works on it.
type Breach struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Breach) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "breach", Keep: rule.AsLongAsPlatform, Hidden: true}}}
}

// Fields of a breach.
func (Breach) Fields() []ent.Field {
	return []ent.Field{
		field.String("title").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Internal)),
		// What happened, in words that studios may read.
		field.String("summary").Default("").MaxLen(10000).Annotations(rule.Of(rule.Internal)),
		field.Enum("status").Values("OPEN", "NOTIFIED", "CLOSED").Default("OPEN").Annotations(rule.Of(rule.Internal)),
		// The credentials, people or staff accesses that were abused, as the
		// audit log names actors: key:…, user:…, staff:….
		field.Strings("actors").Default([]string{}).Annotations(rule.Of(rule.Internal)),
		field.Time("began_at").Annotations(rule.Of(rule.Internal)),
		field.Time("ended_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		// When the operator came to know of it: the clocks run from here.
		field.Time("detected_at").Immutable().Annotations(rule.Of(rule.Internal)),
		field.Time("due_at").Immutable().Annotations(rule.Of(rule.Internal)),
		field.Time("closed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
	}
}
