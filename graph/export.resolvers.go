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
