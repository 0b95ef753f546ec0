package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/secret"
)

// SignUp is the resolver for the signUp field.
func (r *mutationResolver) SignUp(ctx context.Context, input model.SignUpInput) (*model.SessionPayload, error) {
	session, err := r.Identity.SignUp(ctx, auth.SignUp{
		StudioName: input.StudioName, Slug: input.Slug, Name: input.Name, Email: input.Email, Password: secret.String(input.Password), Once: underKey(ctx),
	})
	return sessionPayload(ctx, session, err)
}

// SignIn is the resolver for the signIn field.
func (r *mutationResolver) SignIn(ctx context.Context, input model.SignInInput) (*model.SessionPayload, error) {
	session, err := r.Identity.SignIn(ctx, auth.SignIn{Studio: deref(input.Studio), Email: input.Email, Password: secret.String(input.Password), Once: underKey(ctx)})
	return sessionPayload(ctx, session, err)
}

// SignOut is the resolver for the signOut field.
func (r *mutationResolver) SignOut(ctx context.Context) (*model.SignOutPayload, error) {
	ended, err := r.Identity.SignOut(ctx)
	errs, err := verdictOf(ctx, err)
	return &model.SignOutPayload{SignedOut: ended, UserErrors: errs}, err
}

// InviteMember is the resolver for the inviteMember field.
func (r *mutationResolver) InviteMember(ctx context.Context, input model.InviteMemberInput) (*model.InviteMemberPayload, error) {
	var invited *ent.Membership
	var token secret.String
	household, err := optional("Household", "householdId", input.HouseholdID)
	if err == nil {
		invited, token, err = r.Identity.InviteMember(ctx, auth.Invitation{
			Email: input.Email, Name: input.Name, Role: membership.Role(input.Role), Household: household,
		})
	}
	errs, err := verdictOf(ctx, err)
	return &model.InviteMemberPayload{Membership: invited, InvitationToken: once(token), UserErrors: errs}, err
}

// AcceptInvitation is the resolver for the acceptInvitation field.
func (r *mutationResolver) AcceptInvitation(ctx context.Context, input model.AcceptInvitationInput) (*model.SessionPayload, error) {
	session, err := r.Identity.AcceptInvitation(ctx, auth.Acceptance{Token: input.Token, Password: secret.String(input.Password), Once: underKey(ctx)})
	return sessionPayload(ctx, session, err)
}

// RevokeMembership is the resolver for the revokeMembership field.
func (r *mutationResolver) RevokeMembership(ctx context.Context, input model.RevokeMembershipInput) (*model.RevokeMembershipPayload, error) {
	var revoked *ent.Membership
	id, err := reference("Membership", "id", input.ID)
	if err == nil {
		revoked, err = r.Identity.RevokeMembership(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.RevokeMembershipPayload{Membership: revoked, UserErrors: errs}, err
}

// CreateAPIKey is the resolver for the createApiKey field.
func (r *mutationResolver) CreateAPIKey(ctx context.Context, input model.CreateAPIKeyInput) (*model.CreateAPIKeyPayload, error) {
	made, token, err := r.Identity.CreateAPIKey(ctx, auth.NewKey{
		Name: input.Name, Kind: apikey.Kind(input.Kind), Scopes: input.Scopes, TrustedDocuments: input.TrustedDocuments, ExpiresAt: input.ExpiresAt,
		AllowedNetworks: input.AllowedNetworks,
	})
	errs, err := verdictOf(ctx, err)
	return &model.CreateAPIKeyPayload{APIKey: made, Token: once(token), UserErrors: errs}, err
}

// ReviewAPIKeyNetworks is the resolver for the reviewApiKeyNetworks field.
func (r *mutationResolver) ReviewAPIKeyNetworks(ctx context.Context, input model.ReviewAPIKeyNetworksInput) (*model.ReviewAPIKeyNetworksPayload, error) {
	var reviewed *ent.APIKey
	id, err := reference("APIKey", "id", input.ID)
	if err == nil {
		reviewed, err = r.Identity.ReviewAPIKeyNetworks(ctx, id, input.AllowedNetworks)
	}
	errs, err := verdictOf(ctx, err)
	return &model.ReviewAPIKeyNetworksPayload{APIKey: reviewed, UserErrors: errs}, err
}

// RevokeAPIKey is the resolver for the revokeApiKey field.
func (r *mutationResolver) RevokeAPIKey(ctx context.Context, input model.RevokeAPIKeyInput) (*model.RevokeAPIKeyPayload, error) {
	var revoked *ent.APIKey
	id, err := reference("APIKey", "id", input.ID)
	if err == nil {
		revoked, err = r.Identity.RevokeAPIKey(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.RevokeAPIKeyPayload{APIKey: revoked, UserErrors: errs}, err
}

// Viewer is the resolver for the viewer field.
func (r *queryResolver) Viewer(ctx context.Context) (*model.Viewer, error) {
	return r.whoAsks(ctx)
}
