package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/role"
	"github.com/barrehq/barre/internal/viewer"
)

// CreateCustomRole is the resolver for the createCustomRole field.
func (r *mutationResolver) CreateCustomRole(ctx context.Context, input model.CreateCustomRoleInput) (*model.CustomRolePayload, error) {
	made, err := r.Roles.Create(ctx, role.Definition{
		Name: input.Name, Base: viewer.Role(input.Base), Permissions: input.Permissions, Masks: input.Masks,
	})
	errs, err := verdictOf(ctx, err)
	return &model.CustomRolePayload{CustomRole: made, UserErrors: errs}, err
}

// UpdateCustomRole is the resolver for the updateCustomRole field.
func (r *mutationResolver) UpdateCustomRole(ctx context.Context, input model.UpdateCustomRoleInput) (*model.CustomRolePayload, error) {
	var changed *ent.CustomRole
	id, err := reference("CustomRole", "id", input.ID)
	if err == nil {
		changed, err = r.Roles.Update(ctx, role.Change{ID: id, Name: input.Name, Permissions: input.Permissions, Masks: input.Masks})
	}
	errs, err := verdictOf(ctx, err)
	return &model.CustomRolePayload{CustomRole: changed, UserErrors: errs}, err
}

// DeleteCustomRole is the resolver for the deleteCustomRole field.
func (r *mutationResolver) DeleteCustomRole(ctx context.Context, input model.DeleteCustomRoleInput) (*model.CustomRolePayload, error) {
	var gone *ent.CustomRole
	id, err := reference("CustomRole", "id", input.ID)
	if err == nil {
		gone, err = r.Roles.Delete(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.CustomRolePayload{CustomRole: gone, UserErrors: errs}, err
}

// SetMemberRole is the resolver for the setMemberRole field.
func (r *mutationResolver) SetMemberRole(ctx context.Context, input model.SetMemberRoleInput) (*model.SetMemberRolePayload, error) {
	var changed *ent.Membership
	given, err := assignment(input)
	if err == nil {
		changed, err = r.Roles.Assign(ctx, given)
	}
	errs, err := verdictOf(ctx, err)
	return &model.SetMemberRolePayload{Membership: changed, UserErrors: errs}, err
}
