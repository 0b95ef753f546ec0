package graph

import (
	"context"
	"github.com/barrehq/barre/graph/model"
	"time"
)

// RecycleBin is the resolver for the recycleBin field.
func (r *queryResolver) RecycleBin(ctx context.Context, typeArg *string, before *time.Time) ([]*model.BinnedRecord, error) {
	until := time.Now().Add(time.Hour)
	if before != nil {
		until = *before
	}
	list, err := r.Operations.Bin(ctx, deref(typeArg), until)
	return binned(ctx, list), err
}

// RestorePreview is the resolver for the restorePreview field.
func (r *queryResolver) RestorePreview(ctx context.Context, id string) ([]*model.RestoredRecord, error) {
	entity, key, err := named(id)
	if err != nil || entity == nil {
		return []*model.RestoredRecord{}, err
	}
	list, err := r.Operations.RestorePreview(ctx, entity, key)
	return returning(ctx, list), err
}

// AsOf is the resolver for the asOf field.
func (r *queryResolver) AsOf(ctx context.Context, id string, at time.Time) (*model.PastRecord, error) {
	return r.past(ctx, id, at)
}
