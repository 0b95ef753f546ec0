package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// IdentityProvider is a place where a studio's people sign in instead.
type IdentityProvider struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (IdentityProvider) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "identityprovider",
		Keep:     rule.AsLongAsStudio,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: rule.Keep, viewer.Admin: rule.Keep},
		About:    "A place where the studio's people sign in instead of at Barre, by OpenID Connect.",
	}}}
}

// Fields of an identity provider.
func (IdentityProvider) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What people know it by."),
		field.String("issuer").NotEmpty().MaxLen(2048).Immutable().Annotations(rule.Of(rule.Internal).As(rule.URL).ByVerb()).
			Comment("Its address, as it names itself in its tokens."),
		field.String("client_id").NotEmpty().MaxLen(255).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What it knows Barre by."),
		field.Bytes("client_secret").Optional().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Strings("domains").Default([]string{}).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Mail domains whose people it vouches for, such as example.com. Addresses of other domains cannot sign in through it."),
		field.Enum("status").Values("ENABLED", "DISABLED").Default("ENABLED").Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Whether people can sign in through it."),
		field.Bool("required").Default(false).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Whether people of its domains can sign in through it alone, and not with a password."),
	}
}

// Indexes of an identity provider.
func (IdentityProvider) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "issuer", "client_id").Unique()}
}
