package graph

import (
	"context"
	"github.com/barrehq/barre/internal/register"
)

// Subprocessors is the resolver for the subprocessors field.
func (r *queryResolver) Subprocessors(ctx context.Context) ([]*register.Row, error) {
	return r.Register, nil
}
