package pipedrive

import (
	"context"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Reconcile implements provider.Provider. It saves the links of whatever an
// interrupted Do created; the rest is written again by Do, which does no harm.
func (p *Pipedrive) Reconcile(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := p.begin(connection, o, links)
	switch o.Name {
	case saveOrganization:
		return decoded(ctx, o, found(func(ctx context.Context, v organization) error { return c.adopt(ctx, organizations, v.ID) }))
	case savePerson:
		return decoded(ctx, o, found(c.adoptPerson))
	case saveDeal:
		return decoded(ctx, o, found(c.adoptDeal))
	case removeOrganization, removePerson, removeDeal:
		return provider.Outcome{State: provider.Missing}, nil
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

func found[T any](adopt func(context.Context, T) error) func(context.Context, T) (provider.Outcome, error) {
	return func(ctx context.Context, v T) (provider.Outcome, error) {
		if err := adopt(ctx, v); err != nil {
			return provider.Outcome{}, err
		}
		return provider.Outcome{State: provider.Missing}, nil
	}
}

// adopt links the record to what stands for it at Pipedrive, if anything does.
func (c *call) adopt(ctx context.Context, k kind, id uuid.UUID) error {
	remote, err := c.lookup(ctx, k, id)
	if err != nil || remote != "" {
		return err
	}
	if remote, err = c.find(ctx, k, id); err != nil || remote == "" {
		return err
	}
	return c.link(ctx, k, id, remote)
}

func (c *call) adoptPerson(ctx context.Context, p person) error {
	if p.Organization != nil {
		if err := c.adopt(ctx, organizations, p.Organization.ID); err != nil {
			return err
		}
	}
	return c.adopt(ctx, persons, p.ID)
}

func (c *call) adoptDeal(ctx context.Context, d deal) error {
	if d.Organization != nil {
		if err := c.adopt(ctx, organizations, d.Organization.ID); err != nil {
			return err
		}
	}
	if d.Person != nil {
		if err := c.adopt(ctx, persons, d.Person.ID); err != nil {
			return err
		}
	}
	remote, err := c.lookup(ctx, deals, d.ID)
	if err != nil || remote != "" && !isLeadID(remote) {
		return err
	}
	if found, err := c.find(ctx, deals, d.ID); err != nil || found != "" {
		if err != nil {
			return err
		}
		return c.link(ctx, deals, d.ID, found)
	}
	if remote != "" || d.Organization == nil {
		return nil
	}
	organization, err := c.lookup(ctx, organizations, d.Organization.ID)
	if err != nil || organization == "" {
		return err
	}
	lead, err := c.findLead(ctx, d, organization)
	if err != nil || lead == "" {
		return err
	}
	return c.link(ctx, deals, d.ID, lead)
}
