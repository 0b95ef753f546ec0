package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// CustomDomain is one host of a studio's own sites. It follows from
// Tenant.customDomains; its table lets no two studios have the same host.
type CustomDomain struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (CustomDomain) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix: "customdomain", Keep: rule.AsLongAsStudio, Hidden: true,
		Access: rule.Access{viewer.Owner: rule.All, viewer.Admin: rule.All},
	}}}
}

// Fields of a custom domain.
func (CustomDomain) Fields() []ent.Field {
	return []ent.Field{field.String("host").NotEmpty().MaxLen(253).Immutable().Annotations(rule.Of(rule.Public))}
}

// Indexes of a custom domain.
func (CustomDomain) Indexes() []ent.Index { return []ent.Index{index.Fields("host").Unique()} }
