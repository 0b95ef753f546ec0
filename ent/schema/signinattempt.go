package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
)

// SignInAttempt counts the passwords that were wrong for one account, from one
// address or at one studio, so that whoever guesses has to wait.
type SignInAttempt struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (SignInAttempt) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "signinattempt", Keep: rule.ForADay, Hidden: true}}}
}

// Fields of a count.
func (SignInAttempt) Fields() []ent.Field {
	return []ent.Field{
		// SHA-256 of what is counted, whether or not there is such an account.
		field.Bytes("digest").Unique().Immutable().Sensitive().Annotations(rule.Of(rule.Secret)),
		field.Int("failures").Annotations(rule.Of(rule.Internal)),
		field.Time("last_at").Annotations(rule.Of(rule.Internal)),
		field.Time("until").Annotations(rule.Of(rule.Internal)),
	}
}

// Indexes of a count.
func (SignInAttempt) Indexes() []ent.Index { return []ent.Index{index.Fields("last_at")} }
