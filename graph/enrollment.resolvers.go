package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
)

// CreateClass is the resolver for the createClass field.
func (r *mutationResolver) CreateClass(ctx context.Context, input model.CreateClassInput) (*model.CreateClassPayload, error) {
	in, err := newClass(input)
	if err == nil {
		var made *ent.Class
		if made, err = r.Desk.CreateClass(ctx, in); err == nil {
			err = r.Operations.Refer(ctx, "Class", made.ID, plainValue(input.ExternalReferences))
		}
		if err == nil {
			return &model.CreateClassPayload{Class: made, UserErrors: userErrors(ctx, nil)}, nil
		}
	}
	errs, err := verdictOf(ctx, err)
	return &model.CreateClassPayload{UserErrors: errs}, err
}

// SetClassCapacity is the resolver for the setClassCapacity field.
func (r *mutationResolver) SetClassCapacity(ctx context.Context, input model.SetClassCapacityInput) (*model.SetClassCapacityPayload, error) {
	var changed *ent.Class
	id, err := reference("Class", "id", input.ID)
	if err == nil {
		changed, err = r.Desk.SetCapacity(ctx, id, input.Capacity, input.IfVersion)
	}
	errs, err := verdictOf(ctx, err)
	return &model.SetClassCapacityPayload{Class: changed, UserErrors: errs}, err
}

// EnrollStudent is the resolver for the enrollStudent field.
func (r *mutationResolver) EnrollStudent(ctx context.Context, input model.EnrollStudentInput) (*model.EnrollStudentPayload, error) {
	var made *ent.Enrollment
	student, class, err := seat(input.StudentID, input.ClassID)
	if err == nil {
		made, err = r.Desk.Enroll(ctx, student, class)
	}
	errs, err := verdictOf(ctx, err)
	return &model.EnrollStudentPayload{Enrollment: made, UserErrors: errs}, err
}

// DropEnrollment is the resolver for the dropEnrollment field.
func (r *mutationResolver) DropEnrollment(ctx context.Context, input model.DropEnrollmentInput) (*model.DropEnrollmentPayload, error) {
	var dropped *ent.Enrollment
	id, err := reference("Enrollment", "id", input.ID)
	if err == nil {
		dropped, err = r.Desk.Drop(ctx, id, input.IfVersion)
	}
	errs, err := verdictOf(ctx, err)
	return &model.DropEnrollmentPayload{Enrollment: dropped, UserErrors: errs}, err
}

// JoinWaitlist is the resolver for the joinWaitlist field.
func (r *mutationResolver) JoinWaitlist(ctx context.Context, input model.JoinWaitlistInput) (*model.JoinWaitlistPayload, error) {
	var entry *ent.WaitlistEntry
	student, class, err := seat(input.StudentID, input.ClassID)
	if err == nil {
		entry, err = r.Desk.JoinWaitlist(ctx, student, class)
	}
	errs, err := verdictOf(ctx, err)
	return &model.JoinWaitlistPayload{WaitlistEntry: entry, UserErrors: errs}, err
}

// Eligibility is the resolver for the eligibility field.
func (r *queryResolver) Eligibility(ctx context.Context, studentID string, classID string) (*model.Eligibility, error) {
	student, class, err := seat(studentID, classID)
	if err != nil {
		return nil, absent(err)
	}
	reasons, err := r.Desk.Eligibility(ctx, student, class)
	if err != nil {
		return nil, absent(err)
	}
	return eligibility(reasons), nil
}
