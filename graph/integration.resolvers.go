package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/secret"
	"github.com/google/uuid"
)

// ConnectIntegration is the resolver for the connectIntegration field.
func (r *mutationResolver) ConnectIntegration(ctx context.Context, input model.ConnectIntegrationInput) (*model.ConnectIntegrationPayload, error) {
	made, err := r.Registry.ConnectIntegration(ctx, account(input))
	errs, err := verdictOf(ctx, err)
	return connected(made, errs), err
}

// SetIntegrationSecret is the resolver for the setIntegrationSecret field.
func (r *mutationResolver) SetIntegrationSecret(ctx context.Context, input model.SetIntegrationSecretInput) (*model.SetIntegrationSecretPayload, error) {
	var changed *ent.Integration
	id, err := reference("Integration", "id", input.ID)
	if err == nil {
		changed, err = r.Registry.SetInboundSecret(ctx, id, secret.String(input.Secret))
	}
	errs, err := verdictOf(ctx, err)
	return &model.SetIntegrationSecretPayload{Integration: changed, UserErrors: errs}, err
}

// ChooseBiller is the resolver for the chooseBiller field.
func (r *mutationResolver) ChooseBiller(ctx context.Context, input model.ChooseBillerInput) (*model.ChooseBillerPayload, error) {
	var (
		chosen *ent.Integration
		id     *uuid.UUID
		err    error
	)
	if input.ID != nil {
		var of uuid.UUID
		of, err = reference("Integration", "id", *input.ID)
		id = &of
	}
	if err == nil {
		chosen, err = r.Registry.ChooseBiller(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.ChooseBillerPayload{Integration: chosen, UserErrors: errs}, err
}

// TestIntegration is the resolver for the testIntegration field.
func (r *mutationResolver) TestIntegration(ctx context.Context, input model.TestIntegrationInput) (*model.TestIntegrationPayload, error) {
	var changed *ent.Integration
	id, err := reference("Integration", "id", input.ID)
	if err == nil {
		changed, err = r.Registry.TestIntegration(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.TestIntegrationPayload{Integration: changed, UserErrors: errs}, err
}

// PauseIntegration is the resolver for the pauseIntegration field.
func (r *mutationResolver) PauseIntegration(ctx context.Context, input model.PauseIntegrationInput) (*model.PauseIntegrationPayload, error) {
	var changed *ent.Integration
	id, err := reference("Integration", "id", input.ID)
	if err == nil {
		changed, err = r.Registry.PauseIntegration(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.PauseIntegrationPayload{Integration: changed, UserErrors: errs}, err
}

// ResumeIntegration is the resolver for the resumeIntegration field.
func (r *mutationResolver) ResumeIntegration(ctx context.Context, input model.ResumeIntegrationInput) (*model.ResumeIntegrationPayload, error) {
	var changed *ent.Integration
	id, err := reference("Integration", "id", input.ID)
	if err == nil {
		changed, err = r.Registry.ResumeIntegration(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.ResumeIntegrationPayload{Integration: changed, UserErrors: errs}, err
}

// DisconnectIntegration is the resolver for the disconnectIntegration field.
func (r *mutationResolver) DisconnectIntegration(ctx context.Context, input model.DisconnectIntegrationInput) (*model.DisconnectIntegrationPayload, error) {
	var changed *ent.Integration
	id, err := reference("Integration", "id", input.ID)
	if err == nil {
		changed, err = r.Registry.DisconnectIntegration(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.DisconnectIntegrationPayload{Integration: changed, UserErrors: errs}, err
}
