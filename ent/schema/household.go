package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/viewer"
)

// Household is a family: who pays, where they live.
type Household struct{ ent.Schema }

// Mixin says whose it is and what can be done with it.
func (Household) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{
		Prefix:     "household",
		Keep:       rule.AsLongAsFamily,
		Features:   rule.RecycleBin | rule.Versions | rule.ExternalReferences | rule.Events | rule.CustomFields,
		Operations: rule.Write,
		Access: rule.Access{
			viewer.Owner: rule.All, viewer.Admin: rule.All, viewer.FrontDesk: rule.Keep,
			viewer.Teacher: rule.ReadOnly, viewer.Guardian: rule.Own(rule.Read | rule.Update),
		},
		Owns:      []string{"guardians", "students", "notes"},
		Household: "id",
		About:     "A family: its students, the guardians who answer for them and the address that bills go to.",
	}}}
}

// Fields of a household.
func (Household) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(200).Annotations(rule.Of(rule.Personal).Ordered()).
			Comment("The family's name, such as The Okafor family."),
		field.String("email").Optional().Nillable().MaxLen(254).Annotations(rule.Of(rule.Personal).As(rule.Email)).
			Comment("Where bills are sent."),
		field.String("address_line1").Optional().Nillable().MaxLen(200).Annotations(rule.Of(rule.Personal)).Comment("Street and number."),
		field.String("address_line2").Optional().Nillable().MaxLen(200).Annotations(rule.Of(rule.Personal)).Comment("Apartment, floor or suite."),
		field.String("city").Optional().Nillable().MaxLen(100).Annotations(rule.Of(rule.Personal)).Comment("City or town."),
		field.String("region").Optional().Nillable().MaxLen(100).Annotations(rule.Of(rule.Personal)).Comment("State, province or region."),
		field.String("postal_code").Optional().Nillable().MaxLen(20).Annotations(rule.Of(rule.Personal)).Comment("Postal or ZIP code."),
		field.String("country").Default("US").MinLen(2).MaxLen(2).Annotations(rule.Of(rule.Personal)).Comment("Country, ISO 3166-1 alpha-2."),
	}
}

// Edges of a household.
func (Household) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("guardians", Guardian.Type), edge.To("students", Student.Type),
		edge.To("enrollments", Enrollment.Type), edge.To("waitlist_entries", WaitlistEntry.Type),
		edge.To("invoices", Invoice.Type), edge.To("invoice_lines", InvoiceLine.Type), edge.To("payments", Payment.Type),
		edge.To("memberships", Membership.Type), edge.To("notes", Note.Type),
		edge.To("refunds", Refund.Type), edge.To("tuition_subscriptions", TuitionSubscription.Type),
		edge.To("deals", Deal.Type), edge.To("tickets", Ticket.Type),
	}
}

// Indexes of a household.
func (Household) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "name", "id")}
}
