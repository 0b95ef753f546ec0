package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
)

// StartAccessReview is the resolver for the startAccessReview field.
func (r *mutationResolver) StartAccessReview(ctx context.Context, input model.StartAccessReviewInput) (*model.StartAccessReviewPayload, error) {
	made, err := r.Reviews.Start(ctx, input.DueAt)
	errs, err := verdictOf(ctx, err)
	return &model.StartAccessReviewPayload{AccessReview: made, UserErrors: errs}, err
}

// ReviewAccess is the resolver for the reviewAccess field.
func (r *mutationResolver) ReviewAccess(ctx context.Context, input model.ReviewAccessInput) (*model.ReviewAccessPayload, error) {
	var decided *ent.AccessReviewItem
	id, err := reference("AccessReviewItem", "id", input.ID)
	if err == nil {
		decided, err = r.Reviews.Decide(ctx, id, input.Decision == model.AccessDecisionKeep)
	}
	errs, err := verdictOf(ctx, err)
	return &model.ReviewAccessPayload{AccessReviewItem: decided, UserErrors: errs}, err
}

// SetAccessReviewPeriod is the resolver for the setAccessReviewPeriod field.
func (r *mutationResolver) SetAccessReviewPeriod(ctx context.Context, input model.SetAccessReviewPeriodInput) (*model.SetAccessReviewPeriodPayload, error) {
	set, err := r.Reviews.SetPeriod(ctx, input.Days)
	errs, err := verdictOf(ctx, err)
	return &model.SetAccessReviewPeriodPayload{Tenant: set, UserErrors: errs}, err
}
