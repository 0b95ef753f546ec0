package schema

import (
	"encoding/json"

	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// BreachNotice is what a studio was told of a breach.
type BreachNotice struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (BreachNotice) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "breachnotice",
		Keep:     rule.AsLongAsPlatform,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:    "What the studio was told of an incident in which somebody may have got at its records.",
	}}}
}

// Fields of a notice.
func (BreachNotice) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("breach_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).Unseen().ByVerb()),
		field.String("title").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What it is about."),
		field.String("text").MaxLen(20000).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The notice."),
		field.Time("began_at").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Since when somebody may have had access."),
		field.Time("ended_at").Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Until when; null where it was not over when the notice was sent."),
		field.Time("detected_at").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When Barre came to know of it."),
		field.Time("due_at").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Until when the studio had to be told: 72 hours later."),
		field.JSON("affected", json.RawMessage{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Whose records are concerned, by type: the ids of those that were certainly touched, and how many the one who had access could have read."),
		field.JSON("log", json.RawMessage{}).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How the notice was brought to the studio: when, by what way and with what result."),
		field.Time("acknowledged_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When somebody of the studio confirmed to have read it; null until then."),
		field.String("acknowledged_by").Default("").MaxLen(200).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who that was."),
	}
}

// Indexes of a notice.
func (BreachNotice) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "breach_id").Unique()}
}
