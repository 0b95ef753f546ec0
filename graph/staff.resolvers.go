package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/staff"
)

// RequestStaffAccess is the resolver for the requestStaffAccess field.
func (r *mutationResolver) RequestStaffAccess(ctx context.Context, input model.RequestStaffAccessInput) (*model.RequestStaffAccessPayload, error) {
	made, token, err := r.StaffDesk.Request(ctx, staff.Request{Studio: input.Studio, Reason: input.Reason, Minutes: input.Minutes, Code: deref(input.Code)})
	errs, err := verdictOf(ctx, err)
	return &model.RequestStaffAccessPayload{StaffAccess: made, Token: once(token), UserErrors: errs}, err
}

// ApproveStaffAccess is the resolver for the approveStaffAccess field.
func (r *mutationResolver) ApproveStaffAccess(ctx context.Context, input model.ApproveStaffAccessInput) (*model.StaffAccessPayload, error) {
	var changed *ent.StaffAccess
	id, err := reference("StaffAccess", "id", input.ID)
	if err == nil {
		changed, err = r.StaffDesk.Approve(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.StaffAccessPayload{StaffAccess: changed, UserErrors: errs}, err
}

// RefuseStaffAccess is the resolver for the refuseStaffAccess field.
func (r *mutationResolver) RefuseStaffAccess(ctx context.Context, input model.RefuseStaffAccessInput) (*model.StaffAccessPayload, error) {
	var changed *ent.StaffAccess
	id, err := reference("StaffAccess", "id", input.ID)
	if err == nil {
		changed, err = r.StaffDesk.Refuse(ctx, id, deref(input.Reason))
	}
	errs, err := verdictOf(ctx, err)
	return &model.StaffAccessPayload{StaffAccess: changed, UserErrors: errs}, err
}

// EndStaffAccess is the resolver for the endStaffAccess field.
func (r *mutationResolver) EndStaffAccess(ctx context.Context, input model.EndStaffAccessInput) (*model.StaffAccessPayload, error) {
	var changed *ent.StaffAccess
	id, err := reference("StaffAccess", "id", input.ID)
	if err == nil {
		changed, err = r.StaffDesk.End(ctx, id, deref(input.Reason))
	}
	errs, err := verdictOf(ctx, err)
	return &model.StaffAccessPayload{StaffAccess: changed, UserErrors: errs}, err
}

// SetStaffAccessPolicy is the resolver for the setStaffAccessPolicy field.
func (r *mutationResolver) SetStaffAccessPolicy(ctx context.Context, input model.SetStaffAccessPolicyInput) (*model.SetStaffAccessPolicyPayload, error) {
	set, err := r.StaffDesk.SetPolicy(ctx, input.ApprovalRequired)
	errs, err := verdictOf(ctx, err)
	return &model.SetStaffAccessPolicyPayload{Tenant: set, UserErrors: errs}, err
}
