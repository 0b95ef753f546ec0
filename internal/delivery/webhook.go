package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/webhook"
)

// headerReplay says which replay a request is; the event's own delivery has none.
const headerReplay = "webhook-replay"

// post makes an attempt at a webhook endpoint.
func (w *Worker) post(ctx context.Context, t *task) result {
	if !t.endpoint.enabled {
		return failed("The endpoint is disabled.")
	}
	request, unmade := w.request(ctx, t)
	if unmade != nil {
		return w.judged(ctx, t, *unmade)
	}
	answer, err := w.cfg.Sender.Send(ctx, request)
	if err != nil {
		return w.judged(ctx, t, result{tried: true, problem: webhook.Reason(err), retryAfter: answer.RetryAfter})
	}
	r := result{tried: true, ok: answer.OK(), status: answer.Status, excerpt: answer.Excerpt, retryAfter: answer.RetryAfter}
	if !r.ok {
		r.problem = "The answer was not 2xx."
	}
	if answer.Status == http.StatusUnauthorized {
		w.tokens.forget(t.endpoint.id)
	}
	if answer.Gone() {
		return w.disabled(ctx, t, r, "The receiver asked for no more (410).")
	}
	return w.judged(ctx, t, r)
}

// judged disables an endpoint that has failed for too long.
func (w *Worker) judged(ctx context.Context, t *task, r result) result {
	since := t.endpoint.failingSince
	if !r.tried || r.ok || since == nil || w.cfg.Now().Sub(*since) < webhook.DisableAfter {
		return r
	}
	return w.disabled(ctx, t, r, "No request has succeeded since "+since.UTC().Format("2006-01-02 15:04 UTC")+".")
}

// disabled stops an endpoint, as a change that the studio sees in its feed.
func (w *Worker) disabled(ctx context.Context, t *task, r result, reason string) result {
	r.problem, r.final = cut(reason+" The endpoint is disabled. "+r.problem, maxProblem), true
	inside := viewer.ForTenant(ctx, t.Tenant, "the webhook endpoint failed for good")
	err := w.db.InTx(inside, func(ctx context.Context) error {
		return w.db.Client(ctx).WebhookEndpoint.UpdateOneID(t.endpoint.id).
			SetStatus(webhookendpoint.StatusDISABLED).SetDisabledReason(reason).Exec(ctx)
	})
	if err != nil {
		w.cfg.Logger.ErrorContext(ctx, "an endpoint could not be disabled", "endpoint", t.endpoint.id, "error", err)
		r.final = false // the next attempt tries that as well
	}
	return r
}

// request makes the request of an attempt, or says why there is none.
func (w *Worker) request(ctx context.Context, t *task) (r webhook.Request, unmade *result) {
	message, unmade := w.message(ctx, t)
	if unmade != nil {
		return r, unmade
	}
	keys, err := w.keys(t)
	if err != nil {
		return r, w.broken(ctx, t, err)
	}
	body, err := json.Marshal(message)
	if err != nil {
		return r, w.broken(ctx, t, err)
	}
	r = webhook.Request{URL: t.endpoint.url, ID: feed.EventID(t.event), Timestamp: w.cfg.Now(), Body: body, Keys: keys, Headers: map[string]string{}}
	if t.event.TraceParent != "" {
		r.Headers["traceparent"] = t.event.TraceParent
	}
	if t.replay > 0 {
		r.Headers[headerReplay] = strconv.Itoa(t.replay)
	}
	r.Authorization, err = w.authorization(ctx, t)
	switch {
	case errors.Is(err, webhook.ErrToken):
		return r, tokenless(err)
	case err != nil:
		return r, w.broken(ctx, t, err)
	}
	return r, nil
}

// tokenless is the failure of an authorization server.
func tokenless(err error) *result {
	r := result{tried: true, problem: "The authorization server gave no token."}
	if reason := webhook.Reason(err); reason != webhook.ReasonConnect { // which also means any answer without a token
		r.problem = "The authorization server gave no token: " + reason
	}
	return &r
}

