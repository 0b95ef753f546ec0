package graph

import (
	"context"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/feature"
)

// OptIntoFeature is the resolver for the optIntoFeature field.
func (r *mutationResolver) OptIntoFeature(ctx context.Context, input model.OptIntoFeatureInput) (*model.OptIntoFeaturePayload, error) {
	joined, err := r.Features.OptIn(ctx, input.Feature)
	errs, err := verdictOf(ctx, err)
	return &model.OptIntoFeaturePayload{Feature: joined, UserErrors: errs}, err
}

// OptOutOfFeature is the resolver for the optOutOfFeature field.
func (r *mutationResolver) OptOutOfFeature(ctx context.Context, input model.OptOutOfFeatureInput) (*model.OptOutOfFeaturePayload, error) {
	left, err := r.Features.OptOut(ctx, input.Feature)
	errs, err := verdictOf(ctx, err)
	return &model.OptOutOfFeaturePayload{Feature: left, UserErrors: errs}, err
}

// Features is the resolver for the features field.
func (r *queryResolver) Features(ctx context.Context) ([]*feature.Offer, error) {
	return r.Resolver.Features.Offers(ctx)
}

// APIChangelog is the resolver for the apiChangelog field.
func (r *queryResolver) APIChangelog(ctx context.Context) ([]*model.APIChange, error) {
	return changes(changelog), nil
}
