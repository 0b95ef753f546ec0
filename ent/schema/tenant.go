package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Tenant is a studio.
type Tenant struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Tenant) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Root{Entity: rule.Entity{
		Prefix:     "tenant",
		Keep:       rule.AsLongAsStudio,
		Features:   rule.Versions | rule.Events,
		Operations: rule.Update,
		Access: rule.Access{
			viewer.Owner: rule.Keep, viewer.Admin: rule.Keep,
			viewer.FrontDesk: rule.ReadOnly, viewer.Teacher: rule.ReadOnly,
			viewer.Guardian: rule.ReadOnly, viewer.Public: rule.ReadOnly,
		},
		About: "A studio: its name, its branding and its settings. Every other record belongs to exactly one.",
	}}}
}

// Fields of a tenant.
func (Tenant) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Public)).
			Comment("The studio's name as families know it."),
		field.String("slug").NotEmpty().MaxLen(63).Unique().Immutable().Annotations(rule.Of(rule.Public).ByVerb()).
			Comment("The studio's short name in addresses, such as north-star."),
		field.String("plan").Default("studio").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("The plan that sets the studio's limits."),
		field.Enum("status").Values("ACTIVE", "SUSPENDED", "CLOSING").Default("ACTIVE").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Whether the studio may use Barre. One that is CLOSING can be read and exported until purgeAt, and changed no more."),
		field.Time("purge_at").Optional().Nillable().Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("When everything of the studio is removed for good; null unless it is closing."),
		field.String("time_zone").Default("America/New_York").MaxLen(64).Annotations(rule.Of(rule.Public)).
			Comment("IANA time zone, such as America/New_York."),
		field.String("currency").Default("USD").MinLen(3).MaxLen(3).Annotations(rule.Of(rule.Public).As(rule.Currency)).
			Comment("Currency of the studio's prices, ISO 4217."),
		field.String("primary_color").Default("#1f3a5f").MaxLen(9).Annotations(rule.Of(rule.Public)).
			Comment("Main color of the studio's brand, as #1f3a5f."),
		field.String("accent_color").Default("#e0a458").MaxLen(9).Annotations(rule.Of(rule.Public)).
			Comment("Second color of the studio's brand, as #e0a458."),
		field.String("logo_url").Optional().Nillable().MaxLen(2048).Annotations(rule.Of(rule.Public).As(rule.URL)).
			Comment("Address of the studio's logo."),
		field.Strings("custom_domains").Default([]string{}).Annotations(rule.Of(rule.Public)).
			Comment("Hosts of the studio's own sites, such as classes.example.com: at most 20, without scheme, port and path, and not another studio's. Browsers on them may call the API."),
		field.Bool("staff_access_approval").Default(true).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Whether access of Barre's staff starts only once somebody of the studio has approved it."),
		field.Int("access_review_days").Default(182).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("After how many days without one a review of all access is started; 0 for never."),
		field.Enum("password_policy").Values("STANDARD", "PASSPHRASE").Default("STANDARD").Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("What new passwords must be like: at least 8 characters of four kinds (STANDARD), or at least 15 of any kind (PASSPHRASE)."),
		field.Bool("requires_second_factor").Default(false).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Whether everybody must prove a second factor to sign in. A session without one can only enroll one."),
		field.Int("session_idle_minutes").Default(10080).Min(5).Max(10080).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("After how many minutes without a request a session ends: 5 to 10080, which is a week."),
		field.String("account_url").Default("").MaxLen(2048).Annotations(rule.Of(rule.Internal).ByVerb()).
			Comment("Page of the studio's own site to which messages about accounts lead, such as https://classes.example.com/account; empty where there is none."),
		field.Strings("forbidden_locations").Default([]string{}).Annotations(rule.Of(rule.Internal), entsql.DefaultExpr("'[]'")).
			Comment("Countries whose vendors may get none of the studio's data, as the register of sub-processors names them, such as US."),
		field.UUID("organization_id", uuid.UUID{}).Optional().Nillable().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
	}
}

// Edges of a tenant.
func (Tenant) Edges() []ent.Edge {
	return []ent.Edge{edge.From("organization", Organization.Type).Ref("tenants").Unique().Field("organization_id")}
}

// Indexes of a tenant.
func (Tenant) Indexes() []ent.Index { return []ent.Index{index.Fields("organization_id")} }
