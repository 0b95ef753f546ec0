package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
)

// CreateCustomField is the resolver for the createCustomField field.
func (r *mutationResolver) CreateCustomField(ctx context.Context, input model.CreateCustomFieldInput) (*model.CreateCustomFieldPayload, error) {
	made, err := r.Fields.Create(ctx, newField(input))
	errs, err := verdictOf(ctx, err)
	return &model.CreateCustomFieldPayload{CustomField: made, UserErrors: errs}, err
}

// UpdateCustomField is the resolver for the updateCustomField field.
func (r *mutationResolver) UpdateCustomField(ctx context.Context, input model.UpdateCustomFieldInput) (*model.UpdateCustomFieldPayload, error) {
	var changed *ent.CustomField
	id, err := reference("CustomField", "id", input.ID)
	if err == nil {
		changed, err = r.Fields.Update(ctx, id, input.IfVersion, form(input))
	}
	errs, err := verdictOf(ctx, err)
	return &model.UpdateCustomFieldPayload{CustomField: changed, UserErrors: errs}, err
}
