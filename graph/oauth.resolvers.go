package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
)

// AuthorizeApp is the resolver for the authorizeApp field.
func (r *mutationResolver) AuthorizeApp(ctx context.Context, input model.AppRequestInput) (*model.AuthorizeAppPayload, error) {
	made, back, err := r.Apps.Install(ctx, appRequest(input))
	errs, err := verdictOf(ctx, err)
	out := &model.AuthorizeAppPayload{AppInstallation: made, UserErrors: errs}
	if back != "" {
		out.RedirectTo = &back
	}
	return out, err
}

// RevokeApp is the resolver for the revokeApp field.
func (r *mutationResolver) RevokeApp(ctx context.Context, input model.RevokeAppInput) (*model.RevokeAppPayload, error) {
	var gone *ent.AppInstallation
	id, err := reference("AppInstallation", "id", input.ID)
	if err == nil {
		gone, err = r.Apps.Remove(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.RevokeAppPayload{AppInstallation: gone, UserErrors: errs}, err
}

// AppConsent is the resolver for the appConsent field.
func (r *queryResolver) AppConsent(ctx context.Context, input model.AppRequestInput) (*model.AppConsent, error) {
	asked, err := r.Apps.Ask(ctx, appRequest(input))
	if err != nil {
		return nil, err
	}
	out := &model.AppConsent{
		AppName: asked.App.Name, Publisher: asked.App.Publisher, About: asked.App.About, PrivacyURL: asked.App.PrivacyURL, Installed: asked.Installed,
	}
	for _, s := range asked.Scopes {
		out.Scopes = append(out.Scopes, &model.AppScope{Name: s.Name, Type: s.Type, Writes: s.Writes, DataClasses: s.Classes})
	}
	return out, nil
}
