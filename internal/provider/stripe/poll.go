package stripe

import (
	"context"
	"time"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/barrehq/barre/internal/provider"
)

// heard are the types of event that Handle acts on, for an endpoint at Stripe
// and for Poll.
func heard() []string {
	return []string{
		"invoice.paid", "invoice.payment_failed", "invoice_payment.paid",
		"charge.refunded", "refund.created", "refund.updated", "refund.failed",
		"charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
		"customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted",
		"customer.subscription.paused", "customer.subscription.resumed",
	}
}

// Poll implements provider.Poller with the events since: Stripe keeps them for
// 30 days. Each object is looked at once, as it is now.
func (s *Stripe) Poll(ctx context.Context, connection provider.Connection, since time.Time, _ []provider.Subject) ([]provider.Fact, error) {
	c := &call{client: s.client(connection), connection: connection, now: s.config.Now}
	params := &sdk.EventListParams{
		ListParams: c.list(pageSize), CreatedRange: &sdk.RangeQueryParams{GreaterThanOrEqual: since.Unix()}, Types: sdk.StringSlice(heard()),
	}
	var (
		facts   []provider.Fact
		scanned int
		seen    = map[string]bool{}
	)
	for e, err := range c.client.V1Events.List(ctx, params).All(ctx) {
		if err != nil {
			return facts, c.failure(err)
		}
		if scanned++; scanned > maxScanned {
			return facts, permanent("too many events to look at")
		}
		object := e.GetObjectValue("id")
		if seen[object] {
			continue
		}
		seen[object] = true
		of, err := s.look(ctx, connection, string(e.Type), object)
		if err != nil && !provider.Gone(err) {
			return facts, err
		}
		facts = append(facts, of...)
	}
	return facts, nil
}
