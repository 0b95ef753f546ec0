package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
)

// TenantCounter holds a studio's running numbers. Taking a number locks the
// row until the transaction ends, so that no number is ever skipped.
type TenantCounter struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (TenantCounter) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{Prefix: "tenantcounter", Keep: rule.AsLongAsStudio, Hidden: true}}}
}

// Fields of a counter.
func (TenantCounter) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").Values("EVENT", "INVOICE").Immutable().Annotations(rule.Of(rule.Secret)),
		field.Int64("last").Default(0).Annotations(rule.Of(rule.Secret)),
		// Of the feed: a restore begins another, which cursors of the one before do not lead into.
		field.Int64("epoch").Default(1).Annotations(rule.Of(rule.Secret)),
	}
}

// Indexes of a counter.
func (TenantCounter) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "kind").Unique()}
}
