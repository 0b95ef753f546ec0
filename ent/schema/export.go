package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Export is a file of a studio's records.
type Export struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Export) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "export",
		Keep:     rule.ForAMonth,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: {Actions: rule.Read | rule.Create}, viewer.Admin: {Actions: rule.Read | rule.Create}},
		About: "A file with the studio's records as they were at one moment. Once it is ready, it is downloaded from /exports/ and its id, " +
			"with the credential of somebody who may read it; a Range header resumes a download that broke off.",
	}}}
}

// Fields of an export.
func (Export) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").Values("RECORDS", "STUDIO", "PERSON").Default("RECORDS").Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).
			Comment("What the file holds: records of the types asked for, everything that the studio owns, or everything about one family or person."),
		field.Enum("status").Values("PENDING", "RUNNING", "READY", "FAILED", "EXPIRED").Default("PENDING").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Where it stands. Only a ready one can be downloaded."),
		field.Strings("entities").Default([]string{}).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Types of record in the file, such as Student."),
		field.Enum("format").Values("JSONL", "CSV").Default("JSONL").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("How the file is written."),
		// Whom an export of the kind PERSON is about: Household, Guardian or Student.
		field.String("subject_type").Default("").MaxLen(64).Immutable().Annotations(rule.Of(rule.Internal).Unseen().ByVerb()),
		field.UUID("subject_id", uuid.UUID{}).Optional().Nillable().Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.String("cursor").Default("").MaxLen(200).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Place in the feed at which the records were read; changes after it are those that the file lacks."),
		field.Int64("rows").Default(0).Min(0).Annotations(rule.Of(rule.Internal).As(rule.Count).ByVerb()).Comment("Number of records."),
		field.Int64("size").Default(0).Min(0).Annotations(rule.Of(rule.Internal).As(rule.Count).ByVerb()).Comment("Length of the file in bytes."),
		field.String("sha256").Default("").MaxLen(64).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("SHA-256 of the file in hexadecimal; empty until it is ready."),
		field.String("storage_key").Default("").MaxLen(300).Annotations(rule.Of(rule.Internal).Unseen().ByVerb()),
		field.String("error").Default("").MaxLen(1024).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Why it failed; empty where it did not."),
		field.String("requested_by").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who asked for it."),
		field.Time("ready_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When it was ready; null until then."),
		field.Time("expires_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the file is removed; null until it is ready."),
	}
}

// Indexes of an export.
func (Export) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "kind", "id"), index.Fields("tenant_id", "subject_id")}
}
