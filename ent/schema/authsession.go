package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
)

// AuthSession is one sign-in of one person at one studio.
type AuthSession struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (AuthSession) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "session", Keep: rule.ForAMonth, Hidden: true}}}
}

// Fields of a session.
func (AuthSession) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("token_hash").Unique().Sensitive().Annotations(rule.Of(rule.Secret)),
		field.UUID("user_id", uuid.UUID{}).Annotations(rule.Of(rule.Internal)),
		field.UUID("membership_id", uuid.UUID{}).Annotations(rule.Of(rule.Internal)),
		field.Time("expires_at").Annotations(rule.Of(rule.Internal)),
		field.Time("revoked_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.Enum("method").Values("PASSWORD", "PASSKEY", "SINGLE_SIGN_ON").Default("PASSWORD").Annotations(rule.Of(rule.Internal)),
		// When the person last proved who they are, as strongly as they can.
		field.Time("proven_at").Optional().Nillable().Default(rule.Now).Annotations(rule.Of(rule.Internal)),
		// When a second factor was proven in this session; null for not at all.
		field.Time("second_factor_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.Time("last_seen_at").Optional().Nillable().Default(rule.Now).Annotations(rule.Of(rule.Internal)),
		field.String("address").Default("").MaxLen(64).Annotations(rule.Of(rule.Personal)),
		field.String("device").Default("").MaxLen(256).Annotations(rule.Of(rule.Personal)),
	}
}

// Edges of a session.
func (AuthSession) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("sessions").Unique().Required().Field("user_id"),
		edge.From("membership", Membership.Type).Ref("sessions").Unique().Required().Field("membership_id"),
	}
}

// Indexes of a session.
func (AuthSession) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id"), index.Fields("membership_id")}
}
