package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// AuditEntry is the record of who did what.
type AuditEntry struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (AuditEntry) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "auditentry",
		Plural: "auditEntries",
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "Who did what and when. Entries are never changed or removed.",
	}}}
}

// Fields of an audit entry.
func (AuditEntry) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("category").Values("SIGN_IN", "STAFF_ACCESS", "SECURITY", "CONTENT").Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).Comment("What kind of act it was."),
		field.String("action").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What was done, such as student.updated."),
		field.String("actor").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who did it."),
		field.String("entity_type").Default("").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Type of the record it was done to."),
		field.UUID("entity_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Strings("changed").Default([]string{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Names of the fields that were written."),
		field.String("request_id").Default("").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The request that did it."),
		field.Time("occurred_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was committed."),
	}
}

// Indexes of an audit entry.
func (AuditEntry) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "category", "id"), index.Fields("tenant_id", "entity_id", "id")}
}
