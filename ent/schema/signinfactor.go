package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
)

// SignInFactor is something that a person proves beside or instead of a
// password: an authenticator app, a passkey, or a recovery code.
type SignInFactor struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (SignInFactor) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "factor", Keep: rule.AsLongAsPerson, Hidden: true}}}
}

// Fields of a factor.
func (SignInFactor) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("user_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal)),
		field.Enum("kind").Values("TOTP", "PASSKEY", "RECOVERY_CODE").Immutable().Annotations(rule.Of(rule.Internal)),
		field.String("name").Default("").MaxLen(100).Annotations(rule.Of(rule.Personal)),
		// What it is found by: SHA-256 of a passkey's id or of a recovery code.
		field.Bytes("digest").Optional().Nillable().Sensitive().Annotations(rule.Of(rule.Secret)),
		// Sealed: the secret of an authenticator app, the record of a passkey.
		field.Bytes("secret").Optional().Sensitive().Annotations(rule.Of(rule.Secret)),
		// The last time step whose code was taken, so that none counts twice.
		field.Int64("step").Default(0).Annotations(rule.Of(rule.Internal)),
		// Null until the person has shown once that they hold it.
		field.Time("confirmed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.Time("used_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
	}
}

// Edges of a factor.
func (SignInFactor) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("factors").Unique().Required().Immutable().Field("user_id")}
}

// Indexes of a factor.
func (SignInFactor) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "kind"), index.Fields("digest").Unique()}
}
