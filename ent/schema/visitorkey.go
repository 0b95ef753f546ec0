package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
)

// VisitorKey remembers the session that signing in or up has opened under an
// idempotency key, for callers who have no credential yet.
type VisitorKey struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (VisitorKey) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "visitorkey", Keep: rule.ForADay, Hidden: true}}}
}

// Fields of a visitor's key.
func (VisitorKey) Fields() []ent.Field {
	return []ent.Field{
		// SHA-256 of the key and of what it was given for.
		field.Bytes("digest").Unique().Immutable().Sensitive().Annotations(rule.Of(rule.Secret)),
		field.Bytes("session").Immutable().Sensitive().Annotations(rule.Of(rule.Secret)),
	}
}

// Indexes of a visitor's key.
func (VisitorKey) Indexes() []ent.Index { return []ent.Index{index.Fields("created_at")} }
