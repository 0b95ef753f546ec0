package destination

import (
	"context"
	"net/netip"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
)

const maxCredential = 1024

// ConnectIntegration gives the studio a connection to a provider, or its
// existing one a new credential, and sets it ACTIVE: what waited for the
// credential is sent. Only OWNER and ADMIN may, and no key, because a
// credential leads to money. A change of mode forgets under which ids the
// provider knew the studio's records, for the other mode has none of them.
func (r *Registry) ConnectIntegration(ctx context.Context, provider string, mode integration.Mode, credential secret.String) (*ent.Integration, error) {
	v, err := writer(ctx, "Integration")
	if err != nil {
		return nil, err
	}
	if v.Role == viewer.Key {
		return nil, fault.New(fault.Forbidden, "A provider is connected by a person, not by an API key.")
	}
	c, kept, err := r.connector(provider, mode, credential)
	if err != nil {
		return nil, err
	}
	var connected *ent.Integration
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		before, err := r.db.Client(ctx).Integration.Query().Where(integration.Provider(provider)).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return err
		}
		connected, err = r.connect(ctx, before, account{v.TenantID, provider, mode, c.BaseURL, kept})
		return err
	})
	if ent.IsConstraintError(err) {
		return nil, fault.User(fault.VersionConflict, nil, "Somebody else is connecting this provider. Try again.")
	}
	return connected, err
}

// account is what a connection is to become.
type account struct {
	tenant     uuid.UUID
	provider   string
	mode       integration.Mode
	baseURL    string
	credential secret.String
}

func (r *Registry) connect(ctx context.Context, before *ent.Integration, a account) (*ent.Integration, error) {
	id := rule.NewID()
	if before != nil {
		id = before.ID
	}
	sealed, err := r.box.Seal([]byte(a.credential.Reveal()), a.tenant, credentialColumn+id.String())
	if err != nil {
		return nil, err
	}
	client := r.db.Client(ctx).Integration
	if before == nil {
		return client.Create().SetID(id).SetProvider(a.provider).SetMode(a.mode).SetBaseURL(a.baseURL).SetCredential(sealed).Save(ctx)
	}
	if before.Mode != a.mode || before.BaseURL != a.baseURL {
		if _, err := r.db.Run(ctx).ExecContext(ctx, `DELETE FROM provider_links WHERE tenant_id = $1 AND integration_id = $2`, a.tenant, id); err != nil {
			return nil, err
		}
	}
	return client.UpdateOneID(id).SetMode(a.mode).SetBaseURL(a.baseURL).SetCredential(sealed).
		SetStatus(integration.StatusACTIVE).SetLastError("").Save(ctx)
}

func (r *Registry) connector(provider string, mode integration.Mode, credential secret.String) (Connector, secret.String, error) {
	c, known := r.cfg.Connectors[provider]
	switch {
	case !known:
		return c, "", fault.User(fault.Invalid, []string{"input", "provider"}, "This server cannot connect to a provider named %q.", provider)
	case integration.ModeValidator(mode) != nil:
		return c, "", fault.User(fault.Invalid, []string{"input", "mode"}, "The mode is TEST or LIVE.")
	case mode == integration.ModeLIVE && standIn(c.BaseURL):
		return c, "", fault.User(fault.Invalid, []string{"input", "mode"}, "This server has only a stand-in of %s. Connect in mode TEST.", provider)
	}
	text := strings.TrimSpace(credential.Reveal())
	if text == "" || len(text) > maxCredential {
		return c, "", fault.User(fault.Required, []string{"input", "credential"}, "Give the provider's credential, up to %d characters.", maxCredential)
	}
	kept, err := c.Check(secret.String(text), mode == integration.ModeLIVE)
	if err != nil {
		// The error's text may hold the credential; this one does not.
		return c, "", fault.User(fault.Invalid, []string{"input", "credential"}, "This is no credential of %s for mode %s.", provider, mode)
	}
	return c, kept, nil
}

// standIn reports whether a configured address is a fake's.
func standIn(baseURL string) bool {
	u, err := url.Parse(baseURL)
	if err != nil || baseURL == "" {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.Unmap().IsLoopback()
}
