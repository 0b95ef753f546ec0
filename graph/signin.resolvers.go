package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/secret"
)

// CompleteSignIn is the resolver for the completeSignIn field.
func (r *mutationResolver) CompleteSignIn(ctx context.Context, input model.CompleteSignInInput) (*model.SessionPayload, error) {
	session, err := r.Identity.CompleteSignIn(ctx, auth.Completion{
		Proof: proof(input.Code, input.RecoveryCode, input.Passkey), Challenge: input.Challenge, Once: underKey(ctx),
	})
	return sessionPayload(ctx, session, err)
}

// BeginPasskeySignIn is the resolver for the beginPasskeySignIn field.
func (r *mutationResolver) BeginPasskeySignIn(ctx context.Context) (*model.PasskeyChallengePayload, error) {
	asked, err := r.Identity.BeginPasskeySignIn(ctx)
	return passkeyPayload(ctx, asked, err)
}

// SignInWithPasskey is the resolver for the signInWithPasskey field.
func (r *mutationResolver) SignInWithPasskey(ctx context.Context, input model.SignInWithPasskeyInput) (*model.SessionPayload, error) {
	session, err := r.Identity.SignInWithPasskey(ctx, auth.PasskeySignIn{Studio: deref(input.Studio), Challenge: input.Challenge, Answer: input.Passkey})
	return sessionPayload(ctx, session, err)
}

// RequestPasswordReset is the resolver for the requestPasswordReset field.
func (r *mutationResolver) RequestPasswordReset(ctx context.Context, input model.RequestPasswordResetInput) (*model.DonePayload, error) {
	return done(ctx, r.Identity.RequestPasswordReset(ctx, input.Email, deref(input.Studio)))
}

// ResetPassword is the resolver for the resetPassword field.
func (r *mutationResolver) ResetPassword(ctx context.Context, input model.ResetPasswordInput) (*model.DonePayload, error) {
	return done(ctx, r.Identity.ResetPassword(ctx, auth.PasswordReset{Tokens: input.Tokens, Password: secret.String(input.Password)}))
}

// ChangePassword is the resolver for the changePassword field.
func (r *mutationResolver) ChangePassword(ctx context.Context, input model.ChangePasswordInput) (*model.DonePayload, error) {
	return done(ctx, r.Identity.ChangePassword(ctx, auth.NewPassword{Current: secret.String(input.CurrentPassword), New: secret.String(input.NewPassword)}))
}

// RequestEmailVerification is the resolver for the requestEmailVerification field.
func (r *mutationResolver) RequestEmailVerification(ctx context.Context) (*model.DonePayload, error) {
	return done(ctx, r.Identity.RequestVerification(ctx))
}

// VerifyEmail is the resolver for the verifyEmail field.
func (r *mutationResolver) VerifyEmail(ctx context.Context, input model.VerifyEmailInput) (*model.DonePayload, error) {
	return done(ctx, r.Identity.VerifyEmail(ctx, input.Token))
}

// BeginAuthenticatorApp is the resolver for the beginAuthenticatorApp field.
func (r *mutationResolver) BeginAuthenticatorApp(ctx context.Context) (*model.BeginAuthenticatorAppPayload, error) {
	app, err := r.Identity.BeginAuthenticatorApp(ctx)
	errs, err := verdictOf(ctx, err)
	return &model.BeginAuthenticatorAppPayload{Key: once(app.Secret), Address: once(app.Address), UserErrors: errs}, err
}

// ConfirmAuthenticatorApp is the resolver for the confirmAuthenticatorApp field.
func (r *mutationResolver) ConfirmAuthenticatorApp(ctx context.Context, input model.ConfirmAuthenticatorAppInput) (*model.RecoveryCodesPayload, error) {
	codes, err := r.Identity.ConfirmAuthenticatorApp(ctx, input.Code)
	return recoveryPayload(ctx, codes, err)
}

// BeginPasskeyRegistration is the resolver for the beginPasskeyRegistration field.
func (r *mutationResolver) BeginPasskeyRegistration(ctx context.Context) (*model.PasskeyChallengePayload, error) {
	asked, err := r.Identity.BeginPasskey(ctx)
	return passkeyPayload(ctx, asked, err)
}

// RegisterPasskey is the resolver for the registerPasskey field.
func (r *mutationResolver) RegisterPasskey(ctx context.Context, input model.RegisterPasskeyInput) (*model.RecoveryCodesPayload, error) {
	codes, err := r.Identity.RegisterPasskey(ctx, auth.NewPasskey{Challenge: input.Challenge, Name: input.Name, Answer: input.Passkey})
	return recoveryPayload(ctx, codes, err)
}

// RenewRecoveryCodes is the resolver for the renewRecoveryCodes field.
func (r *mutationResolver) RenewRecoveryCodes(ctx context.Context) (*model.RecoveryCodesPayload, error) {
	codes, err := r.Identity.RenewRecoveryCodes(ctx)
	return recoveryPayload(ctx, codes, err)
}

// RemoveSecondFactor is the resolver for the removeSecondFactor field.
func (r *mutationResolver) RemoveSecondFactor(ctx context.Context, input model.RemoveSecondFactorInput) (*model.DonePayload, error) {
	id, err := reference("SignInFactor", "id", input.ID)
	if err == nil {
		err = r.Identity.RemoveSecondFactor(ctx, id)
	}
	return done(ctx, err)
}

