package paycove

import (
	"context"
	"net/http"
	"net/url"

	"github.com/barrehq/barre/internal/provider"
)

// Erase implements provider.Provider. A family is known there by the contact
// and the organization of its deals. A contact can be deleted; an organization
// cannot, and is emptied. The checkout can be asked for nothing of the kind, and
// a bridge says that it was told.
func (p *PayCove) Erase(ctx context.Context, connection provider.Connection, e provider.Erasure, links provider.Links) ([]provider.Confirmation, error) {
	c := p.begin(connection, provider.Operation{}, links)
	switch mode(connection) {
	case ModeCheckout:
		return e.Linked(ctx, links, provider.Confirmation{}, "invoice", func(context.Context, string) error {
			return permanent("the checkout cannot be asked to delete")
		})
	case ModeSigned:
		c = c.bridge(p.config.Bridge)
		told := provider.Confirmation{State: provider.Accepted, Note: "The studio's own bridge was told to have PayCove delete it."}
		return e.Linked(ctx, links, told, "invoice", func(ctx context.Context, ref string) error {
			return c.say(ctx, said{ID: "erase-" + ref, Type: "invoice.erase", At: p.config.Now(), Data: dealRef{ref}})
		})
	}
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
