package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
)

// User is a person who can sign in, at any number of studios.
type User struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (User) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Prefix: "user", Keep: rule.AsLongAsPerson, Hidden: true}}}
}

// Fields of a user.
func (User) Fields() []ent.Field {
	return []ent.Field{
		// Several people may say that they have an address: a password tells them apart.
		field.String("email").NotEmpty().MaxLen(254).Annotations(rule.Of(rule.Personal)),
		field.String("name").MaxLen(200).Annotations(rule.Of(rule.Personal)),
		field.String("password_hash").Optional().Sensitive().Annotations(rule.Of(rule.Secret)),
		// Since when the person is known to read mail at the address; null for not yet.
		field.Time("email_verified_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.Time("password_changed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
	}
}

// Edges of a user.
func (User) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("memberships", Membership.Type), edge.To("sessions", AuthSession.Type),
		edge.To("factors", SignInFactor.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("sign_in_tokens", SignInToken.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of a user.
func (User) Indexes() []ent.Index { return []ent.Index{index.Fields("email")} }