// ChallengePasskey is the resolver for the challengePasskey field.
func (r *mutationResolver) ChallengePasskey(ctx context.Context) (*model.PasskeyChallengePayload, error) {
	asked, err := r.Identity.ChallengePasskey(ctx)
	return passkeyPayload(ctx, asked, err)
}

// StepUp is the resolver for the stepUp field.
func (r *mutationResolver) StepUp(ctx context.Context, input model.StepUpInput) (*model.StepUpPayload, error) {
	until, err := r.Identity.StepUp(ctx, auth.StepUp{
		Proof: proof(input.Code, input.RecoveryCode, input.Passkey), Password: secret.String(deref(input.Password)), Challenge: deref(input.Challenge),
	})
	errs, err := verdictOf(ctx, err)
	out := &model.StepUpPayload{UserErrors: errs}
	if !until.IsZero() {
		out.ProvenUntil = &until
	}
	return out, err
}

// RevokeSession is the resolver for the revokeSession field.
func (r *mutationResolver) RevokeSession(ctx context.Context, input model.RevokeSessionInput) (*model.DonePayload, error) {
	id, err := reference("AuthSession", "id", input.ID)
	if err == nil {
		err = r.Identity.RevokeSession(ctx, id)
	}
	return done(ctx, err)
}

// RevokeOtherSessions is the resolver for the revokeOtherSessions field.
func (r *mutationResolver) RevokeOtherSessions(ctx context.Context) (*model.RevokeOtherSessionsPayload, error) {
	n, err := r.Identity.RevokeOtherSessions(ctx)
	errs, err := verdictOf(ctx, err)
	return &model.RevokeOtherSessionsPayload{Revoked: n, UserErrors: errs}, err
}

// UnlockMember is the resolver for the unlockMember field.
func (r *mutationResolver) UnlockMember(ctx context.Context, input model.UnlockMemberInput) (*model.DonePayload, error) {
	id, err := reference("Membership", "id", input.ID)
	if err == nil {
		err = r.Identity.UnlockMember(ctx, id)
	}
	return done(ctx, err)
}

// UpdateSignInPolicy is the resolver for the updateSignInPolicy field.
func (r *mutationResolver) UpdateSignInPolicy(ctx context.Context, input model.UpdateSignInPolicyInput) (*model.UpdateSignInPolicyPayload, error) {
	changed, err := r.Identity.UpdateSignInPolicy(ctx, signInPolicy(input))
	errs, err := verdictOf(ctx, err)
	return &model.UpdateSignInPolicyPayload{Tenant: changed, UserErrors: errs}, err
}

// ConnectIdentityProvider is the resolver for the connectIdentityProvider field.
func (r *mutationResolver) ConnectIdentityProvider(ctx context.Context, input model.ConnectIdentityProviderInput) (*model.IdentityProviderPayload, error) {
	connected, err := r.Identity.ConnectIdentityProvider(ctx, auth.Connection{
		Name: input.Name, Issuer: input.Issuer, ClientID: input.ClientID, Secret: secret.String(deref(input.ClientSecret)), Domains: input.Domains, Required: input.Required,
	})
	errs, err := verdictOf(ctx, err)
	return &model.IdentityProviderPayload{IdentityProvider: connected, UserErrors: errs}, err
}

// DisconnectIdentityProvider is the resolver for the disconnectIdentityProvider field.
func (r *mutationResolver) DisconnectIdentityProvider(ctx context.Context, input model.DisconnectIdentityProviderInput) (*model.IdentityProviderPayload, error) {
	var changed *ent.IdentityProvider
	id, err := reference("IdentityProvider", "id", input.ID)
	if err == nil {
		changed, err = r.Identity.DisconnectIdentityProvider(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.IdentityProviderPayload{IdentityProvider: changed, UserErrors: errs}, err
}

// BeginSingleSignOn is the resolver for the beginSingleSignOn field.
func (r *mutationResolver) BeginSingleSignOn(ctx context.Context, input model.BeginSingleSignOnInput) (*model.BeginSingleSignOnPayload, error) {
	visit, err := r.Identity.BeginSingleSignOn(ctx, auth.SingleSignOn{Studio: input.Studio, Email: deref(input.Email), ReturnURL: deref(input.ReturnURL)})
	errs, err := verdictOf(ctx, err)
	out := &model.BeginSingleSignOnPayload{Ticket: once(visit.Ticket), UserErrors: errs}
	if visit.Ticket != "" {
		out.URL, out.ExpiresAt = &visit.URL, &visit.ExpiresAt
	}
	return out, err
}

// CompleteSingleSignOn is the resolver for the completeSingleSignOn field.
func (r *mutationResolver) CompleteSingleSignOn(ctx context.Context, input model.CompleteSingleSignOnInput) (*model.SessionPayload, error) {
	session, err := r.Identity.CompleteSingleSignOn(ctx, auth.Return{Ticket: input.Ticket, State: input.State, Code: input.Code, Issuer: deref(input.Issuer)})
	return sessionPayload(ctx, session, err)
}

// Sessions is the resolver for the sessions field.
func (r *queryResolver) Sessions(ctx context.Context, membershipID *string) ([]*model.Session, error) {
	of, err := optional("Membership", "membershipId", membershipID)
	if err != nil {
		return nil, err
	}
	list, err := r.Identity.Sessions(ctx, of)
	return sessions(list), err
}

// SecondFactors is the resolver for the secondFactors field.
func (r *queryResolver) SecondFactors(ctx context.Context) (*model.SecondFactors, error) {
	list, codes, err := r.Identity.SecondFactors(ctx)
	return secondFactors(list, codes), err
}
