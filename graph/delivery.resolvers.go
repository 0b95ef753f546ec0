package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/secret"
)

// CreateWebhookEndpoint is the resolver for the createWebhookEndpoint field.
func (r *mutationResolver) CreateWebhookEndpoint(ctx context.Context, input model.CreateWebhookEndpointInput) (*model.CreateWebhookEndpointPayload, error) {
	description := ""
	if input.Description != nil {
		description = *input.Description
	}
	made, key, err := r.Registry.CreateWebhookEndpoint(ctx, input.URL, description, input.EventTypes)
	errs, err := verdictOf(ctx, err)
	return &model.CreateWebhookEndpointPayload{WebhookEndpoint: made, Secret: once(key), UserErrors: errs}, err
}

// SendTestEvent is the resolver for the sendTestEvent field.
func (r *mutationResolver) SendTestEvent(ctx context.Context, input model.SendTestEventInput) (*model.SendTestEventPayload, error) {
	var sent *ent.Event
	id, err := reference("WebhookEndpoint", "webhookEndpointId", input.WebhookEndpointID)
	if err == nil {
		sent, err = r.Registry.SendTestEvent(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.SendTestEventPayload{Event: sent, UserErrors: errs}, err
}

// ConnectIntegration is the resolver for the connectIntegration field.
func (r *mutationResolver) ConnectIntegration(ctx context.Context, input model.ConnectIntegrationInput) (*model.ConnectIntegrationPayload, error) {
	made, err := r.Registry.ConnectIntegration(ctx, input.Provider, integration.Mode(input.Mode), secret.String(input.Credential))
	errs, err := verdictOf(ctx, err)
	return &model.ConnectIntegrationPayload{Integration: made, UserErrors: errs}, err
}

// Changes is the resolver for the changes field.
func (r *queryResolver) Changes(ctx context.Context, after *string, types []string, first *int) (*model.ChangePage, error) {
	size := feed.DefaultPage
	if first != nil {
		size = *first
	}
	page, err := r.Feed.Page(ctx, deref(after), types, size)
	if err != nil {
		return nil, err
	}
	return changePage(page), nil
}

// Changes is the resolver for the changes field.
func (r *subscriptionResolver) Changes(ctx context.Context, after *string, types []string) (<-chan *model.Change, error) {
	changes, err := r.Feed.Subscribe(ctx, deref(after), types)
	if err != nil {
		return nil, err
	}
	return changeStream(ctx, changes), nil
}
