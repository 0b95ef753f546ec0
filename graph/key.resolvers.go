package graph

import (
	"context"
	"github.com/barrehq/barre/ent/datakey"
	"github.com/barrehq/barre/graph/model"
)

// RotateDataKey is the resolver for the rotateDataKey field.
func (r *mutationResolver) RotateDataKey(ctx context.Context, input model.RotateDataKeyInput) (*model.RotateDataKeyPayload, error) {
	made, err := r.Keys.Rotate(ctx, datakey.Class(input.Class))
	errs, err := verdictOf(ctx, err)
	return &model.RotateDataKeyPayload{DataKey: made, UserErrors: errs}, err
}

// SetKeyService is the resolver for the setKeyService field.
func (r *mutationResolver) SetKeyService(ctx context.Context, input model.SetKeyServiceInput) (*model.SetKeyServicePayload, error) {
	keys, err := r.Keys.SetService(ctx, or(input.KeyURL, ""))
	errs, err := verdictOf(ctx, err)
	return &model.SetKeyServicePayload{DataKeys: keys, UserErrors: errs}, err
}
