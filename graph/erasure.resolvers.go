package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/erasure"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/subject"
)

// RequestErasure is the resolver for the requestErasure field.
func (r *mutationResolver) RequestErasure(ctx context.Context, input model.RequestErasureInput) (*model.RequestErasurePayload, error) {
	ground := erasure.Ground(or(input.Ground, string(erasure.DefaultGround)))
	made, err := ordered(ctx, asked{input.HouseholdID, input.GuardianID, input.StudentID, input.Email}, func(ctx context.Context, p subject.Person) (*ent.Erasure, error) {
		return r.Erasures.Order(ctx, p, ground)
	})
	errs, err := verdictOf(ctx, err)
	return &model.RequestErasurePayload{Erasure: made, UserErrors: errs}, err
}
