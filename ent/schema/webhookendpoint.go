package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// WebhookEndpoint is an address of the studio's own that is told of events.
type WebhookEndpoint struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (WebhookEndpoint) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "webhookendpoint",
		Keep:       rule.AsLongAsStudio,
		Features:   rule.Events,
		Operations: rule.Update | rule.Delete,
		Access:     rule.Access{viewer.Owner: rule.All, viewer.Admin: rule.All},
		About:      "An address of the studio's own that is told of events by a signed request.",
	}}}
}

// Fields of a webhook endpoint.
func (WebhookEndpoint) Fields() []ent.Field {
	return []ent.Field{
		field.String("url").NotEmpty().MaxLen(2048).Immutable().Annotations(rule.Of(rule.Internal).As(rule.URL).ByVerb()).Comment("Where requests are sent."),
		field.String("description").Default("").MaxLen(200).Annotations(rule.Of(rule.Internal)).Comment("What the endpoint is for."),
		field.Strings("event_types").Default([]string{}).Annotations(rule.Of(rule.Internal)).Comment("Types of event to send, such as enrollment.created; empty for all."),
		field.Enum("status").Values("ENABLED", "DISABLED").Default("ENABLED").Annotations(rule.Of(rule.Internal)).Comment("Whether events are sent."),
		field.Enum("payload").Values("FAT", "THIN", "QUERY").Default("FAT").Annotations(rule.Of(rule.Internal)).
			Comment("What a request holds: the whole record (FAT), ids alone (THIN) or the answer to the endpoint's own query (QUERY)."),
		field.String("query").Default("").MaxLen(16384).Annotations(rule.Of(rule.Internal)).Comment("GraphQL query whose answer is sent where payload is QUERY."),
		field.Strings("changed_fields").Default([]string{}).Annotations(rule.Of(rule.Internal), entsql.DefaultExpr("'[]'")).
			Comment("Of updates, send only those that changed one of these fields, such as student.lastName; empty for all."),
		field.Bool("ordered").Default(false).Annotations(rule.Of(rule.Internal)).
			Comment("Whether the events of one record are sent one at a time, in their order. An event that fails then holds up those of the same record alone."),
		field.Int("rate_per_second").Default(0).Min(0).Max(1000).Annotations(rule.Of(rule.Internal)).Comment("Most requests per second, up to 1000; 0 for no limit."),
		field.Int("in_flight").Default(10).Min(1).Max(50).Annotations(rule.Of(rule.Internal)).Comment("Most requests at the same time, 1 to 50."),
		field.Enum("signature").Values("HMAC", "ED25519", "BOTH").Default("HMAC").Annotations(rule.Of(rule.Internal)).
			Comment("How requests are signed: with the endpoint's secret (HMAC, v1), with a private key whose public half anybody may know (ED25519, v1a), or both."),
		field.Enum("auth").Values("NONE", "BASIC", "OAUTH2").Default("NONE").Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How Barre proves to the endpoint who it is, beside the signature."),
		field.Bytes("auth_credential").Optional().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Bytes("secondary_secret").Optional().Nillable().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Time("secondary_expires_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Until when requests are also signed with the secret before the last rotation; null where there is none."),
		field.Time("failing_since").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Since when no request has succeeded; null while they do."),
		field.String("disabled_reason").Default("").MaxLen(200).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why Barre disabled the endpoint; empty where it did not."),
		field.UUID("owner_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Internal).Unseen().ByVerb()),
		field.Bytes("secret").Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
	}
}

// Edges of a webhook endpoint.
func (WebhookEndpoint) Edges() []ent.Edge {
	return []ent.Edge{edge.To("deliveries", Delivery.Type).Annotations(entsql.OnDelete(entsql.Cascade))}
}
