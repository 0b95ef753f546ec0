package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/billing"
)

// IssueInvoice is the resolver for the issueInvoice field.
func (r *mutationResolver) IssueInvoice(ctx context.Context, input model.IssueInvoiceInput) (*model.IssueInvoicePayload, error) {
	var issued *ent.Invoice
	household, enrollments, err := debt(input.HouseholdID, input.EnrollmentIds)
	if err == nil {
		issued, err = r.Office.IssueInvoice(ctx, household, enrollments, input.DueOn)
	}
	errs, err := verdictOf(ctx, err)
	return &model.IssueInvoicePayload{Invoice: issued, UserErrors: errs}, err
}

// RecordPayment is the resolver for the recordPayment field.
func (r *mutationResolver) RecordPayment(ctx context.Context, input model.RecordPaymentInput) (*model.RecordPaymentPayload, error) {
	var made *ent.Payment
	invoice, err := reference("Invoice", "invoiceId", input.InvoiceID)
	if err == nil {
		made, err = r.Office.RecordPayment(ctx, billing.Receipt{InvoiceID: invoice, Amount: input.Amount, Method: payment.Method(input.Method), Reference: input.Reference})
	}
	errs, err := verdictOf(ctx, err)
	return &model.RecordPaymentPayload{Payment: made, UserErrors: errs}, err
}

// RefundPayment is the resolver for the refundPayment field.
func (r *mutationResolver) RefundPayment(ctx context.Context, input model.RefundPaymentInput) (*model.RefundPaymentPayload, error) {
	var made *ent.Refund
	paid, err := reference("Payment", "paymentId", input.PaymentID)
	if err == nil {
		made, err = r.Office.RefundPayment(ctx, paid, input.Amount, deref(input.Reason))
	}
	errs, err := verdictOf(ctx, err)
	return &model.RefundPaymentPayload{Refund: made, UserErrors: errs}, err
}

// VoidInvoice is the resolver for the voidInvoice field.
func (r *mutationResolver) VoidInvoice(ctx context.Context, input model.VoidInvoiceInput) (*model.VoidInvoicePayload, error) {
	var voided *ent.Invoice
	id, err := reference("Invoice", "id", input.ID)
	if err == nil {
		voided, err = r.Office.VoidInvoice(ctx, id, input.IfVersion)
	}
	errs, err := verdictOf(ctx, err)
	return &model.VoidInvoicePayload{Invoice: voided, UserErrors: errs}, err
}
