package inbound

import (
	"context"
	"net/url"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/dispute"
	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/ent/refund"
	"github.com/barrehq/barre/ent/tuitionsubscription"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/detector"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/provider"
)

func (b *Book) paid(ctx context.Context, a *Account, invoice uuid.UUID, f provider.PaymentSucceeded) (outcome, string, error) {
	before, err := b.payment(ctx, a, f.Reference)
	if err != nil || before != nil && before.InvoiceID == invoice {
		return known, "", err
	}
	if f.Whole {
		due, err := b.db.Client(ctx).Invoice.Get(ctx, invoice)
		if ent.IsNotFound(err) {
			return ignored, "It concerns no record of the studio.", nil
		}
		if err != nil {
			return 0, "", err
		}
		f.Amount, f.Currency = due.Total, due.Currency
	}
	_, err = b.office.RecordPayment(ctx, billing.Receipt{
		InvoiceID: invoice, Amount: f.Amount, Currency: f.Currency, Method: payment.Method(f.Method),
		Provider: a.Provider, ProviderReference: f.Reference, ReceivedAt: f.At,
	})
	if fault.CodeOf(err) == fault.NotFound {
		return ignored, "It concerns no record of the studio.", nil
	}
	return written, "", err
}

// payable writes down where an invoice can be paid. Families are led there, so
// that nothing but a web page is.
func (b *Book) payable(ctx context.Context, invoice uuid.UUID, f provider.PaymentPage) (outcome, string, error) {
	if u, err := url.Parse(f.URL); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(f.URL) > maxURL {
		return ignored, "It names no page.", nil
	}
	client := b.db.Client(ctx).Invoice
	found, err := client.Get(ctx, invoice)
	switch {
	case ent.IsNotFound(err):
		return ignored, "It concerns no record of the studio.", nil
	case err != nil:
		return 0, "", err
	case found.PaymentURL != nil && *found.PaymentURL == f.URL:
		return known, "", nil
	}
	return written, "", client.UpdateOne(found).SetPaymentURL(f.URL).Exec(ctx)
}

