package graph

import (
	"context"
	"github.com/barrehq/barre/ent/export"
	"github.com/barrehq/barre/graph/model"
)

// BulkExport is the resolver for the bulkExport field.
func (r *mutationResolver) BulkExport(ctx context.Context, input model.BulkExportInput) (*model.BulkExportPayload, error) {
	made, err := r.Exports.Order(ctx, input.Entities, export.Format(or(input.Format, string(export.DefaultFormat))))
	errs, err := verdictOf(ctx, err)
	return &model.BulkExportPayload{Export: made, UserErrors: errs}, err
}

// ExportTenant is the resolver for the exportTenant field.
func (r *mutationResolver) ExportTenant(ctx context.Context) (*model.ExportTenantPayload, error) {
	made, err := r.Exports.OrderStudio(ctx)
	errs, err := verdictOf(ctx, err)
	return &model.ExportTenantPayload{Export: made, UserErrors: errs}, err
}

// RequestSubjectAccess is the resolver for the requestSubjectAccess field.
func (r *mutationResolver) RequestSubjectAccess(ctx context.Context, input model.RequestSubjectAccessInput) (*model.RequestSubjectAccessPayload, error) {
	made, err := ordered(ctx, asked{input.HouseholdID, input.GuardianID, input.StudentID, input.Email}, r.Exports.OrderPerson)
	errs, err := verdictOf(ctx, err)
	return &model.RequestSubjectAccessPayload{Export: made, UserErrors: errs}, err
}
