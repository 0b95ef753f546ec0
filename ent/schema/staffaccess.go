package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// StaffAccess is the access of one person of the operator's staff to one
// studio, for one reason and at most 24 hours.
type StaffAccess struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (StaffAccess) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "staffaccess",
		Keep:     rule.AsLongAsAudit,
		Plural:   "staffAccesses",
		Features: rule.Events,
		Access: rule.Access{
			viewer.Owner: {Actions: rule.Read | rule.Update}, viewer.Admin: {Actions: rule.Read | rule.Update},
		},
		About: "Access of one person of Barre's staff to the studio, for one reason and a limited time. Without one, nobody of the staff can read anything of the studio.",
	}}}
}

// Fields of a staff access.
func (StaffAccess) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("staff_account_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.String("staff_name").NotEmpty().MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Who asks, by name."),
		field.String("reason").NotEmpty().MaxLen(1000).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Why access is needed, as the person gave it."),
		field.Int("minutes").Min(1).Max(24 * 60).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("How long the access lasts once it has started: at most 24 hours."),
		field.Bool("approval_required").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Whether the access starts only once somebody of the studio has approved it."),
		field.Enum("status").Values("REQUESTED", "ACTIVE", "REFUSED", "ENDED").Default("REQUESTED").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Where it stands. Only an active one opens anything."),
		field.Bytes("token_hash").Immutable().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.String("decided_by").Default("").MaxLen(200).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Who approved or refused it; empty where nobody had to."),
		field.Time("starts_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it started; null before."),
		field.Time("ends_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When it ends at the latest, at most 24 hours after its start; null before it has started."),
		field.Time("ended_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it ended; null until then."),
		field.String("end_reason").Default("").MaxLen(300).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why it was refused or ended; empty until then."),
		field.Int("requests").Default(0).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How many requests were made under it."),
		field.Int("records_read").Default(0).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How many records were read under it."),
		field.Int("minors_read").Default(0).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How many records of students were read under it."),
		field.Int("score").Default(0).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("How unusual its use is: hours, volume and records of minors add to it, and at 100 it is ended."),
	}
}

// Indexes of a staff access.
func (StaffAccess) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "status", "id"), index.Fields("token_hash")}
}

// Annotations bound an access in the database as well, whatever code writes it.
func (StaffAccess) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Checks(map[string]string{
		"staff_access_at_most_a_day": "minutes BETWEEN 1 AND 1440 AND (ends_at IS NULL OR (starts_at IS NOT NULL AND ends_at <= starts_at + interval '24 hours'))",
	})}
}
