package stripe

import (
	"context"
	"strings"
	"time"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/barrehq/barre/internal/provider"
)

// Handle implements provider.Provider. An event says which object to look at;
// the object, as it is now, says what is true. Stripe promises no order, so a
// refund or dispute comes with the payment that it is about.
func (s *Stripe) Handle(ctx context.Context, connection provider.Connection, in provider.Inbound) ([]provider.Fact, error) {
	if in.Account != connection.Account {
		return nil, nil // another account of the same platform
	}
	facts, err := s.look(ctx, connection, in.Type, in.Object)
	if provider.Gone(err) {
		return nil, nil // deleted, or of the account's other mode
	}
	return facts, err
}

func (s *Stripe) look(ctx context.Context, connection provider.Connection, kind, object string) ([]provider.Fact, error) {
	c := &call{client: s.client(connection), connection: connection, now: s.config.Now}
	switch {
	case kind == "invoice.paid", kind == "invoice.payment_succeeded", kind == "invoice.payment_failed":
		return c.invoiceFacts(ctx, object)
	case kind == "invoice_payment.paid":
		return c.paymentFacts(ctx, object)
	case kind == "charge.refunded":
		return c.chargeFacts(ctx, object)
	case kind == "charge.refund.updated", strings.HasPrefix(kind, "refund."):
		return c.refundFacts(ctx, object)
	case strings.HasPrefix(kind, "charge.dispute."):
		return c.disputeFacts(ctx, object)
	case strings.HasPrefix(kind, "customer.subscription."):
		return c.subscriptionFacts(ctx, object)
	}
	return nil, nil
}

// invoiceFacts tells of every payment of an invoice. One that was settled
// outside of Stripe has none here: that is our own word, come back.
func (c *call) invoiceFacts(ctx context.Context, id string) ([]provider.Fact, error) {
	found, err := c.getInvoice(ctx, id)
	if err != nil {
		return nil, err
	}
	about := provider.Subject{Ref: provider.ParseRef("invoice", found.Metadata["invoice_ref"]), RemoteID: id}
	params := &sdk.InvoicePaymentListParams{ListParams: c.list(pageSize), Invoice: sdk.String(id)}
	params.AddExpand("data.payment.payment_intent.latest_charge")
	var facts []provider.Fact
	for p, err := range c.client.V1InvoicePayments.List(ctx, params).All(ctx) {
		if err != nil {
			return nil, c.failure(err)
		}
		facts = appendFact(facts, paid(about, p))
		if found.Status == sdk.InvoiceStatusOpen {
			facts = appendFact(facts, failed(about, p))
		}
	}
	return facts, nil
}

func appendFact(facts []provider.Fact, fact provider.Fact) []provider.Fact {
	if fact == nil {
		return facts
	}
	return append(facts, fact)
}

// paid is nil for a payment that has not succeeded or did not go through Stripe.
func paid(about provider.Subject, p *sdk.InvoicePayment) provider.Fact {
	reference, charge := origin(p)
	if p.Status != "paid" || reference == "" {
		return nil
	}
	fact := provider.PaymentSucceeded{
		Subject: about, Reference: reference, Amount: minorUnits(string(p.Currency), p.AmountPaid),
		Currency: strings.ToUpper(string(p.Currency)), Method: provider.ByTransfer, At: time.Unix(p.Created, 0).UTC(),
	}
	if p.StatusTransitions != nil && p.StatusTransitions.PaidAt != 0 {
		fact.At = time.Unix(p.StatusTransitions.PaidAt, 0).UTC()
	}
	if charge != nil && charge.PaymentMethodDetails != nil && charge.PaymentMethodDetails.Card != nil {
		fact.Method = provider.ByCard
	}
	return fact
}

// origin names what moved the money: a payment intent, or a charge without one.
func origin(p *sdk.InvoicePayment) (reference string, charge *sdk.Charge) {
	switch {
	case p.Payment == nil:
		return "", nil
	case p.Payment.PaymentIntent != nil:
		return p.Payment.PaymentIntent.ID, p.Payment.PaymentIntent.LatestCharge
	case p.Payment.Charge != nil:
		return p.Payment.Charge.ID, p.Payment.Charge
	}
	return "", nil
}

func failed(about provider.Subject, p *sdk.InvoicePayment) provider.Fact {
	if p.Payment == nil || p.Payment.PaymentIntent == nil || p.Payment.PaymentIntent.LastPaymentError == nil {
		return nil
	}
	problem, at := p.Payment.PaymentIntent.LastPaymentError, time.Unix(p.Created, 0).UTC()
	if charge := p.Payment.PaymentIntent.LatestCharge; charge != nil && charge.Created != 0 {
		at = time.Unix(charge.Created, 0).UTC()
	}
	code := string(problem.DeclineCode)
	if code == "" {
		code = string(problem.Code)
	}
	return provider.PaymentFailed{Subject: about, Code: code, At: at}
}

func (c *call) paymentFacts(ctx context.Context, id string) ([]provider.Fact, error) {
	found, err := c.client.V1InvoicePayments.Retrieve(ctx, id, &sdk.InvoicePaymentRetrieveParams{Params: c.params("")})
	if err != nil || found.Invoice == nil {
		return nil, c.failure(err)
	}
	return c.invoiceFacts(ctx, found.Invoice.ID)
}

