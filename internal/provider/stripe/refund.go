package stripe

import (
	"context"
	"errors"
	"strings"
	"time"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/barrehq/barre/internal/provider"
)

// refund gives money back. That Stripe refuses to is an answer as well: the
// refund has failed.
func (c *call) refund(ctx context.Context, v refund) (provider.Outcome, error) {
	id, err := c.lookup(ctx, "refund", v.ID)
	if err != nil {
		return provider.Outcome{}, err
	}
	if id != "" {
		return c.knownRefund(ctx, id)
	}
	params := &sdk.RefundCreateParams{
		Params: c.params("refund"), Amount: sdk.Int64(v.Amount),
		Metadata: map[string]string{"tenant_ref": ref("tenant", v.Tenant), "refund_ref": ref("refund", v.ID)},
	}
	if strings.HasPrefix(v.Payment, "pi_") {
		params.PaymentIntent = sdk.String(v.Payment)
	} else {
		params.Charge = sdk.String(v.Payment)
	}
	made, err := c.client.V1Refunds.Create(ctx, params)
	if err = c.failure(err); provider.ClassOf(err) == provider.Permanent && err != nil {
		return c.refused(v, err), nil
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	return c.made(made), c.save(ctx, provider.Ref{Type: "refund", ID: v.ID}, made.ID)
}

// refused is the outcome of a refund that Stripe will not make.
func (c *call) refused(v refund, err error) provider.Outcome {
	said := (*provider.Error)(nil)
	errors.As(err, &said)
	return provider.Outcome{State: provider.Skipped, Note: "Stripe does not give it back: " + said.Code, Facts: []provider.Fact{provider.Refunded{
		Subject: provider.Subject{Ref: provider.Ref{Type: "invoice"}}, Refund: provider.Ref{Type: "refund", ID: v.ID},
		Payment: v.Payment, Status: provider.RefundFailed, Code: said.Code, At: c.now().UTC(),
	}}}
}

func (c *call) knownRefund(ctx context.Context, id string) (provider.Outcome, error) {
	found, err := c.client.V1Refunds.Retrieve(ctx, id, &sdk.RefundRetrieveParams{Params: c.params("")})
	if err != nil {
		return provider.Outcome{}, c.failure(err)
	}
	return c.made(found), nil
}

func (c *call) made(r *sdk.Refund) provider.Outcome {
	return provider.Outcome{State: provider.Done, RemoteID: r.ID, Facts: []provider.Fact{refundFact(r, provider.Subject{Ref: provider.Ref{Type: "invoice"}}, paymentOf(r))}}
}

// paymentOf names the payment that a refund is of.
func paymentOf(r *sdk.Refund) string {
	switch {
	case r.PaymentIntent != nil:
		return r.PaymentIntent.ID
	case r.Charge != nil:
		return r.Charge.ID
	}
	return ""
}

// refundFact tells how a refund stands.
func refundFact(r *sdk.Refund, about provider.Subject, payment string) provider.Refunded {
	fact := provider.Refunded{
		Subject: about, Refund: provider.ParseRef("refund", r.Metadata["refund_ref"]), Payment: payment, Reference: r.ID,
		Amount: minorUnits(string(r.Currency), r.Amount), Currency: strings.ToUpper(string(r.Currency)), Status: provider.RefundPending,
		Reason: string(r.Reason), At: time.Unix(r.Created, 0).UTC(),
	}
	switch r.Status {
	case sdk.RefundStatusSucceeded:
		fact.Status = provider.RefundSucceeded
	case sdk.RefundStatusFailed, sdk.RefundStatusCanceled:
		fact.Status, fact.Code = provider.RefundFailed, string(r.FailureReason)
		if fact.Code == "" {
			fact.Code = string(r.Status)
		}
	}
	return fact
}

// reconcileRefund finds a refund of the payment by our reference.
func (c *call) reconcileRefund(ctx context.Context, v refund) (provider.Outcome, error) {
	id, err := c.lookup(ctx, "refund", v.ID)
	if err != nil {
		return provider.Outcome{}, err
	}
	if id != "" {
		return c.knownRefund(ctx, id)
	}
	params := &sdk.RefundListParams{ListParams: c.list(pageSize)}
	if strings.HasPrefix(v.Payment, "pi_") {
		params.PaymentIntent = sdk.String(v.Payment)
	} else {
		params.Charge = sdk.String(v.Payment)
	}
	for found, err := range c.client.V1Refunds.List(ctx, params).All(ctx) {
		if err != nil {
			return provider.Outcome{}, c.failure(err)
		}
		if found.Metadata["refund_ref"] == ref("refund", v.ID) {
			return c.made(found), c.save(ctx, provider.Ref{Type: "refund", ID: v.ID}, found.ID)
		}
	}
	return provider.Outcome{State: provider.Missing}, nil
}
