package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Suppression is an address that must not be written to.
type Suppression struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Suppression) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "suppression",
		Keep:       rule.AsLongAsStudio,
		Features:   rule.Events,
		Operations: rule.Delete,
		Access: rule.Access{
			viewer.Owner: {Actions: rule.Read | rule.Delete}, viewer.Admin: {Actions: rule.Read | rule.Delete},
			viewer.FrontDesk: rule.ReadOnly,
		},
		About: "An address that the studio's messages do not reach or that wants none. Delete it to write there again.",
	}}}
}

// Fields of a suppression.
func (Suppression) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("channel").Values("EMAIL", "SMS").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What kind of message does not go there."),
		field.String("address").NotEmpty().MaxLen(254).Immutable().Annotations(rule.Of(rule.Personal).ByVerb().Filtered()).Comment("The e-mail address or telephone number."),
		field.Enum("reason").Values("BOUNCED", "COMPLAINED", "UNSUBSCRIBED", "UNDELIVERABLE").Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why nothing is sent."),
		field.String("provider").MaxLen(32).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The provider that said so, such as customerio."),
		field.Time("occurred_at").Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it came to be, as the provider knows it."),
	}
}

// Indexes of a suppression.
func (Suppression) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "channel", "address").Unique(), index.Fields("tenant_id", "address", "id")}
}
