package schema

import (
	"encoding/json"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Event is one change of one entity, as it was committed.
type Event struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Event) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "event",
		Keep:   rule.AsLongAsHistory,
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "One change of one record, as it was committed. Sequence numbers have no gaps within a studio.",
	}}}
}

// Fields of an event.
func (Event) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("sequence").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Place in the studio's feed, from 1 without gaps; null until it is placed, within moments of the commit."),
		field.String("type").Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).Comment("What happened, such as enrollment.created."),
		field.String("entity_type").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Type of the record that changed, such as Enrollment."),
		field.UUID("entity_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Int("entity_version").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Version of the record after the change."),
		field.Strings("changed").Default([]string{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Names of the fields that were written; empty when the record was made or deleted."),
		field.String("actor").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who did it."),
		field.String("request_id").Default("").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The request that did it."),
		field.String("trace_parent").Default("").Immutable().Annotations(rule.Of(rule.Internal).Unseen().ByVerb()),
		field.JSON("data", json.RawMessage{}).Optional().Immutable().Annotations(rule.Of(rule.Sensitive).Unseen().ByVerb()),
		field.Time("occurred_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was committed."),
	}
}

// Edges of an event.
func (Event) Edges() []ent.Edge { return []ent.Edge{edge.To("deliveries", Delivery.Type)} }

// Indexes of an event.
func (Event) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "sequence").Unique(), index.Fields("tenant_id", "type", "id"),
		index.Fields("tenant_id", "entity_id"),
		index.Fields("id").Annotations(entsql.IndexWhere("sequence IS NULL")).StorageKey("events_unplaced"),
	}
}
