package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// APIKey is the credential of a program: a server, a sync tool or a storefront.
type APIKey struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (APIKey) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "apikey",
		Keep:     rule.AsLongAsStudio,
		Plural:   "apiKeys",
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: rule.Keep, viewer.Admin: rule.Keep},
		About:    "The credential of a program. The key itself is shown once, when it is made.",
	}}}
}

// Fields of an API key.
func (APIKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What the key is for, as its maker named it."),
		field.Enum("kind").Values("SECRET", "PUBLISHABLE").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("A secret key is for servers; a publishable key may be seen by anybody and reads public data alone."),
		field.String("prefix").Immutable().MaxLen(32).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("How the key begins, to recognize it by."),
		field.String("last4").Immutable().MaxLen(4).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("How the key ends, to recognize it by."),
		field.Strings("scopes").Default([]string{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What the key may do, such as student:read, enrollment:write, *:read or *."),
		field.Strings("trusted_documents").Default([]string{}).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("SHA-256 digests of the only documents the key may run; empty for any."),
		field.Time("networks_reviewed_until").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When the list of networks has to be looked at again: from then on the key is refused. Null if it has none."),
		field.Bytes("token_hash").Immutable().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Time("expires_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When the key stops working; null for never."),
		field.Time("revoked_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When the key was revoked; null while it works."),
		field.Time("suspended_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When Barre suspended the key because of what it did; null while it works."),
		field.String("suspended_reason").Default("").MaxLen(500).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Why Barre suspended the key; empty where it did not."),
		field.Strings("allowed_networks").Default([]string{}).Annotations(rule.Of(rule.Internal).ByVerb(), entsql.DefaultExpr("'[]'")).
			Comment("The only networks that the key may be used from, such as 203.0.113.0/24; empty for any."),
	}
}

// Edges of an API key.
func (APIKey) Edges() []ent.Edge {
	return []ent.Edge{edge.To("review_items", AccessReviewItem.Type), edge.To("alerts", Alert.Type)}
}

// Indexes of an API key.
func (APIKey) Indexes() []ent.Index { return []ent.Index{index.Fields("token_hash")} }
