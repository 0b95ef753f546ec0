package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
)

// AcknowledgeAlert is the resolver for the acknowledgeAlert field.
func (r *mutationResolver) AcknowledgeAlert(ctx context.Context, input model.AcknowledgeAlertInput) (*model.AcknowledgeAlertPayload, error) {
	var seen *ent.Alert
	id, err := reference("Alert", "id", input.ID)
	if err == nil {
		seen, err = r.Alerts.Acknowledge(ctx, id, deref(input.Remark))
	}
	errs, err := verdictOf(ctx, err)
	return &model.AcknowledgeAlertPayload{Alert: seen, UserErrors: errs}, err
}

// ReinstateAPIKey is the resolver for the reinstateApiKey field.
func (r *mutationResolver) ReinstateAPIKey(ctx context.Context, input model.ReinstateAPIKeyInput) (*model.ReinstateAPIKeyPayload, error) {
	var freed *ent.APIKey
	id, err := reference("APIKey", "id", input.ID)
	if err == nil {
		freed, err = r.Identity.ReinstateAPIKey(ctx, id)
	}
	if err == nil {
		r.Store.AfterCommit(ctx, func() { r.Detector.Forgive(id) })
	}
	errs, err := verdictOf(ctx, err)
	return &model.ReinstateAPIKeyPayload{APIKey: freed, UserErrors: errs}, err
}
