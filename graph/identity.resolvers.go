package graph

import (
	"context"
	"github.com/barrehq/barre/graph/model"
)

// SignUp is the resolver for the signUp field.
func (r *mutationResolver) SignUp(ctx context.Context, input model.SignUpInput) (*model.SessionPayload, error) {
	panic("Mutation.signUp has no resolver")
}

// SignIn is the resolver for the signIn field.
func (r *mutationResolver) SignIn(ctx context.Context, input model.SignInInput) (*model.SessionPayload, error) {
	panic("Mutation.signIn has no resolver")
}

// SignOut is the resolver for the signOut field.
func (r *mutationResolver) SignOut(ctx context.Context) (*model.SignOutPayload, error) {
	panic("Mutation.signOut has no resolver")
}

// InviteMember is the resolver for the inviteMember field.
func (r *mutationResolver) InviteMember(ctx context.Context, input model.InviteMemberInput) (*model.InviteMemberPayload, error) {
	panic("Mutation.inviteMember has no resolver")
}

// AcceptInvitation is the resolver for the acceptInvitation field.
func (r *mutationResolver) AcceptInvitation(ctx context.Context, input model.AcceptInvitationInput) (*model.SessionPayload, error) {
	panic("Mutation.acceptInvitation has no resolver")
}

// RevokeMembership is the resolver for the revokeMembership field.
func (r *mutationResolver) RevokeMembership(ctx context.Context, input model.RevokeMembershipInput) (*model.RevokeMembershipPayload, error) {
	panic("Mutation.revokeMembership has no resolver")
}

// CreateAPIKey is the resolver for the createApiKey field.
func (r *mutationResolver) CreateAPIKey(ctx context.Context, input model.CreateAPIKeyInput) (*model.CreateAPIKeyPayload, error) {
	panic("Mutation.createApiKey has no resolver")
}

// RevokeAPIKey is the resolver for the revokeApiKey field.
func (r *mutationResolver) RevokeAPIKey(ctx context.Context, input model.RevokeAPIKeyInput) (*model.RevokeAPIKeyPayload, error) {
	panic("Mutation.revokeApiKey has no resolver")
}

// Viewer is the resolver for the viewer field.
func (r *queryResolver) Viewer(ctx context.Context) (*model.Viewer, error) {
	panic("Query.viewer has no resolver")
}
