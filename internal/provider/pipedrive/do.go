package pipedrive

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// call is one operation on its way: what every step of it needs.
type call struct {
	*Pipedrive
	connection provider.Connection
	links      provider.Links
	urgent     bool
}

// object is a record's body.
type object = map[string]any

func (p *Pipedrive) begin(connection provider.Connection, o provider.Operation, links provider.Links) *call {
	return &call{p, connection, links, o.Name == saveDeal || o.Name == removeDeal}
}

// Do implements provider.Provider.
func (p *Pipedrive) Do(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := p.begin(connection, o, links)
	switch o.Name {
	case saveOrganization:
		return decoded(ctx, o, saved(c.saveOrganization))
	case savePerson:
		return decoded(ctx, o, saved(c.savePerson))
	case saveDeal:
		return decoded(ctx, o, saved(c.saveDeal))
	case removeOrganization:
		return decoded(ctx, o, c.remove(organizations))
	case removePerson:
		return decoded(ctx, o, c.remove(persons))
	case removeDeal:
		return decoded(ctx, o, c.remove(deals))
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

func decoded[T any](ctx context.Context, o provider.Operation, run func(context.Context, T) (provider.Outcome, error)) (provider.Outcome, error) {
	var payload T
	if err := json.Unmarshal(o.Payload, &payload); err != nil {
		return provider.Outcome{}, permanent("unreadable payload of " + o.Name)
	}
	return run(ctx, payload)
}

func saved[T any](save func(context.Context, T) (string, error)) func(context.Context, T) (provider.Outcome, error) {
	return func(ctx context.Context, v T) (provider.Outcome, error) {
		remote, err := save(ctx, v)
		if err != nil {
			return provider.Outcome{}, err
		}
		return provider.Outcome{State: provider.Done, RemoteID: remote}, nil
	}
}

func (c *call) saveOrganization(ctx context.Context, o organization) (string, error) {
	return c.save(ctx, organizations, o.ID, organizationBody(o))
}

func organizationBody(o organization) object {
	return object{"name": o.Name, "address": object{"value": o.Address, "country": o.Country}}
}

func (c *call) savePerson(ctx context.Context, p person) (string, error) {
	body, err := c.personBody(ctx, p)
	if err != nil {
		return "", err
	}
	return c.save(ctx, persons, p.ID, body)
}

func (c *call) personBody(ctx context.Context, p person) (object, error) {
	body := object{"name": p.Name, "emails": contact(p.Email, "home"), "phones": contact(p.Phone, "mobile")}
	if p.Organization != nil {
		id, err := c.ensure(ctx, organizations, p.Organization.ID, func() (object, error) { return organizationBody(*p.Organization), nil })
		if err != nil {
			return nil, err
		}
		body["org_id"] = json.Number(id)
	}
	return body, nil
}

// contact is a person's one address or number, or none.
func contact(value, label string) []object {
	if value == "" {
		return []object{}
	}
	return []object{{"value": value, "primary": true, "label": label}}
}

// saveDeal keeps a deal as a lead until it is in a stage that Pipedrive has.
func (c *call) saveDeal(ctx context.Context, d deal) (string, error) {
	body, err := c.dealBody(ctx, d)
	if err != nil {
		return "", err
	}
	remote, err := c.lookup(ctx, deals, d.ID)
	if err != nil {
		return "", err
	}
	if c.isLead(d) && (remote == "" || isLeadID(remote)) {
		return c.saveLead(ctx, d, remote, body)
	}
	if isLeadID(remote) {
		if err := c.archive(ctx, remote); err != nil {
			return "", err
		}
		return c.create(ctx, deals, d.ID, body)
	}
	return c.save(ctx, deals, d.ID, body)
}

func (c *call) dealBody(ctx context.Context, d deal) (object, error) {
	body := object{"title": d.Title, "value": d.Value, "currency": d.Currency, "status": d.Status}
	if d.Organization != nil {
		id, err := c.ensure(ctx, organizations, d.Organization.ID, func() (object, error) { return organizationBody(*d.Organization), nil })
		if err != nil {
			return nil, err
		}
		body["org_id"] = json.Number(id)
	}
	if d.Person != nil {
		d.Person.Organization = d.Organization
		id, err := c.ensure(ctx, persons, d.Person.ID, func() (object, error) { return c.personBody(ctx, *d.Person) })
		if err != nil {
			return nil, err
		}
		body["person_id"] = json.Number(id)
	}
	if stage, known := stageOf(c.connection, d.Stage); known {
		body["stage_id"] = stage
	} else if pipeline, err := strconv.ParseInt(c.connection.Options[OptionPipeline], 10, 64); err == nil {
		body["pipeline_id"] = pipeline
	}
	return body, nil
}

// ensure returns the id of the record, which is made if there is none.
func (c *call) ensure(ctx context.Context, k kind, id uuid.UUID, body func() (object, error)) (string, error) {
	remote, err := c.lookup(ctx, k, id)
	if err != nil || remote != "" {
		return remote, err
	}
	made, err := body()
	if err != nil {
		return "", err
	}
	return c.create(ctx, k, id, made)
}

// save writes the record, or makes it where there is none, or none any more.
func (c *call) save(ctx context.Context, k kind, id uuid.UUID, body object) (string, error) {
	remote, err := c.lookup(ctx, k, id)
	if err != nil {
		return "", err
	}
	if remote != "" {
		err = c.ask(ctx, ask{name: "update " + k.one(), method: http.MethodPatch, path: k.path(remote), body: body})
		if !provider.Gone(err) {
			return remote, err
		}
	}
	return c.create(ctx, k, id, body)
}

func (c *call) create(ctx context.Context, k kind, id uuid.UUID, body object) (string, error) {
	field, err := c.field(ctx, k)
	if err != nil {
		return "", err
	}
	body["custom_fields"] = object{field: ref(k, id).String()}
	var made struct {
		Data struct {
			ID json.Number `json:"id"`
		} `json:"data"`
	}
	if err := c.ask(ctx, ask{name: "create " + k.one(), method: http.MethodPost, path: k.path(""), body: body, into: &made}); err != nil {
		return "", err
	}
	return made.Data.ID.String(), c.link(ctx, k, id, made.Data.ID.String())
}

// remove deletes what stands for the record; what is gone is removed.
func (c *call) remove(k kind) func(context.Context, removed) (provider.Outcome, error) {
	return func(ctx context.Context, r removed) (provider.Outcome, error) {
		remote, err := c.lookup(ctx, k, r.ID)
		if err != nil {
			return provider.Outcome{}, err
		}
		if remote == "" {
			return provider.Outcome{State: provider.Skipped, Note: "The record was never sent to this vendor."}, nil
		}
		if err := c.delete(ctx, k, remote); err != nil && !provider.Gone(err) {
			return provider.Outcome{}, err
		}
		return provider.Outcome{State: provider.Done, RemoteID: remote}, nil
	}
}

func (c *call) delete(ctx context.Context, k kind, remote string) error {
	if isLeadID(remote) {
		return c.ask(ctx, ask{name: "delete lead", method: http.MethodDelete, path: "/v1/leads/" + remote})
	}
	return c.ask(ctx, ask{name: "delete " + k.one(), method: http.MethodDelete, path: k.path(remote)})
}

func (c *call) ask(ctx context.Context, a ask) error {
	a.urgent = c.urgent
	return c.Pipedrive.call(ctx, c.connection, a)
}

func ref(k kind, id uuid.UUID) provider.Ref { return provider.Ref{Type: k.prefix(), ID: id} }

func (c *call) lookup(ctx context.Context, k kind, id uuid.UUID) (string, error) {
	remote, err := c.links.Lookup(ctx, ref(k, id))
	if err != nil {
		return "", &provider.Error{Provider: ID, Class: provider.Transient, Cause: err}
	}
	return remote, nil
}

// link fails as Unknown: the vendor has the object and we have no link to it.
func (c *call) link(ctx context.Context, k kind, id uuid.UUID, remote string) error {
	if err := c.links.Save(ctx, ref(k, id), remote); err != nil {
		return &provider.Error{Provider: ID, Class: provider.Unknown, Cause: err}
	}
	return nil
}
