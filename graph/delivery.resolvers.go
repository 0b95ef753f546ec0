package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/feed"
)

// CreateWebhookEndpoint is the resolver for the createWebhookEndpoint field.
func (r *mutationResolver) CreateWebhookEndpoint(ctx context.Context, input model.CreateWebhookEndpointInput) (*model.CreateWebhookEndpointPayload, error) {
	made, keys, err := r.Registry.CreateWebhookEndpoint(ctx, newEndpoint(input))
	errs, err := verdictOf(ctx, err)
	return &model.CreateWebhookEndpointPayload{WebhookEndpoint: made, Secret: once(keys.Shared), PublicKey: given(keys.Public()), UserErrors: errs}, err
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

// RotateWebhookSecret is the resolver for the rotateWebhookSecret field.
func (r *mutationResolver) RotateWebhookSecret(ctx context.Context, input model.RotateWebhookSecretInput) (*model.RotateWebhookSecretPayload, error) {
	out := &model.RotateWebhookSecretPayload{}
	id, err := reference("WebhookEndpoint", "id", input.ID)
	if err == nil {
		var keys destination.Keys
		out.WebhookEndpoint, keys, err = r.Registry.RotateWebhookSecret(ctx, id, or(input.OverlapHours, destination.DefaultOverlap))
		out.Secret, out.PublicKey = once(keys.Shared), given(keys.Public())
	}
	out.UserErrors, err = verdictOf(ctx, err)
	return out, err
}

// AuthenticateWebhookEndpoint is the resolver for the authenticateWebhookEndpoint field.
func (r *mutationResolver) AuthenticateWebhookEndpoint(ctx context.Context, input model.AuthenticateWebhookEndpointInput) (*model.AuthenticateWebhookEndpointPayload, error) {
	out := &model.AuthenticateWebhookEndpointPayload{}
	id, err := reference("WebhookEndpoint", "id", input.ID)
	if err == nil {
		out.WebhookEndpoint, err = r.Registry.AuthenticateWebhookEndpoint(ctx, id, access(input))
	}
	out.UserErrors, err = verdictOf(ctx, err)
	return out, err
}

// RetryDelivery is the resolver for the retryDelivery field.
func (r *mutationResolver) RetryDelivery(ctx context.Context, input model.RetryDeliveryInput) (*model.RetryDeliveryPayload, error) {
	out := &model.RetryDeliveryPayload{}
	id, err := reference("Delivery", "id", input.ID)
	if err == nil {
		out.Delivery, err = r.Registry.RetryDelivery(ctx, id)
	}
	out.UserErrors, err = verdictOf(ctx, err)
	return out, err
}

// ReplayEvents is the resolver for the replayEvents field.
func (r *mutationResolver) ReplayEvents(ctx context.Context, input model.ReplayEventsInput) (*model.ReplayEventsPayload, error) {
	out := &model.ReplayEventsPayload{}
	id, err := reference("WebhookEndpoint", "webhookEndpointId", input.WebhookEndpointID)
	if err == nil {
		out.Event, out.Count, err = r.Registry.ReplayEvents(ctx, id, destination.Span{
			After: or(input.After, 0), To: or(input.To, 0), Types: input.Types, Since: input.Since, Until: input.Until,
		})
	}
	out.UserErrors, err = verdictOf(ctx, err)
	return out, err
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

// EventTypes is the resolver for the eventTypes field.
func (r *queryResolver) EventTypes(ctx context.Context) ([]*model.EventType, error) {
	return eventTypes()
}

// WebhookRetrySchedule is the resolver for the webhookRetrySchedule field.
func (r *queryResolver) WebhookRetrySchedule(ctx context.Context) ([]*model.WebhookRetry, error) {
	return retrySchedule(), nil
}

// PreviewWebhookPayload is the resolver for the previewWebhookPayload field.
func (r *queryResolver) PreviewWebhookPayload(ctx context.Context, input model.PreviewWebhookPayloadInput) (*model.PreviewWebhookPayloadPayload, error) {
	out := &model.PreviewWebhookPayloadPayload{}
	endpoint, err := optional("WebhookEndpoint", "webhookEndpointId", input.WebhookEndpointID)
	if err == nil {
		out.Payload, err = r.preview(ctx, endpoint, deref(input.Query), input.EventID)
	}
	out.UserErrors, err = verdictOf(ctx, err)
	return out, err
}

// Changes is the resolver for the changes field.
func (r *subscriptionResolver) Changes(ctx context.Context, after *string, types []string) (<-chan *model.Change, error) {
	changes, err := r.Feed.Subscribe(ctx, deref(after), types)
	if err != nil {
		return nil, err
	}
	return changeStream(ctx, changes), nil
}
