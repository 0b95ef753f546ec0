package stripe

import (
	"context"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/barrehq/barre/internal/provider"
)

// Erase implements provider.Provider. Stripe deletes a customer at once; the
// books that it keeps of money are not ours to delete.
func (s *Stripe) Erase(ctx context.Context, connection provider.Connection, e provider.Erasure, links provider.Links) ([]provider.Confirmation, error) {
	c := s.begin(connection, provider.Operation{}, links)
	erased := provider.Confirmation{State: provider.Erased, Note: "Invoices and payments stay in Stripe's books, with the name and address that stood on them."}
	return e.Linked(ctx, links, erased, "household", func(ctx context.Context, remote string) error {
		deleted, err := c.client.V1Customers.Delete(ctx, remote, &sdk.CustomerDeleteParams{Params: c.params("")})
		if err == nil && !deleted.Deleted {
			return &provider.Error{Provider: ID, Class: provider.Unknown, Code: "answer without a confirmation"}
		}
		return c.failure(err)
	})
}
