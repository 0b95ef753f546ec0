package pipedrive

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Names of the operations.
const (
	saveOrganization   = "organization.save"
	removeOrganization = "organization.remove"
	savePerson         = "person.save"
	removePerson       = "person.remove"
	saveDeal           = "deal.save"
	removeDeal         = "deal.remove"
)

// organization is what Pipedrive is told of a household.
type organization struct {
	ID      uuid.UUID
	Name    string
	Address string // in one line; empty for none
	Country string
}

// person is what Pipedrive is told of a guardian.
type person struct {
	ID           uuid.UUID
	Name         string
	Email, Phone string
	Organization *organization
}

// deal is what Pipedrive is told of a deal.
type deal struct {
	ID           uuid.UUID
	Title        string
	Stage        string // in the studio's words
	Status       string
	Value        json.Number
	Currency     string
	Organization *organization
	Person       *person
}

// removed is what is to be deleted.
type removed struct{ ID uuid.UUID }

// Plan implements provider.Provider.
func (p *Pipedrive) Plan(c provider.Change) ([]provider.Operation, error) {
	entity, verb, _ := strings.Cut(c.Event.Type, ".")
	switch verb {
	case "created", "updated", "restored", "deleted":
	default:
		return nil, nil
	}
	missing := fmt.Errorf("pipedrive: %s without its record", c.Event.Type)
	switch entity {
	case "household":
		if c.Household == nil {
			return nil, missing
		}
		return one(c, verb, provider.Ref{Type: "household", ID: c.Household.ID}, saveOrganization, removeOrganization, organizationOf(c.Household))
	case "guardian":
		if c.Person == nil {
			return nil, missing
		}
		return one(c, verb, provider.Ref{Type: "guardian", ID: c.Person.ID}, savePerson, removePerson, personOf(c))
	case "deal":
		if c.Deal == nil {
			return nil, missing
		}
		return one(c, verb, provider.Ref{Type: "deal", ID: c.Deal.ID}, saveDeal, removeDeal, dealOf(c))
	}
	return nil, nil
}

func one(c provider.Change, verb string, entity provider.Ref, save, remove string, payload any) ([]provider.Operation, error) {
	name, lane := save, entity
	if c.Household != nil {
		lane = provider.Ref{Type: "household", ID: c.Household.ID}
	}
	if verb == "deleted" {
		name, payload = remove, removed{entity.ID}
	}
	operation, err := provider.NewOperation(c.Event, provider.Draft{Provider: ID, Name: name, Entity: entity, Lane: lane, Payload: payload})
	if err != nil {
		return nil, err
	}
	return []provider.Operation{operation}, nil
}

func organizationOf(h *provider.Household) *organization {
	if h == nil {
		return nil
	}
	a := h.Address
	var parts []string
	for _, part := range []string{a.Line1, a.Line2, a.City, strings.TrimSpace(a.Region + " " + a.PostalCode)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return &organization{ID: h.ID, Name: h.Name, Address: strings.Join(parts, ", "), Country: a.Country}
}

func personOf(c provider.Change) *person {
	if c.Person == nil || c.Person.Kind != "guardian" {
		return nil
	}
	return &person{
		ID: c.Person.ID, Name: strings.TrimSpace(c.Person.FirstName + " " + c.Person.LastName), Email: c.Person.Email, Phone: c.Person.Phone,
		Organization: organizationOf(c.Household),
	}
}

// dealOf names a deal after who would pay: a title of the studio's own could
// say for which student.
func dealOf(c provider.Change) deal {
	d := deal{
		ID: c.Deal.ID, Title: "Deal", Stage: c.Deal.Stage, Status: strings.ToLower(string(c.Deal.Status)),
		Value: provider.Decimal(c.Deal.Currency, c.Deal.Value), Currency: c.Deal.Currency,
		Organization: organizationOf(c.Household), Person: personOf(c),
	}
	if c.Household != nil {
		d.Title = c.Household.Name
	}
	if d.Person != nil {
		d.Person.Organization = nil // it is the deal's
	}
	return d
}
