package graph

import (
	"context"
	"github.com/barrehq/barre/graph/model"
)

// CreateWebhookEndpoint is the resolver for the createWebhookEndpoint field.
func (r *mutationResolver) CreateWebhookEndpoint(ctx context.Context, input map[string]any) (*model.CreateWebhookEndpointPayload, error) {
	panic("Mutation.createWebhookEndpoint has no resolver")
}

// SendTestEvent is the resolver for the sendTestEvent field.
func (r *mutationResolver) SendTestEvent(ctx context.Context, input model.SendTestEventInput) (*model.SendTestEventPayload, error) {
	panic("Mutation.sendTestEvent has no resolver")
}

// ConnectIntegration is the resolver for the connectIntegration field.
func (r *mutationResolver) ConnectIntegration(ctx context.Context, input model.ConnectIntegrationInput) (*model.ConnectIntegrationPayload, error) {
	panic("Mutation.connectIntegration has no resolver")
}

// Changes is the resolver for the changes field.
func (r *queryResolver) Changes(ctx context.Context, after *string, types []string, first *int) (*model.ChangePage, error) {
	panic("Query.changes has no resolver")
}

// Changes is the resolver for the changes field.
func (r *subscriptionResolver) Changes(ctx context.Context, after *string, types []string) (<-chan *model.Change, error) {
	panic("Subscription.changes has no resolver")
}
