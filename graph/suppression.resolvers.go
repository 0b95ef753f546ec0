package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
)

// EmailSuppression is the resolver for the emailSuppression field.
func (r *guardianResolver) EmailSuppression(ctx context.Context, obj *ent.Guardian) (*ent.Suppression, error) {
	return r.suppressed(ctx, obj.Email)
}
