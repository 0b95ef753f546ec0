package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Staff is a person who teaches or works at the studio.
type Staff struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Staff) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "staff",
		Keep:       rule.AsLongAsStudio,
		Plural:     "staffMembers",
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events | rule.CustomFields,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.ReadOnly,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.ReadOnly, viewer.Public: rule.ReadOnly,
		},
		About: "A person who teaches or works at the studio.",
	}}}
}

// Fields of a staff member.
func (Staff) Fields() []ent.Field {
	return []ent.Field{
		field.String("display_name").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Public).Ordered()).Comment("Name as shown to families, such as Ms. Rivera."),
		field.String("title").Optional().Nillable().MaxLen(100).Annotations(rule.Of(rule.Public)).Comment("What they do, such as Ballet teacher."),
		field.String("email").Optional().Nillable().Validate(rule.AtMost(254)).Annotations(rule.Of(rule.Sensitive).As(rule.Email).Filtered()).Comment("Where the studio writes to."),
		// Digest of the address, under a key of the tenant, for finding it.
		field.Bytes("email_index").Optional().Nillable().MaxLen(16).Sensitive().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
	}
}

// Edges of a staff member.
func (Staff) Edges() []ent.Edge {
	return []ent.Edge{edge.To("classes", Class.Type), edge.To("memberships", Membership.Type)}
}

// Indexes of a staff member.
func (Staff) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "display_name", "id"), index.Fields("tenant_id", "email_index")}
}

// Annotations name the table, whose plural is its singular.
func (Staff) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("staff")}
}
