package schema

import (
	"encoding/json"

	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
)

// TenantTombstone is what stays of a studio that has left: that everything else
// of it was removed.
type TenantTombstone struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (TenantTombstone) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "tenanttombstone", Keep: rule.AsLongAsPlatform, Hidden: true}}}
}

// Fields of a tombstone.
func (TenantTombstone) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("tenant", uuid.UUID{}).Unique().Immutable().Annotations(rule.Of(rule.Internal)),
		field.Time("closed_at").Immutable().Annotations(rule.Of(rule.Internal)),
		field.Time("purged_at").Immutable().Annotations(rule.Of(rule.Internal)),
		// How many rows of each table were removed.
		field.JSON("removed", json.RawMessage{}).Immutable().Annotations(rule.Of(rule.Internal)),
		// Hexadecimal SHA-256 over every row that was removed, in a fixed order.
		field.String("digest").MaxLen(64).Immutable().Annotations(rule.Of(rule.Internal)),
		// Of the last entry of the audit log; empty where there was none.
		field.String("audit_hash").Default("").MaxLen(64).Immutable().Annotations(rule.Of(rule.Internal)),
	}
}
