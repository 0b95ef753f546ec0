package graph

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

// or returns the value of an optional input, or a default.
func or[T any](given *T, standard T) T {
	if given == nil {
		return standard
	}
	return *given
}

// given returns null for an empty text.
func given(text string) *string { return once(secret.String(text)) }

func newEndpoint(in model.CreateWebhookEndpointInput) destination.Endpoint {
	return destination.Endpoint{
		URL: in.URL, Description: deref(in.Description), EventTypes: in.EventTypes, ChangedFields: in.ChangedFields,
		Payload: webhookendpoint.Payload(deref(in.Payload)), Query: deref(in.Query), Ordered: or(in.Ordered, false),
		RatePerSecond: or(in.RatePerSecond, 0), InFlight: or(in.InFlight, webhookendpoint.DefaultInFlight),
		Signature: webhookendpoint.Signature(deref(in.Signature)),
	}
}

func access(in model.AuthenticateWebhookEndpointInput) (out destination.Access) {
	if in.Basic != nil {
		out.Basic = &destination.Basic{User: in.Basic.Username, Password: secret.String(in.Basic.Password)}
	}
	if in.Oauth2 != nil {
		out.Grant = &webhook.Grant{
			TokenURL: in.Oauth2.TokenURL, ClientID: in.Oauth2.ClientID, ClientSecret: secret.String(in.Oauth2.ClientSecret), Scopes: in.Oauth2.Scopes,
		}
	}
	return out
}

func eventTypes() ([]*model.EventType, error) {
	var list []*model.EventType
	for _, kind := range feed.Catalogue() {
		version, err := time.Parse(time.DateOnly, kind.Version)
		if err != nil {
			return nil, err
		}
		list = append(list, &model.EventType{Name: kind.Name, Description: kind.Description, Version: version, Schema: kind.Schema, Example: kind.Example})
	}
	return list, nil
}

func retrySchedule() []*model.WebhookRetry {
	var list []*model.WebhookRetry
	for i, wait := range webhook.Schedule() {
		list = append(list, &model.WebhookRetry{Attempt: i + 1, AfterSeconds: int(wait / time.Second)})
	}
	return list
}

// preview renders what an endpoint or a query makes of an event.
func (r *Resolver) preview(ctx context.Context, endpoint *uuid.UUID, query, event string) (json.RawMessage, error) {
	id, err := reference("Event", "eventId", event)
	if err != nil {
		return nil, err
	}
	message, err := r.Registry.PreviewWebhookPayload(ctx, endpoint, query, id)
	if err != nil {
		return nil, err
	}
	return json.Marshal(message)
}
