package schema

import (
	"regexp"

	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// CustomField defines a field that a studio adds to its records.
type CustomField struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (CustomField) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "customfield",
		Keep:     rule.AsLongAsStudio,
		Features: rule.Versions | rule.Events,
		Access: rule.Access{
			viewer.Owner: rule.Keep, viewer.Admin: rule.Keep, viewer.FrontDesk: rule.ReadOnly,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.ReadOnly,
		},
		About: "A field that the studio has added to its records of one type. The values are in the customFields of each record.",
	}}}
}

// Fields of a custom field.
func (CustomField) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("entity").Values("CLASS", "DEAL", "ENROLLMENT", "GUARDIAN", "HOUSEHOLD", "STAFF", "STUDENT", "TICKET").
			Immutable().Annotations(rule.Of(rule.Internal).ByVerb().Filtered()).Comment("The type of record that has the field."),
		field.String("key").Match(customKey).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Name of the field in customFields: letters and digits, beginning with a small letter, such as shoeSize."),
		field.String("label").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Name of the field as people read it, such as Shoe size."),
		field.Enum("kind").Values("TEXT", "NUMBER", "BOOLEAN", "DATE", "CHOICE").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What values it takes. It never changes."),
		field.Strings("options").Default([]string{}).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("The values of a CHOICE, in their order; empty for every other kind."),
		field.Bool("required").Default(false).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Whether a record must have a value."),
		field.Enum("family_access").Values("NONE", "READ", "WRITE").Default("NONE").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What guardians may do with the values of their own records."),
		field.Bool("archived").Default(false).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Whether the field is out of use: values stay as they are and none is added."),
	}
}

// Indexes of a custom field.
func (CustomField) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "entity", "key").Unique()}
}

// customKey is a name that may stand unquoted in JSON paths of most languages.
var customKey = regexp.MustCompile(`^[a-z][A-Za-z0-9]{0,39}$`)
