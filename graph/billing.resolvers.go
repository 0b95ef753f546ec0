package graph

import (
	"context"
	"github.com/barrehq/barre/graph/model"
)

// IssueInvoice is the resolver for the issueInvoice field.
func (r *mutationResolver) IssueInvoice(ctx context.Context, input model.IssueInvoiceInput) (*model.IssueInvoicePayload, error) {
	panic("Mutation.issueInvoice has no resolver")
}

// RecordPayment is the resolver for the recordPayment field.
func (r *mutationResolver) RecordPayment(ctx context.Context, input model.RecordPaymentInput) (*model.RecordPaymentPayload, error) {
	panic("Mutation.recordPayment has no resolver")
}

// VoidInvoice is the resolver for the voidInvoice field.
func (r *mutationResolver) VoidInvoice(ctx context.Context, input model.VoidInvoiceInput) (*model.VoidInvoicePayload, error) {
	panic("Mutation.voidInvoice has no resolver")
}
