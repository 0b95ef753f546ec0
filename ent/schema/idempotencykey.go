package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
)

// IdempotencyKey remembers the answer to a mutation, so that a repeated
// request is answered alike and done once.
type IdempotencyKey struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (IdempotencyKey) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{Prefix: "idempotencykey", Keep: rule.ForADay, Hidden: true}}}
}

// Fields of an idempotency key.
func (IdempotencyKey) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("credential_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Secret)),
		field.String("key").MaxLen(255).Immutable().Annotations(rule.Of(rule.Secret)),
		field.String("response_key").MaxLen(255).Immutable().Annotations(rule.Of(rule.Secret)),
		field.Bytes("response").Optional().Nillable().Annotations(rule.Of(rule.Secret)),
	}
}

// Indexes of an idempotency key.
func (IdempotencyKey) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("tenant_id", "credential_id", "key", "response_key").Unique(),
		index.Fields("created_at"),
	}
}
