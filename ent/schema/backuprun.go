package schema

import (
	"encoding/json"

	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
)

// BackupRun is one backup, drill or restore of the whole database, and what
// came of it.
type BackupRun struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (BackupRun) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Global{Entity: rule.Entity{Scope: rule.ScopeSystem, Prefix: "backuprun", Keep: rule.AsLongAsPlatform, Hidden: true}}}
}

// Fields of a run.
func (BackupRun) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").Values("BASE", "DUMP", "DRILL", "RESTORE").Immutable().Annotations(rule.Of(rule.Internal)),
		field.Enum("status").Values("RUNNING", "DONE", "FAILED", "MISSED", "REMOVED").Default("RUNNING").Annotations(rule.Of(rule.Internal)),
		field.String("name").Default("").MaxLen(300).Annotations(rule.Of(rule.Internal)),  // where it is in the storage
		field.Int64("size").Default(0).Annotations(rule.Of(rule.Internal)),                // in bytes, as stored
		field.String("sha256").Default("").MaxLen(64).Annotations(rule.Of(rule.Internal)), // of the manifest
		field.String("error").Default("").MaxLen(1024).Annotations(rule.Of(rule.Internal)),
		field.Time("started_at").Default(rule.Now).Immutable().Annotations(rule.Of(rule.Internal)),
		field.Time("ended_at").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		// Nobody can remove the files before then.
		field.Time("locked_until").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		// Of a drill: how much would have been lost, and how long it took.
		field.Int64("lost_ms").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.Int64("took_ms").Optional().Nillable().Annotations(rule.Of(rule.Internal)),
		field.JSON("detail", json.RawMessage{}).Optional().Annotations(rule.Of(rule.Internal)),
	}
}

// Indexes of a run.
func (BackupRun) Indexes() []ent.Index {
	return []ent.Index{index.Fields("kind", "status", "started_at"), index.Fields("started_at")}
}
