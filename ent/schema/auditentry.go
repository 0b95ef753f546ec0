package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
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
		Keep:   rule.AsLongAsAudit,
		Plural: "auditEntries",
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About: "Who did what and when. Entries are never changed; each carries the digest of the one before, so that none can be changed, removed or put in between unnoticed. " +
			"They go after the time that the studio's retention sets, whole days at once and only once a signed anchor vouches for the day.",
	}}}
}

// Fields of an audit entry.
func (AuditEntry) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("category").Values("SIGN_IN", "STAFF_ACCESS", "SECURITY", "CONTENT").Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).Comment("What kind of act it was."),
		field.String("action").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What was done, such as student.updated."),
		field.String("actor").Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).Comment("Who did it."),
		field.String("entity_type").Default("").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Type of the record it was done to."),
		field.UUID("entity_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.Strings("changed").Default([]string{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Names of the fields that were written."),
		field.String("request_id").Default("").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The request that did it."),
		field.Enum("outcome").Values("DONE", "REFUSED").Default("DONE").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Whether it was done or refused."),
		field.String("address").Default("").MaxLen(64).Immutable().Annotations(rule.Of(rule.Personal).ByVerb()).Comment("Network address that the request came from; empty for what the platform did by itself."),
		field.UUID("staff_access_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Internal).Unseen().ByVerb()),
		field.Time("occurred_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was committed."),
		field.Int64("sequence").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Place in the studio's audit log, from 1 without gaps; null until it is sealed, within moments of the commit."),
		field.String("previous_hash").Optional().Nillable().MaxLen(64).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Digest of the entry before, as 64 hexadecimal digits; zeros for the first. Null until it is sealed."),
		field.String("hash").Optional().Nillable().MaxLen(64).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("SHA-256 of the digest before and of this entry, as 64 hexadecimal digits. Null until it is sealed."),
	}
}

// Indexes of an audit entry.
func (AuditEntry) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "category", "id"), index.Fields("tenant_id", "entity_id", "id"), index.Fields("tenant_id", "actor", "id"),
		index.Fields("tenant_id", "sequence").Unique(),
		index.Fields("id").Annotations(entsql.IndexWhere("sequence IS NULL")).StorageKey("audit_entries_unsealed"),
	}
}