// broken is a fault of ours.
func (w *Worker) broken(ctx context.Context, t *task, err error) *result {
	w.cfg.Logger.ErrorContext(ctx, "a webhook could not be made", "delivery", t.Delivery, "error", err)
	r := failed("The request could not be made.")
	return &r
}

// keys are those of the endpoint and, while a rotation lasts, those before.
func (w *Worker) keys(t *task) ([]secret.String, error) {
	e := t.endpoint
	now, err := destination.OpenKeys(w.box, t.Tenant, e.id, e.secret)
	if err != nil {
		return nil, err
	}
	signature := webhookendpoint.Signature(e.signature)
	list := now.For(signature)
	if e.before != nil && e.beforeEnds != nil && w.cfg.Now().Before(*e.beforeEnds) {
		before, err := destination.OpenKeys(w.box, t.Tenant, e.id, e.before)
		if err != nil {
			return nil, err
		}
		list = append(list, before.For(signature)...)
	}
	return list, nil
}

// message returns what is to be said, in the form that the endpoint asks for.
func (w *Worker) message(ctx context.Context, t *task) (m feed.Message, unmade *result) {
	m = feed.MessageOf(t.event, t.previous)
	switch webhookendpoint.Payload(t.endpoint.payload) {
	case webhookendpoint.PayloadTHIN:
		m.Data = feed.ChangeOf(t.event).Reference()
	case webhookendpoint.PayloadQUERY:
		var a answer
		a, unmade = w.answer(ctx, t)
		m.Data, m.Errors = a.Data, a.Errors
	}
	return m, unmade
}

// answer is that to an endpoint's own query.
type answer struct {
	Data   json.RawMessage `json:"data"`
	Errors json.RawMessage `json:"errors,omitempty"`
}

// answerColumn is what the answer is sealed for, with the id of the delivery.
const answerColumn = "deliveries.body:"

// answer returns that to the endpoint's own query, asked in the name of its
// owner, who must still be allowed to ask.
func (w *Worker) answer(ctx context.Context, t *task) (a answer, unmade *result) {
	if w.cfg.Renderer == nil || t.endpoint.owner == nil {
		r := failed("The query has no owner to ask it. Set it again.")
		return a, &r
	}
	if err := w.rendering.Acquire(ctx, 1); err != nil {
		return a, &result{problem: "The query could not be answered at this moment."}
	}
	defer w.rendering.Release(1)
	asking, err := w.cfg.Renderer.As(ctx, t.Tenant, *t.endpoint.owner)
	if err == nil {
		a, err = w.asked(ctx, asking, t)
	}
	if err == nil {
		return a, nil
	}
	if f := fault.From(err); f != nil && f.Code != fault.Unavailable && f.Code != fault.Timeout && f.Code != fault.Internal {
		r := failed("The query could not be asked: %s", f.Message)
		return a, &r
	}
	w.cfg.Logger.WarnContext(ctx, "a webhook's query could not be answered", "delivery", t.Delivery, "error", err)
	return a, &result{problem: "The query could not be answered at this moment."}
}

// asked returns the answer that an earlier attempt was given, or asks and keeps
// it before it is sent: under one id, a receiver is never told two things.
func (w *Worker) asked(ctx, asking context.Context, t *task) (a answer, err error) {
	column := answerColumn + t.Delivery.String()
	if t.answer != nil {
		plain, err := w.box.Open(t.answer, t.Tenant, column)
		if err != nil {
			return a, err
		}
		return a, json.Unmarshal(plain, &a)
	}
	if a.Data, a.Errors, err = w.cfg.Renderer.Answer(asking, t.endpoint.query, feed.Variables(t.event)); err != nil {
		return a, err
	}
	plain, err := json.Marshal(a)
	if err != nil {
		return a, err
	}
	value, err := w.box.Seal(plain, t.Tenant, column)
	if err == nil {
		_, err = w.pool.Exec(ctx, `UPDATE deliveries SET body = $3 WHERE tenant_id = $1 AND id = $2`, t.Tenant, t.Delivery, value)
	}
	return a, err
}