// moved is the payment that a refund or dispute is about: its reference as in
// origin, and the facts of the invoices that it paid.
func (c *call) moved(ctx context.Context, intent *sdk.PaymentIntent, charge *sdk.Charge) (string, []provider.Fact, error) {
	if intent == nil {
		if charge == nil {
			return "", nil, permanent("money moved without a charge")
		}
		return charge.ID, nil, nil
	}
	var facts []provider.Fact
	params := &sdk.InvoicePaymentListParams{
		ListParams: c.list(pageSize),
		Payment:    &sdk.InvoicePaymentListPaymentParams{Type: sdk.String("payment_intent"), PaymentIntent: sdk.String(intent.ID)},
	}
	for p, err := range c.client.V1InvoicePayments.List(ctx, params).All(ctx) {
		if err != nil {
			return "", nil, c.failure(err)
		}
		if p.Invoice == nil {
			continue
		}
		of, err := c.invoiceFacts(ctx, p.Invoice.ID)
		if err != nil {
			return "", nil, err
		}
		facts = append(facts, of...)
	}
	return intent.ID, facts, nil
}

func (c *call) chargeFacts(ctx context.Context, id string) ([]provider.Fact, error) {
	var facts []provider.Fact
	for refund, err := range c.client.V1Refunds.List(ctx, &sdk.RefundListParams{ListParams: c.list(pageSize), Charge: sdk.String(id)}).All(ctx) {
		if err != nil {
			return nil, c.failure(err)
		}
		of, err := c.refunded(ctx, refund)
		if err != nil {
			return nil, err
		}
		facts = append(facts, of...)
	}
	return facts, nil
}

func (c *call) refundFacts(ctx context.Context, id string) ([]provider.Fact, error) {
	found, err := c.client.V1Refunds.Retrieve(ctx, id, &sdk.RefundRetrieveParams{Params: c.params("")})
	if err != nil {
		return nil, c.failure(err)
	}
	return c.refunded(ctx, found)
}

func (c *call) refunded(ctx context.Context, r *sdk.Refund) ([]provider.Fact, error) {
	payment, facts, err := c.moved(ctx, r.PaymentIntent, r.Charge)
	if err != nil {
		return nil, err
	}
	return append(facts, refundFact(r, invoiceOfFacts(facts), payment)), nil
}

func (c *call) disputeFacts(ctx context.Context, id string) ([]provider.Fact, error) {
	found, err := c.client.V1Disputes.Retrieve(ctx, id, &sdk.DisputeRetrieveParams{Params: c.params("")})
	if err != nil {
		return nil, c.failure(err)
	}
	payment, facts, err := c.moved(ctx, found.PaymentIntent, found.Charge)
	if err != nil {
		return nil, err
	}
	fact := provider.Disputed{
		Subject: invoiceOfFacts(facts), Payment: payment, Reference: found.ID, Amount: minorUnits(string(found.Currency), found.Amount),
		Currency: strings.ToUpper(string(found.Currency)), Reason: string(found.Reason), Status: disputeStatus(found.Status),
		At: time.Unix(found.Created, 0).UTC(),
	}
	if found.EvidenceDetails != nil && found.EvidenceDetails.DueBy != 0 {
		fact.DueBy = time.Unix(found.EvidenceDetails.DueBy, 0).UTC()
	}
	return append(facts, fact), nil
}

// disputeStatus takes a warning that was closed, and a dispute that was
// prevented, for won: no money went away.
func disputeStatus(status sdk.DisputeStatus) provider.DisputeStatus {
	switch status {
	case sdk.DisputeStatusWon, sdk.DisputeStatusWarningClosed, sdk.DisputeStatusPrevented:
		return provider.DisputeWon
	case sdk.DisputeStatusLost:
		return provider.DisputeLost
	}
	return provider.DisputeOpen
}

func invoiceOfFacts(facts []provider.Fact) provider.Subject {
	if len(facts) > 0 {
		return facts[0].About()
	}
	return provider.Subject{Ref: provider.Ref{Type: "invoice"}}
}

func (c *call) subscriptionFacts(ctx context.Context, id string) ([]provider.Fact, error) {
	found, err := c.client.V1Subscriptions.Retrieve(ctx, id, &sdk.SubscriptionRetrieveParams{Params: c.params("")})
	if err != nil || found.Customer == nil {
		return nil, c.failure(err)
	}
	fact := provider.SubscriptionChanged{
		Subject:   provider.Subject{Ref: provider.Ref{Type: "household"}, RemoteID: found.Customer.ID},
		Reference: id, At: time.Unix(found.Created, 0).UTC(),
	}
	switch found.Status {
	case sdk.SubscriptionStatusActive, sdk.SubscriptionStatusTrialing:
		fact.Status = provider.SubscriptionActive
	case sdk.SubscriptionStatusPastDue, sdk.SubscriptionStatusUnpaid:
		fact.Status = provider.SubscriptionPastDue
	case sdk.SubscriptionStatusCanceled:
		fact.Status, fact.At = provider.SubscriptionCanceled, time.Unix(found.CanceledAt, 0).UTC()
	default:
		return nil, nil // not begun, or asleep
	}
	return []provider.Fact{fact}, nil
}

// Check implements provider.Provider: it looks for a customer, which every key
// that can do its work may.
func (s *Stripe) Check(ctx context.Context, connection provider.Connection) error {
	c := &call{client: s.client(connection), connection: connection, now: s.config.Now}
	for _, err := range c.client.V1Customers.List(ctx, &sdk.CustomerListParams{ListParams: c.list(1)}).All(ctx) {
		return c.failure(err)
	}
	return nil
}
