package graph

import (
	"context"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/register"
)

// ObjectToSubprocessor is the resolver for the objectToSubprocessor field.
func (r *mutationResolver) ObjectToSubprocessor(ctx context.Context, input model.ObjectToSubprocessorInput) (*model.ObjectToSubprocessorPayload, error) {
	made, err := r.Registry.Object(ctx, input.Provider, deref(input.Reason))
	errs, err := verdictOf(ctx, err)
	return &model.ObjectToSubprocessorPayload{Objection: made, UserErrors: errs}, err
}

// WithdrawObjection is the resolver for the withdrawObjection field.
func (r *mutationResolver) WithdrawObjection(ctx context.Context, input model.WithdrawObjectionInput) (*model.WithdrawObjectionPayload, error) {
	withdrawn, err := r.Registry.WithdrawObjection(ctx, input.Provider)
	errs, err := verdictOf(ctx, err)
	return &model.WithdrawObjectionPayload{Objection: withdrawn, UserErrors: errs}, err
}

// Subprocessors is the resolver for the subprocessors field.
func (r *queryResolver) Subprocessors(ctx context.Context) ([]*register.Row, error) {
	return r.Register, nil
}