// payment returns what was recorded of a provider's payment; nil for nothing.
func (b *Book) payment(ctx context.Context, a *Account, reference string) (*ent.Payment, error) {
	found, err := b.db.Client(ctx).Payment.Query().Where(payment.Provider(a.Provider), payment.ProviderReference(reference)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

func (b *Book) failed(ctx context.Context, invoice uuid.UUID, f provider.PaymentFailed) (outcome, string, error) {
	news, err := b.office.NoteFailure(ctx, invoice, shortened(f.Code, 100), f.At)
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return ignored, "It concerns no record of the studio.", nil
	case err != nil:
		return 0, "", err
	case news:
		return written, "", nil
	}
	return known, "", nil
}

// refunded writes down how a refund stands: one that we asked for by our own
// id, any other by the vendor's.
func (b *Book) refunded(ctx context.Context, a *Account, f provider.Refunded) (outcome, string, error) {
	before, err := b.refund(ctx, a, f)
	if err != nil {
		return 0, "", err
	}
	if before != nil {
		news, err := b.office.SettleRefund(ctx, billing.Verdict{
			RefundID: before.ID, Status: refund.Status(f.Status), Reference: f.Reference, Code: shortened(f.Code, 100),
		})
		if err == nil && news {
			return written, "", nil
		}
		return known, "", err
	}
	paid, err := b.payment(ctx, a, f.Payment)
	switch {
	case err != nil:
		return 0, "", err
	case paid == nil:
		return ignored, "It concerns no payment of the studio.", nil
	case f.Status != provider.RefundSucceeded:
		return ignored, "Nobody here waits for it.", nil
	}
	if whole, err := b.repaid(ctx, paid); err != nil || whole {
		return known, "", err
	}
	_, err = b.office.RecordRefund(ctx, billing.Repayment{
		PaymentID: paid.ID, Amount: f.Amount, Currency: f.Currency, Provider: a.Provider, Reason: shortened(f.Reason, 200),
		Reference: f.Reference, RefundedAt: f.At,
	})
	return written, "", err
}

// refund returns what is known of a provider's refund; nil for nothing. The id
// of ours that the provider keeps counts only with the payment that it is of.
func (b *Book) refund(ctx context.Context, a *Account, f provider.Refunded) (*ent.Refund, error) {
	client := b.db.Client(ctx).Refund
	if f.Refund.ID != uuid.Nil {
		found, err := client.Query().Where(refund.ID(f.Refund.ID), refund.Provider(a.Provider),
			refund.HasPaymentWith(payment.ProviderReference(f.Payment))).Only(ctx)
		if !ent.IsNotFound(err) {
			return found, err
		}
	}
	if f.Reference == "" {
		return nil, nil
	}
	found, err := client.Query().Where(refund.Reference(f.Reference)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// repaid reports whether all of a payment has gone back already: a provider that
// tells of that alone means the parts that are known.
func (b *Book) repaid(ctx context.Context, paid *ent.Payment) (bool, error) {
	before, err := b.db.Client(ctx).Refund.Query().Where(refund.PaymentID(paid.ID), refund.StatusNEQ(refund.StatusFAILED)).All(ctx)
	left := paid.Amount
	for _, r := range before {
		left -= r.Amount
	}
	return left <= 0, err
}

// disputed writes how a dispute stands. One that was decided stays so: news of
// before may come late.
func (b *Book) disputed(ctx context.Context, a *Account, f provider.Disputed) (outcome, string, error) {
	paid, err := b.payment(ctx, a, f.Payment)
	if err != nil {
		return 0, "", err
	}
	if paid == nil {
		return ignored, "It concerns no payment of the studio.", nil
	}
	client := b.db.Client(ctx).Dispute
	before, err := client.Query().Where(dispute.Reference(f.Reference)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		create := client.Create().SetPaymentID(paid.ID).SetAmount(f.Amount).SetCurrency(f.Currency).SetReason(shortened(f.Reason, 200)).
			SetReference(f.Reference).SetStatus(dispute.Status(f.Status))
		if !f.DueBy.IsZero() {
			create.SetDueBy(f.DueBy)
		}
		return written, "", create.Exec(ctx)
	case err != nil:
		return 0, "", err
	case before.Status == dispute.Status(f.Status) || before.Status != dispute.StatusOPEN:
		return known, "", nil
	}
	return written, "", client.UpdateOne(before).SetStatus(dispute.Status(f.Status)).Exec(ctx)
}

// subscribed writes how a subscription stands. One that was canceled stays so.
func (b *Book) subscribed(ctx context.Context, a *Account, household uuid.UUID, f provider.SubscriptionChanged) (outcome, string, error) {
	client := b.db.Client(ctx).TuitionSubscription
	status := tuitionsubscription.Status(f.Status)
	before, err := client.Query().Where(tuitionsubscription.Provider(a.Provider), tuitionsubscription.Reference(f.Reference)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		if there, err := b.db.Client(ctx).Household.Get(ctx, household); ent.IsNotFound(err) {
			return ignored, "It concerns no record of the studio.", nil
		} else if err != nil {
			return 0, "", err
		} else {
			household = there.ID
		}
		create := client.Create().SetHouseholdID(household).SetProvider(a.Provider).SetReference(f.Reference).SetStatus(status)
		if status == tuitionsubscription.StatusCANCELED {
			create.SetCanceledAt(f.At)
		}
		return written, "", create.Exec(ctx)
	case err != nil:
		return 0, "", err
	case before.Status == status || before.Status == tuitionsubscription.StatusCANCELED:
		return known, "", nil
	}
	update := client.UpdateOne(before).SetStatus(status)
	if status == tuitionsubscription.StatusCANCELED {
		update.SetCanceledAt(f.At)
	}
	return written, "", update.Exec(ctx)
}

// shortened cuts a vendor's word to what its column takes, in whole characters.
func shortened(text string, size int) string {
	text = detector.Redact(text)
	if len(text) <= size {
		return text
	}
	for size > 0 && text[size]&0xc0 == 0x80 {
		size--
	}
	return text[:size]
}
