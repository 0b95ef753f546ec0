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

// ErasureLine is what an erasure did in one place.
type ErasureLine struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (ErasureLine) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "erasureline",
		Keep:   rule.WithParent,
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About:  "What an erasure did in one place: a store of Barre, the backups, or a sub-processor.",
	}}}
}

// Fields of a line.
func (ErasureLine) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("erasure_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()),
		field.Enum("kind").Values("STORE", "BACKUP", "SUB_PROCESSOR", "SEARCH").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What the place is. The search looks everywhere once more for what was erased."),
		field.String("place").NotEmpty().MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Name of the place, such as Student or stripe."),
		field.Enum("state").Values("DONE", "ASKED", "CONFIRMED", "MANUAL", "FAILED", "EXPIRES").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Where it stands. Manual is a sub-processor that has no way to be asked by a program; expires is a backup that is removed on its day."),
		field.Int64("erased").Default(0).Min(0).Annotations(rule.Of(rule.Internal).As(rule.Count).ByVerb()).Comment("Number of records that were removed."),
		field.Int64("anonymized").Default(0).Min(0).Annotations(rule.Of(rule.Internal).As(rule.Count).ByVerb()).Comment("Number of records that stay without anything personal."),
		field.String("note").Default("").MaxLen(1024).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why records stay, or what else there is to say."),
		field.Time("until").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the place holds nothing any more, of backups; null elsewhere."),
		field.Time("confirmed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the sub-processor confirmed; null where it has not."),
	}
}

// Edges of a line.
func (ErasureLine) Edges() []ent.Edge {
	return []ent.Edge{edge.From("erasure", Erasure.Type).Ref("lines").Unique().Required().Immutable().Field("erasure_id")}
}

// Indexes of a line.
func (ErasureLine) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "erasure_id", "kind", "place").Unique(), index.Fields("tenant_id", "erasure_id", "id")}
}
