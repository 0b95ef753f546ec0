package paycove

import (
	"context"
	"net/http"
	"net/url"

	"github.com/barrehq/barre/internal/provider"
)

// Erase implements provider.Provider. A family is known there by the contact
// and the organization of its deals. A contact can be deleted; an organization
// cannot, and is emptied.
func (p *PayCove) Erase(ctx context.Context, connection provider.Connection, e provider.Erasure, links provider.Links) ([]provider.Confirmation, error) {
	c := p.begin(connection, provider.Operation{}, links)
	erased := provider.Confirmation{State: provider.Erased, Note: "Amounts and dates of its deals stay in PayCove's books, on an organization without a name."}
	return e.Linked(ctx, links, erased, "invoice", c.forget)
}

func (c *call) forget(ctx context.Context, deal string) error {
	var found struct {
		Contact number `json:"contact_id"`
		Org     number `json:"org_id"`
	}
	if err := c.send(ctx, http.MethodGet, "/deals/"+url.PathEscape(deal)+"?scope[]=contact", nil, &found); err != nil {
		return err
	}
	if found.Contact == "" || found.Org == "" {
		return permanent("the deal does not say whose it is")
	}
	nobody := map[string]string{
		"name": "Erased", "email": "erased@example.invalid", "phone": "", "line1": "", "city": "", "state": "", "postal_code": "", "country": "",
	}
	if err := c.send(ctx, http.MethodPatch, "/organizations/"+url.PathEscape(string(found.Org)), nobody, nil); err != nil && !provider.Gone(err) {
		return err
	}
	if err := c.send(ctx, http.MethodDelete, "/contacts/"+url.PathEscape(string(found.Contact)), nil, nil); err != nil && !provider.Gone(err) {
		return err // another of the family's deals has had it deleted
	}
	return nil
}
