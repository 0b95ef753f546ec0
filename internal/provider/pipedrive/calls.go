package pipedrive

import (
	"slices"

	"github.com/barrehq/barre/internal/provider"
)

// calls are the only ones that may be made. The reference is the one custom
// field; its name is a hash that Pipedrive makes up.
func calls() []provider.Call {
	reference := provider.Fields(provider.OpaqueRef, "custom_fields.{hash}")
	organization := slices.Concat(reference, provider.Fields(provider.Name, "name"), provider.Fields(provider.OrgAddress, "address.value"),
		provider.Fields(provider.Country, "address.country"))
	person := slices.Concat(reference, provider.Fields(provider.Name, "name"), provider.Fields(provider.Email, "emails[].value"),
		provider.Fields(provider.Phone, "phones[].value"), provider.Fields(provider.OpaqueRef, "org_id"),
		provider.Fields(provider.Operational, "emails[].primary", "emails[].label", "phones[].primary", "phones[].label", "emails", "phones"))
	deal := slices.Concat(reference, provider.Fields(provider.Name, "title"), provider.Fields(provider.BillingInfo, "value", "currency"),
		provider.Fields(provider.OpaqueRef, "person_id", "org_id", "pipeline_id", "stage_id"), provider.Fields(provider.Operational, "status"))
	lead := slices.Concat(provider.Fields(provider.Name, "title"), provider.Fields(provider.BillingInfo, "value.amount", "value.currency"),
		provider.Fields(provider.OpaqueRef, "person_id", "organization_id", "origin_id"))
	unsaid := []string{"owner_id", "label_ids", "expected_close_date", "visible_to", "was_seen", "channel", "channel_id"} // of a lead
	field := provider.Fields(provider.Operational, "field_name", "field_type")
	page := provider.Fields(provider.Operational, "limit", "cursor")
	search := append(provider.Fields(provider.OpaqueRef, "term"), provider.Fields(provider.Operational, "fields", "exact_match", "limit")...)
	var list []provider.Call
	for _, of := range []struct {
		kind     kind
		body     []provider.Field
		withheld []string // in making one and in changing it
		once     []string // in making one alone
		field    []string // in making a field of one
	}{
		{organizations, organization, []string{"owner_id", "visible_to", "label_ids", "website", "linkedin", "industry", "annual_revenue", "employee_count",
			"address.admin_area_level_1", "address.admin_area_level_2", "address.locality", "address.sublocality", "address.route",
			"address.street_number", "address.subpremise", "address.postal_code"}, []string{"add_time"}, nil},
		{persons, person, []string{"owner_id", "visible_to", "label_ids", "postal_address", "notes", "im", "birthday", "job_title", "marketing_status"},
			[]string{"add_time"}, nil},
		{deals, deal, []string{"owner_id", "visible_to", "label_ids", "is_deleted", "is_archived", "archive_time", "probability", "lost_reason", "close_time",
			"won_time", "lost_time", "expected_close_date"}, nil, []string{"description"}},
	} {
		list = append(list,
			provider.Call{Name: "create " + of.kind.one(), Method: "POST", Path: of.kind.path(""), Body: of.body, Withheld: append(of.once, of.withheld...)},
			provider.Call{Name: "update " + of.kind.one(), Method: "PATCH", Path: of.kind.path("{id}"), Body: of.body[1:], Withheld: append([]string{"custom_fields"}, of.withheld...)},
			provider.Call{Name: "delete " + of.kind.one(), Method: "DELETE", Path: of.kind.path("{id}")},
			provider.Call{Name: "find " + of.kind.one(), Method: "GET", Path: of.kind.path("search"), Query: search},
			provider.Call{Name: "list fields of " + of.kind.one(), Method: "GET", Path: of.kind.fields(), Query: page},
			provider.Call{Name: "create field of " + of.kind.one(), Method: "POST", Path: of.kind.fields(), Body: field,
				Withheld: append(of.field, "options", "ui_visibility", "important_fields", "required_fields")},
		)
	}
	return append(list, // after the searches, which "{id}" would fit as well
		provider.Call{Name: "list deals", Method: "GET", Path: deals.path(""), Query: append(provider.Fields(provider.Operational, "sort_by", "updated_since"), page...)},
		provider.Call{Name: "get deal", Method: "GET", Path: deals.path("{id}")},
		provider.Call{Name: "get stage", Method: "GET", Path: "/api/v2/stages/{id}"},
		provider.Call{Name: "create lead", Method: "POST", Path: "/v1/leads", Body: lead, Withheld: unsaid},
		provider.Call{Name: "list leads", Method: "GET", Path: "/v1/leads", Query: append(provider.Fields(provider.OpaqueRef, "organization_id"), provider.Fields(provider.Operational, "start", "limit")...)},
		provider.Call{Name: "update lead", Method: "PATCH", Path: "/v1/leads/{id}", Body: append(provider.Fields(provider.Operational, "is_archived"), lead[:len(lead)-1]...), Withheld: unsaid},
		provider.Call{Name: "delete lead", Method: "DELETE", Path: "/v1/leads/{id}"},
		provider.Call{Name: "get own user", Method: "GET", Path: "/v1/users/me"},
	)
}

// costs are the tokens of the daily budget that a call takes, by its name, as
// Pipedrive's document says in x-token-cost.
func costs() map[string]int {
	list := map[string]int{
		"create lead": 10, "list leads": 20, "update lead": 10, "delete lead": 6, "get own user": 2, "get deal": 1, "list deals": 10, "get stage": 1,
	}
	for _, kind := range []kind{organizations, persons, deals} {
		list["create "+kind.one()], list["update "+kind.one()], list["delete "+kind.one()] = 5, 5, 3
		list["find "+kind.one()], list["list fields of "+kind.one()], list["create field of "+kind.one()] = 20, 10, 5
	}
	return list
}

// kind is a type of record of the second version of the API.
type kind string

const (
	organizations kind = "organization"
	persons       kind = "person"
	deals         kind = "deal"
)

func (k kind) one() string { return string(k) }

// path is where records of the kind are: all of them, or one by its id.
func (k kind) path(id string) string {
	if id == "" {
		return "/api/v2/" + string(k) + "s"
	}
	return "/api/v2/" + string(k) + "s/" + id
}

func (k kind) fields() string { return "/api/v2/" + string(k) + "Fields" }

// prefix is that of the ids of ours that records of the kind stand for.
func (k kind) prefix() string {
	switch k {
	case organizations:
		return "household"
	case persons:
		return "guardian"
	}
	return "deal"
}
