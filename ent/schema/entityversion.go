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

// EntityVersion is one state that a record has had.
type EntityVersion struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (EntityVersion) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "entityversion",
		Keep:   rule.AsLongAsHistory,
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "One state that a record has had.",
	}}}
}

// Fields of a version.
func (EntityVersion) Fields() []ent.Field {
	return []ent.Field{
		field.String("entity_type").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Type of the record, such as Student."),
		field.UUID("entity_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Int("number").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The record's version in this state."),
		field.JSON("data", json.RawMessage{}).Optional().Immutable().Annotations(rule.Of(rule.Sensitive)).Comment("The record in this state."),
		field.String("actor").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who brought it about."),
		field.Time("occurred_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Since when."),
	}
}

// Indexes of a version.
func (EntityVersion) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "entity_id", "number").Unique()}
}
