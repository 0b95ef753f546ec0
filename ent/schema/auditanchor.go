package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// AuditAnchor is the signature over one day of a studio's audit log.
type AuditAnchor struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (AuditAnchor) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "auditanchor",
		Keep:   rule.AsLongAsPlatform,
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "The platform's signature over one day of the studio's audit log. It stays when the entries of the day are gone.",
	}}}
}

// Fields of an anchor.
func (AuditAnchor) Fields() []ent.Field {
	return []ent.Field{
		field.Time("day").Immutable().Annotations(rule.Of(rule.Internal).As(rule.Date).ByVerb()).
			SchemaType(map[string]string{"postgres": "date"}).Comment("The day, in UTC."),
		field.Int64("first_sequence").Min(1).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Place of the first entry that it vouches for."),
		field.Int64("last_sequence").Min(1).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Place of the last entry that it vouches for."),
		field.String("previous_hash").MaxLen(64).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Digest before the first entry, as 64 hexadecimal digits."),
		field.String("hash").MaxLen(64).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Digest of the last entry, as 64 hexadecimal digits."),
		field.String("key_id").MaxLen(64).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Which of the platform's keys signed it."),
		field.String("signature").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Ed25519 signature in base64; barre audit verify says whether it holds."),
		field.Time("entries_removed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When retention removed the entries of the day; null while they are there."),
	}
}

// Indexes of an anchor.
func (AuditAnchor) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "day").Unique(), index.Fields("tenant_id", "last_sequence").Unique()}
}
