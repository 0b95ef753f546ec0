package recurly

import (
	"context"
	"net/http"

	"github.com/barrehq/barre/internal/provider"
)

// Erase implements provider.Provider. An account is known there by our id, so
// that one is found that came to be with a purchase. Recurly redacts it some
// time after it has said so, and refuses while a subscription runs or an
// invoice is paid in part.
func (p *Recurly) Erase(ctx context.Context, connection provider.Connection, e provider.Erasure, _ provider.Links) ([]provider.Confirmation, error) {
	c := p.begin(connection, provider.Operation{}, nil)
	var all []provider.Confirmation
	for _, family := range e.Of("household") {
		said := provider.Confirmation{
			Ref: family, RemoteID: family.String(), State: provider.Accepted, Note: "Amounts and dates stay in Recurly's books, without any personal data.",
		}
		err := c.send(ctx, http.MethodPut, "/accounts/code-"+said.RemoteID+"/redact", "", nil, nil)
		if provider.Gone(err) {
			said.State, said.Note = provider.Absent, ""
		} else if err != nil {
			return all, err
		}
		all = append(all, said)
	}
	return all, nil
}
