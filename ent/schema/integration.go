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

// Integration is a studio's connection to a provider.
type Integration struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Integration) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "integration",
		Keep:     rule.AsLongAsStudio,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: rule.Keep, viewer.Admin: rule.Keep},
		About:    "A studio's connection to a billing or messaging provider.",
	}}}
}

// Fields of an integration.
func (Integration) Fields() []ent.Field {
	return []ent.Field{
		field.String("provider").Immutable().MaxLen(32).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Name of the provider, such as stripe."),
		field.Enum("mode").Values("TEST", "LIVE").Default("TEST").Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Whether the provider moves real money and mail."),
		field.Enum("status").Values("ACTIVE", "PAUSED", "FAILED", "DISCONNECTED").Default("ACTIVE").Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Whether events are sent."),
		field.Bool("bills").Default(false).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Whether it collects the studio's new invoices. Of the billing providers, one at most does."),
		field.String("base_url").Default("").MaxLen(2048).Annotations(rule.Of(rule.Internal).Unseen().ByVerb()),
		field.Bytes("credential").Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.JSON("options", map[string]string{}).Optional().Annotations(rule.Of(rule.Internal).Unseen().ByVerb()),
		field.Bytes("inbound_secret").Optional().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		// Hex of the SHA-256 of the token in the address that the provider calls.
		field.String("inbound_token").Optional().Nillable().MaxLen(64).Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Time("checked_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the connection was last tried; null for never."),
		field.String("last_error").Default("").MaxLen(1024).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What went wrong last; empty where nothing did."),
	}
}

// Edges of an integration.
func (Integration) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("deliveries", Delivery.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("links", ProviderLink.Type), edge.To("inbound_messages", InboundMessage.Type),
	}
}

// Indexes of an integration.
func (Integration) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "provider").Unique(), index.Fields("inbound_token"),
		index.Fields("tenant_id", "bills").Unique().Annotations(entsql.IndexWhere("bills")),
	}
}
