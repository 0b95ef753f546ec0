package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// WebhookEndpoint is an address of the studio's own that is told of events.
type WebhookEndpoint struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (WebhookEndpoint) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "webhookendpoint",
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
		field.Bytes("secret").Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
	}
}

// Edges of a webhook endpoint.
func (WebhookEndpoint) Edges() []ent.Edge { return []ent.Edge{edge.To("deliveries", Delivery.Type)} }
