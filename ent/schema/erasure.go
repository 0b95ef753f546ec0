package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Erasure is the removal of everything about one person or family, and the
// certificate of it. It holds nothing of who that was.
type Erasure struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Erasure) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "erasure",
		Keep:     rule.AsLongAsAudit,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: {Actions: rule.Read | rule.Create}, viewer.Admin: {Actions: rule.Read | rule.Create}},
		About: "The removal of everything about one person or family. Once it is completed it is the certificate of that: its lines say what " +
			"was done in each place, until when backups still hold what was erased, and what each sub-processor has confirmed.",
	}}}
}

// Fields of an erasure.
func (Erasure) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("status").Values("PENDING", "RUNNING", "HELD", "AWAITING", "COMPLETED", "FAILED").Default("PENDING").Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("Where it stands. A held one waits for its reason to pass, such as an open invoice; an awaiting one is done here and waits for sub-processors to confirm."),
		field.Enum("ground").Values("REQUEST", "CONSENT_WITHDRAWN", "NO_LONGER_NEEDED", "UNLAWFUL").Default("REQUEST").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Why it was asked for."),
		field.String("subject_type").NotEmpty().MaxLen(64).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What was erased: Household, Guardian or Student."),
		field.UUID("subject_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.String("requested_by").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who asked for it."),
		field.Strings("held_by").Default([]string{}).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What keeps the data for now, one reason each; empty where nothing does."),
		field.Int64("records").Default(0).Min(0).Annotations(rule.Of(rule.Internal).As(rule.Count).ByVerb()).Comment("Number of records that were erased or made anonymous."),
		field.Time("erased_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When everything here was erased; null until then."),
		field.Time("backups_until").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When the last backup that holds what was erased is removed, with its key; null until it is known, or where no backup holds it."),
		field.Time("completed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the last sub-processor confirmed; null until then."),
	}
}

// Edges of an erasure.
func (Erasure) Edges() []ent.Edge { return []ent.Edge{edge.To("lines", ErasureLine.Type)} }

// Indexes of an erasure.
func (Erasure) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "status", "id"), index.Fields("tenant_id", "subject_id")}
}
