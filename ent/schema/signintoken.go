package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
)

// SignInToken is one step of a person's way in that another step follows: a
// link that was mailed, a sign-in that waits for its second factor, a passkey's
// challenge, a visit to an identity provider. Each works once and not for long.
type SignInToken struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (SignInToken) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "signintoken", Keep: rule.ForADay, Hidden: true}}}
}

// Fields of a token.
func (SignInToken) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("digest").Unique().Immutable().Sensitive().Annotations(rule.Of(rule.Secret)),
		field.Enum("kind").Values("INVITATION", "PASSWORD_RESET", "VERIFICATION", "SECOND_FACTOR", "PASSKEY", "SINGLE_SIGN_ON").
			Immutable().Annotations(rule.Of(rule.Internal)),
		field.UUID("user_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.UUID("membership_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		// Sealed: what the next step needs, and of a mailed link the token itself.
		field.Bytes("data").Optional().Sensitive().Annotations(rule.Of(rule.Secret)),
		field.Int("failures").Default(0).Annotations(rule.Of(rule.Internal)),
		field.Time("expires_at").Annotations(rule.Of(rule.Internal)),
		field.Time("used_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
	}
}

// Edges of a token.
func (SignInToken) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("sign_in_tokens").Unique().Field("user_id"),
		edge.From("membership", Membership.Type).Ref("sign_in_tokens").Unique().Field("membership_id"),
	}
}

// Indexes of a token.
func (SignInToken) Indexes() []ent.Index {
	return []ent.Index{index.Fields("membership_id", "kind"), index.Fields("user_id", "kind"), index.Fields("expires_at")}
}
