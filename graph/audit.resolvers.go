package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/breach"
)

// ExportAuditLog is the resolver for the exportAuditLog field.
func (r *mutationResolver) ExportAuditLog(ctx context.Context) (*model.ExportAuditLogPayload, error) {
	export, err := r.Exports.OrderAuditLog(ctx)
	errs, err := verdictOf(ctx, err)
	return &model.ExportAuditLogPayload{Export: export, UserErrors: errs}, err
}

// AcknowledgeBreachNotice is the resolver for the acknowledgeBreachNotice field.
func (r *mutationResolver) AcknowledgeBreachNotice(ctx context.Context, input model.AcknowledgeBreachNoticeInput) (*model.AcknowledgeBreachNoticePayload, error) {
	var notice *ent.BreachNotice
	id, err := reference("BreachNotice", "id", input.ID)
	if err == nil {
		notice, err = breach.Acknowledge(ctx, r.Store, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.AcknowledgeBreachNoticePayload{BreachNotice: notice, UserErrors: errs}, err
}

// AuditKey is the resolver for the auditKey field.
func (r *queryResolver) AuditKey(ctx context.Context) (*model.AuditKey, error) {
	return &model.AuditKey{ID: r.Resolver.AuditKey.ID(), PublicKey: r.Resolver.AuditKey.String()}, nil
}
