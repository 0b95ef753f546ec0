package graph

import (
	"context"
	"github.com/barrehq/barre/graph/model"
)

// CreateClass is the resolver for the createClass field.
func (r *mutationResolver) CreateClass(ctx context.Context, input map[string]any) (*model.CreateClassPayload, error) {
	panic("Mutation.createClass has no resolver")
}

// SetClassCapacity is the resolver for the setClassCapacity field.
func (r *mutationResolver) SetClassCapacity(ctx context.Context, input model.SetClassCapacityInput) (*model.SetClassCapacityPayload, error) {
	panic("Mutation.setClassCapacity has no resolver")
}

// EnrollStudent is the resolver for the enrollStudent field.
func (r *mutationResolver) EnrollStudent(ctx context.Context, input model.EnrollStudentInput) (*model.EnrollStudentPayload, error) {
	panic("Mutation.enrollStudent has no resolver")
}

// DropEnrollment is the resolver for the dropEnrollment field.
func (r *mutationResolver) DropEnrollment(ctx context.Context, input model.DropEnrollmentInput) (*model.DropEnrollmentPayload, error) {
	panic("Mutation.dropEnrollment has no resolver")
}

// JoinWaitlist is the resolver for the joinWaitlist field.
func (r *mutationResolver) JoinWaitlist(ctx context.Context, input model.JoinWaitlistInput) (*model.JoinWaitlistPayload, error) {
	panic("Mutation.joinWaitlist has no resolver")
}

// Eligibility is the resolver for the eligibility field.
func (r *queryResolver) Eligibility(ctx context.Context, studentID string, classID string) (*model.Eligibility, error) {
	panic("Query.eligibility has no resolver")
}
