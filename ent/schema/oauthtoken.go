package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
)

// OAuthToken is a code, an access token or a refresh token of an installed
// app, as a digest.
type OAuthToken struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (OAuthToken) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "oauthtoken", Keep: rule.WithParent, Hidden: true}}}
}

// Fields of a token.
func (OAuthToken) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("token_hash").Unique().Sensitive().Annotations(rule.Of(rule.Secret)),
		field.Enum("kind").Values("CODE", "ACCESS", "REFRESH").Annotations(rule.Of(rule.Internal)),
		// Everything that came from one code: a refresh token that is used twice ends all of it.
		field.UUID("family", uuid.UUID{}).Annotations(rule.Of(rule.Internal)),
		field.UUID("app_id", uuid.UUID{}).Annotations(rule.Of(rule.Internal)),
		field.UUID("installation_id", uuid.UUID{}).Annotations(rule.Of(rule.Internal)),
		field.String("scope").Default("").Annotations(rule.Of(rule.Internal)),
		field.String("challenge").Default("").MaxLen(128).Annotations(rule.Of(rule.Internal)),
		field.String("redirect_uri").Default("").MaxLen(2048).Annotations(rule.Of(rule.Internal)),
		field.Time("expires_at").Annotations(rule.Of(rule.Internal)),
		field.Time("used_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.Time("revoked_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
	}
}

// Indexes of a token.
func (OAuthToken) Indexes() []ent.Index {
	return []ent.Index{index.Fields("family"), index.Fields("installation_id")}
}
