package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"

	"github.com/barrehq/barre/ent/rule"
)

// StaffAccount is a person of the operator's staff. By itself it opens no
// studio: it can ask for a StaffAccess to one.
type StaffAccount struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (StaffAccount) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "staffaccount", Keep: rule.AsLongAsPlatform, Hidden: true}}}
}

// Fields of a staff account.
func (StaffAccount) Fields() []ent.Field {
	return []ent.Field{
		field.String("email").NotEmpty().MaxLen(254).Unique().Annotations(rule.Of(rule.Personal)),
		field.String("name").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Personal)),
		field.Bytes("token_hash").Unique().Sensitive().Annotations(rule.Of(rule.Secret)),
		// Of an authenticator app, sealed; null for whoever has none and can ask for nothing.
		field.Bytes("factor_secret").Optional().Nillable().Sensitive().Annotations(rule.Of(rule.Secret)),
		// The last step of which a code was taken, so that none is taken twice.
		field.Int64("factor_step").Default(0).Annotations(rule.Of(rule.Internal)),
		field.Time("revoked_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
	}
}
