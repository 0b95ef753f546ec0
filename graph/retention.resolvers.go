package graph

import (
	"context"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/retention"
)

// SetRetention is the resolver for the setRetention field.
func (r *mutationResolver) SetRetention(ctx context.Context, input model.SetRetentionInput) (*model.SetRetentionPayload, error) {
	payload := &model.SetRetentionPayload{}
	err := r.Retention.Set(ctx, input.Kind, input.Days)
	if err == nil {
		var list []retention.Kept
		list, err = r.Retention.Policy(ctx)
		payload.RetentionPolicy = periods(list)
	}
	payload.UserErrors, err = verdictOf(ctx, err)
	return payload, err
}

// CloseTenant is the resolver for the closeTenant field.
func (r *mutationResolver) CloseTenant(ctx context.Context, input model.CloseTenantInput) (*model.CloseTenantPayload, error) {
	studio, err := r.Retention.Close(ctx, input.Slug, input.WindowDays)
	errs, err := verdictOf(ctx, err)
	return &model.CloseTenantPayload{Tenant: studio, UserErrors: errs}, err
}

// ReopenTenant is the resolver for the reopenTenant field.
func (r *mutationResolver) ReopenTenant(ctx context.Context) (*model.ReopenTenantPayload, error) {
	studio, err := r.Retention.Reopen(ctx)
	errs, err := verdictOf(ctx, err)
	return &model.ReopenTenantPayload{Tenant: studio, UserErrors: errs}, err
}

// RetentionPolicy is the resolver for the retentionPolicy field.
func (r *queryResolver) RetentionPolicy(ctx context.Context) ([]*model.RetentionPeriod, error) {
	list, err := r.Retention.Policy(ctx)
	return periods(list), err
}

// RetentionPreview is the resolver for the retentionPreview field.
func (r *queryResolver) RetentionPreview(ctx context.Context, kind string, days int) ([]*model.RetentionPreview, error) {
	list, err := r.Retention.Preview(ctx, kind, days)
	return going(list), err
}
