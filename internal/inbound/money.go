package inbound

import (
	"context"

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
	_, err = b.office.RecordPayment(ctx, billing.Receipt{
		InvoiceID: invoice, Amount: f.Amount, Currency: f.Currency, Method: payment.Method(f.Method),
		Provider: a.Provider, ProviderReference: f.Reference, ReceivedAt: f.At,
	})
	if fault.CodeOf(err) == fault.NotFound {
		return ignored, "It concerns no record of the studio.", nil
	}
	return written, "", err
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

func (b *Book) refunded(ctx context.Context, a *Account, f provider.Refunded) (outcome, string, error) {
	paid, err := b.payment(ctx, a, f.Payment)
	if err != nil {
		return 0, "", err
	}
	if paid == nil {
		return ignored, "It concerns no payment of the studio.", nil
	}
	before, err := b.db.Client(ctx).Refund.Query().Where(refund.Reference(f.Reference)).Exist(ctx)
	if err != nil || before {
		return known, "", err
	}
	_, err = b.office.RecordRefund(ctx, billing.Repayment{
		PaymentID: paid.ID, Amount: f.Amount, Currency: f.Currency, Reason: shortened(f.Reason, 200), Reference: f.Reference, RefundedAt: f.At,
	})
	return written, "", err
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
