package destination

import (
	"context"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
)

// PreviewWebhookPayload returns what an endpoint or, where there is none, a
// query makes of an event. A query is asked as the viewer, who may thus learn
// no more than by asking it himself.
func (r *Registry) PreviewWebhookPayload(ctx context.Context, endpoint *uuid.UUID, query string, event uuid.UUID) (m feed.Message, err error) {
	if _, err := writer(ctx, "WebhookEndpoint"); err != nil {
		return m, err
	}
	payload := webhookendpoint.PayloadQUERY
	switch {
	case (endpoint == nil) == (query == ""):
		return m, fault.User(fault.Required, []string{"input"}, "Give either webhookEndpointId or query.")
	case endpoint != nil:
		found, err := r.endpoint(ctx, *endpoint, "webhookEndpointId")
		if err != nil {
			return m, err
		}
		payload, query = found.Payload, found.Query
	default:
		if err := r.checkQuery(ctx, payload, query, true); err != nil {
			return m, err
		}
	}
	row, err := r.db.Client(ctx).Event.Get(ctx, event)
	if ent.IsNotFound(err) || err == nil && row.Sequence == nil {
		return m, fault.User(fault.NotFound, []string{"input", "eventId"}, "There is no such event in the feed.")
	}
	if err != nil {
		return m, err
	}
	return r.render(ctx, row, payload, query)
}

func (r *Registry) render(ctx context.Context, row *ent.Event, payload webhookendpoint.Payload, query string) (feed.Message, error) {
	epoch, err := feed.Epoch(ctx, r.db.Run(ctx), row.TenantID)
	if err != nil {
		return feed.Message{}, err
	}
	e := feed.EventOf(row, epoch)
	m := feed.MessageOf(e, -1)
	switch payload {
	case webhookendpoint.PayloadTHIN:
		m.Data = feed.ChangeOf(e).Reference()
	case webhookendpoint.PayloadQUERY:
		data, errs, err := r.cfg.Queries.Answer(ctx, query, feed.Variables(e))
		if f := fault.From(err); f != nil {
			return m, fault.User(fault.Invalid, []string{"input", "query"}, "%s", f.Message)
		}
		m.Data, m.Errors = data, errs
		return m, err
	}
	return m, nil
}
