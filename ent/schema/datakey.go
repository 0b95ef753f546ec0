package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// DataKey is a key that the studio's values of one class are encrypted with.
type DataKey struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (DataKey) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "datakey",
		Keep:   rule.AsLongAsStudio,
		Access: rule.Access{viewer.Owner: rule.ReadOnly, viewer.Admin: rule.ReadOnly},
		About: "A key that the studio's values of one class are encrypted with. It is kept wrapped by a key service, and nobody can read it. " +
			"Rotating it makes a new one; values move over to it in the background, and then the old one is destroyed.",
	}}}
}

// Fields of a data key.
func (DataKey) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("class").Values("SENSITIVE", "LOOKUP").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What it encrypts: SENSITIVE are notes, remarks and other sensitive texts; LOOKUP makes the digests that some of them are found by."),
		field.Int("number").Min(1).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Counts the keys of a class from 1."),
		field.Enum("status").Values("ACTIVE", "RETIRING", "DESTROYED").Default("ACTIVE").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("ACTIVE encrypts what is written. RETIRING only opens what it encrypted, until all of that has moved on. DESTROYED opens nothing any more."),
		field.String("key_url").Optional().Nillable().MaxLen(500).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Key of the studio's own key service that wraps it; null where the platform's wraps it."),
		field.Bytes("wrapped").Optional().Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),      // empty once destroyed
		field.String("progress").Default("").MaxLen(200).Annotations(rule.Of(rule.Internal).Unseen().ByVerb()), // how far values have moved on
		field.Time("rotates_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the next key takes its place; null where none will."),
		field.Time("destroyed_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was destroyed; null until then."),
	}
}

// Indexes of a data key. One key of a class encrypts at a time.
func (DataKey) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "class", "number").Unique(),
		index.Fields("tenant_id", "class").Unique().Annotations(entsql.IndexWhere("status = 'ACTIVE'")),
		index.Fields("rotates_at"),
	}
}
