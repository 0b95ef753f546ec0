package delivery

import (
	"context"
	"encoding/json"

	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/webhook"
)

// message is the body of a webhook: the same for every attempt. A receiver
// that does not know previousSequence has missed a message.
type message struct {
	Type             string      `json:"type"`
	Timestamp        feed.Moment `json:"timestamp"`
	Sequence         int64       `json:"sequence"`
	PreviousSequence int64       `json:"previousSequence"`
	Data             feed.Change `json:"data"`
}

// post makes an attempt at a webhook endpoint.
func (w *Worker) post(ctx context.Context, t *task) result {
	if !t.endpoint.enabled {
		return failed("The endpoint is disabled.")
	}
	request, err := w.request(t)
	if err != nil {
		w.cfg.Logger.ErrorContext(ctx, "a webhook could not be made", "delivery", t.Delivery, "error", err)
		return failed("The request could not be made.")
	}
	answer, err := w.cfg.Sender.Send(ctx, request)
	if err != nil {
		return result{problem: webhook.Reason(err), retryAfter: answer.RetryAfter}
	}
	r := result{ok: answer.OK(), status: answer.Status, excerpt: answer.Excerpt, retryAfter: answer.RetryAfter}
	if !r.ok {
		r.problem = "The answer was not 2xx."
	}
	if answer.Gone() {
		r.problem, r.final = "The receiver asked for no more (410); the endpoint is disabled.", true
		if err := w.disable(ctx, t); err != nil {
			w.cfg.Logger.ErrorContext(ctx, "an endpoint could not be disabled", "endpoint", t.endpoint.id, "error", err)
			r.final = false // the next attempt tries that as well
		}
	}
	return r
}

func (w *Worker) request(t *task) (webhook.Request, error) {
	key, err := destination.OpenSecret(w.box, t.Tenant, t.endpoint.id, t.endpoint.secret)
	if err != nil {
		return webhook.Request{}, err
	}
	body, err := json.Marshal(message{
		Type: t.event.Type, Timestamp: feed.Moment{Time: t.event.OccurredAt}, Sequence: t.event.Sequence,
		PreviousSequence: t.previous, Data: feed.ChangeOf(t.event),
	})
	if err != nil {
		return webhook.Request{}, err
	}
	r := webhook.Request{URL: t.endpoint.url, ID: feed.EventID(t.event), Timestamp: w.cfg.Now(), Body: body, Keys: []secret.String{key}}
	if t.event.TraceParent != "" {
		r.Headers = map[string]string{"traceparent": t.event.TraceParent}
	}
	return r, nil
}

// disable stops an endpoint, as a change that the studio sees in its feed.
func (w *Worker) disable(ctx context.Context, t *task) error {
	ctx = viewer.ForTenant(ctx, t.Tenant, "the webhook endpoint answered 410")
	return w.db.InTx(ctx, func(ctx context.Context) error {
		return w.db.Client(ctx).WebhookEndpoint.UpdateOneID(t.endpoint.id).SetStatus(webhookendpoint.StatusDISABLED).Exec(ctx)
	})
}
