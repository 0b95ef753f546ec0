package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// AppInstallation is a studio's consent to what one app may do.
type AppInstallation struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (AppInstallation) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:   "appinstallation",
		Keep:     rule.AsLongAsStudio,
		Features: rule.Events,
		Access:   rule.Access{viewer.Owner: rule.Keep, viewer.Admin: rule.Keep},
		About:    "A third party's app that the studio has let in, and what it may do.",
	}}}
}

// Fields of an app's installation.
func (AppInstallation) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("app_id", uuid.UUID{}).Immutable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
		field.String("app_name").NotEmpty().MaxLen(100).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Name of the app."),
		field.String("publisher").NotEmpty().MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who makes the app and receives the data."),
		field.Strings("scopes").Annotations(rule.Of(rule.Internal).ByVerb()).Comment("What the app may do, such as student:read."),
		field.Enum("status").Values("ACTIVE", "REVOKED").Default("ACTIVE").Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Whether the app is let in."),
		field.String("installed_by").MaxLen(200).Immutable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("Who let it in."),
		field.Time("revoked_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).Comment("When the app was shut out; null while it is let in."),
	}
}

// Edges of an app's installation.
func (AppInstallation) Edges() []ent.Edge {
	return []ent.Edge{edge.To("review_items", AccessReviewItem.Type)}
}

// Indexes of an app's installation.
func (AppInstallation) Indexes() []ent.Index { return []ent.Index{index.Fields("tenant_id", "app_id")} }
