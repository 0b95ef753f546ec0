package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"

	"github.com/barrehq/barre/ent/rule"
)

// OAuthApp is a third party's program that studios can install.
type OAuthApp struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (OAuthApp) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "oauthapp", Keep: rule.AsLongAsPlatform, Hidden: true}}}
}

// Fields of an app.
func (OAuthApp) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Public)),
		field.String("publisher").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Public)),
		field.String("about").Default("").MaxLen(1000).Annotations(rule.Of(rule.Public)),
		field.String("privacy_url").MaxLen(2048).Annotations(rule.Of(rule.Public)),
		field.Strings("redirect_uris").Annotations(rule.Of(rule.Internal)),
		field.Strings("scopes").Annotations(rule.Of(rule.Public)),
		// Of an app that can keep a secret; others prove themselves by PKCE alone.
		field.Bytes("secret_hash").Optional().Sensitive().Annotations(rule.Of(rule.Secret)),
		field.Time("disabled_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
	}
}
