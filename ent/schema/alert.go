package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Alert tells a studio what was unusual and what Barre did about it.
type Alert struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Alert) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "alert",
		Keep:     rule.ForAYear,
		Features: rule.Events,
		Access: rule.Access{
			viewer.Owner: {Actions: rule.Read | rule.Update}, viewer.Admin: {Actions: rule.Read | rule.Update},
		},
		About: "Unusual behavior of one caller, and what was done about it. An alert that nobody acknowledges is escalated.",
	}}}
}

// Fields of an alert.
func (Alert) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").Values("ERRORS", "PROBING", "COST", "VOLUME", "SLOWNESS").Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("What was unusual: many errors (ERRORS), asking for what is not there or not allowed (PROBING), what the operations cost (COST), how many records were read (VOLUME), or how long operations took (SLOWNESS)."),
		field.Enum("response").Values("NOTED", "SLOWED", "THROTTLED", "CANCELED", "SUSPENDED").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What was done about it."),
		field.String("actor").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who behaved so, in the words of AuditEntry.actor."),
		field.UUID("api_key_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Int64("measured").Min(0).Immutable().Annotations(rule.Of(rule.Internal).As(rule.Count).ByVerb()).Comment("What was counted within the time."),
		field.Int64("threshold").Min(0).Immutable().Annotations(rule.Of(rule.Internal).As(rule.Count).ByVerb()).Comment("The count that the response is given at."),
		field.Int("window_seconds").Min(0).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The time that was counted over, in seconds."),
		field.String("message").MaxLen(500).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What happened and what to do, as sentences."),
		field.Enum("status").Values("OPEN", "ESCALATED", "ACKNOWLEDGED").Default("OPEN").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Whether somebody has seen it; ESCALATED where nobody did in time."),
		field.Time("occurred_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it happened."),
		field.Time("escalated_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was escalated; null where it was not."),
		field.Time("acknowledged_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was acknowledged; null until then."),
		field.String("acknowledged_by").Default("").MaxLen(200).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who acknowledged it; empty until then."),
		field.String("remark").Default("").MaxLen(1000).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What was said when it was acknowledged."),
	}
}

// Edges of an alert.
func (Alert) Edges() []ent.Edge {
	return []ent.Edge{edge.From("api_key", APIKey.Type).Ref("alerts").Unique().Immutable().Field("api_key_id")}
}

// Indexes of an alert.
func (Alert) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "status", "id"), index.Fields("tenant_id", "kind", "id"),
		index.Fields("tenant_id", "api_key_id", "id"),
		index.Fields("occurred_at").Annotations(entsql.IndexWhere("status = 'OPEN'")).StorageKey("alerts_open"),
	}
}
