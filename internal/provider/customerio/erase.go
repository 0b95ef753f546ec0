package customerio

import (
	"context"
	"net/http"

	"github.com/barrehq/barre/internal/provider"
)

// Erase implements provider.Provider. People are known there by our ids, and
// one that is suppressed after the deletion never comes back by an event that
// was on its way. Customer.io says the same of a person whom it never knew.
func (p *CustomerIO) Erase(ctx context.Context, c provider.Connection, e provider.Erasure, _ provider.Links) ([]provider.Confirmation, error) {
	var all []provider.Confirmation
	for _, person := range e.Of("guardian", "membership") {
		path := "/api/v1/customers/" + person.String()
		if _, err := p.call(ctx, c, request{method: http.MethodDelete, path: path}); err != nil && !provider.Gone(err) {
			return all, err
		}
		if _, err := p.call(ctx, c, request{method: http.MethodPost, path: path + "/suppress"}); err != nil {
			return all, err
		}
		all = append(all, provider.Confirmation{
			Ref: person, RemoteID: person.String(), State: provider.Erased, Note: "The bare id stays on Customer.io's list of people who are not to be added again.",
		})
	}
	return all, nil
}
