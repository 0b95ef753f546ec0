package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// CustomRole is a role of the studio's own making: less than one of the
// built-in roles, by type, action, scope and field.
type CustomRole struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (CustomRole) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "customrole",
		Keep:     rule.AsLongAsStudio,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: rule.All, viewer.Admin: rule.All},
		About:    "A role of the studio's own making. Whoever holds it may do what its permissions name, and never more than its base.",
	}}}
}

// Fields of a custom role.
func (CustomRole) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(100).Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What the studio calls the role."),
		field.Enum("base").Values("ADMIN", "FRONT_DESK", "TEACHER", "GUARDIAN").Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("The built-in role that bounds this one."),
		field.Strings("permissions").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What the role may do, each as type:action:scope, such as student:read:location or household:update:all. Actions are read, create, update, delete and write; scopes are own, household, location and all."),
		field.Strings("masks").Default([]string{}).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Fields that the role does not see, each as type.field, such as student.medicalNote. Whoever asks for one gets null and the error FORBIDDEN at its place; where the type of the field allows no null, that takes the place of what is around it."),
	}
}

// Edges of a custom role.
func (CustomRole) Edges() []ent.Edge { return []ent.Edge{edge.To("memberships", Membership.Type)} }

// Indexes of a custom role.
func (CustomRole) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "name").Unique()}
}
