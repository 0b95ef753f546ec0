package graph

import (
	"context"
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/tenant"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// proof reads how somebody proves a second factor.
func proof(code, recoveryCode *string, passkey json.RawMessage) auth.Proof {
	return auth.Proof{Code: deref(code), RecoveryCode: secret.String(deref(recoveryCode)), Passkey: passkey}
}

// signInPolicy reads the input of updateSignInPolicy.
func signInPolicy(in model.UpdateSignInPolicyInput) auth.SignInPolicy {
	out := auth.SignInPolicy{RequiresSecondFactor: in.RequiresSecondFactor, SessionIdleMinutes: in.SessionIdleMinutes, AccountURL: in.AccountURL}
	if in.PasswordPolicy != nil {
		policy := tenant.PasswordPolicy(*in.PasswordPolicy)
		out.PasswordPolicy = &policy
	}
	return out
}

// done maps the answer of a verb that has nothing to show.
func done(ctx context.Context, err error) (*model.DonePayload, error) {
	errs, failed := verdictOf(ctx, err)
	return &model.DonePayload{Done: err == nil, UserErrors: errs}, failed
}

func passkeyPayload(ctx context.Context, asked auth.PasskeyChallenge, err error) (*model.PasskeyChallengePayload, error) {
	errs, err := verdictOf(ctx, err)
	out := &model.PasskeyChallengePayload{Challenge: once(asked.Token), Options: asked.Options, UserErrors: errs}
	if asked.Token != "" {
		out.ExpiresAt = &asked.ExpiresAt
	}
	return out, err
}

func recoveryPayload(ctx context.Context, codes []secret.String, err error) (*model.RecoveryCodesPayload, error) {
	errs, failed := verdictOf(ctx, err)
	out := &model.RecoveryCodesPayload{Done: err == nil, RecoveryCodes: []string{}, UserErrors: errs}
	for _, code := range codes {
		out.RecoveryCodes = append(out.RecoveryCodes, code.Reveal())
	}
	return out, failed
}

func challengeOf(next *auth.SecondFactor) *model.SecondFactorChallenge {
	if next == nil {
		return nil
	}
	return &model.SecondFactorChallenge{
		Token: next.Token.Reveal(), ExpiresAt: next.ExpiresAt, AuthenticatorApp: next.App, RecoveryCode: next.RecoveryCode, PasskeyOptions: next.Passkey,
	}
}

func sessions(list []auth.Opened) []*model.Session {
	out := make([]*model.Session, len(list))
	for n, s := range list {
		out[n] = &model.Session{
			ID: typeid.Format(catalog.Entities["AuthSession"].Prefix, s.ID), Current: s.Current, Method: model.SessionMethod(s.Method), Device: s.Device,
			Address: s.Address, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt, ExpiresAt: s.ExpiresAt, SecondFactorAt: s.SecondFactorAt,
		}
	}
	return out
}

func secondFactors(list []auth.Factor, codes int) *model.SecondFactors {
	out := &model.SecondFactors{Factors: make([]*model.SecondFactor, len(list)), RecoveryCodesLeft: codes}
	for n, f := range list {
		out.Factors[n] = &model.SecondFactor{
			ID: typeid.Format(catalog.Entities["SignInFactor"].Prefix, f.ID), Kind: model.SecondFactorKind(f.Kind), Name: f.Name, CreatedAt: f.CreatedAt, UsedAt: f.UsedAt,
		}
	}
	return out
}

// admitted refuses a session without the second factor that the studio requires
// everything but the way to one, and what asks for a recent proof of who the
// caller is to whoever has given none of late.
func admitted(v *viewer.Viewer, op *graphql.OperationContext) error {
	if v == nil || v.UserID == uuid.Nil {
		return nil // nobody, who is refused by the field, or a program
	}
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, nil) {
		switch {
		case v.Role == viewer.Pending && !forEverybody(f.Field) && !marked(f.Field, "withoutSecondFactor"):
			return fault.New(fault.SecondFactorRequired, "The studio asks everybody for a second factor. Set one up with beginAuthenticatorApp or beginPasskeyRegistration, or prove yours with stepUp.")
		case marked(f.Field, "stepUp") && graphql.Now().Sub(v.ProvenAt) > viewer.Recent:
			return fault.New(fault.StepUpRequired, "This asks for a recent proof of who you are. Call stepUp and try again.")
		}
	}
	return nil
}
