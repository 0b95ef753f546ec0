package destination

import (
	"cmp"
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	maxCredential = 1024
	maxOption     = 500
)

// ConnectIntegration gives the studio a connection to a provider, or its
// existing one a new credential, and sets it ACTIVE: what waited for the
// credential is sent. Only OWNER and ADMIN may, and no key, because a
// credential leads to money. A change of mode forgets under which ids the
// provider knew the studio's records, for the other mode has none of them.
func (r *Registry) ConnectIntegration(ctx context.Context, a Account) (*ent.Integration, error) {
	v, err := writer(ctx, "Integration")
	if err != nil {
		return nil, err
	}
	if v.Role == viewer.Key {
		return nil, fault.New(fault.Forbidden, "A provider is connected by a person, not by an API key.")
	}
	c, kept, err := r.connector(a)
	if err != nil {
		return nil, err
	}
	a.Credential = kept
	var connected *ent.Integration
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		before, err := r.db.Client(ctx).Integration.Query().Where(integration.Provider(a.Provider)).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return err
		}
		connected, err = r.connect(ctx, before, account{a, v.TenantID, c.BaseURL})
		return err
	})
	if ent.IsConstraintError(err) {
		return nil, fault.User(fault.VersionConflict, nil, "Somebody else is connecting this provider. Try again.")
	}
	return connected, err
}

// Account is a studio's account at a provider.
type Account struct {
	Provider   string
	Mode       integration.Mode
	Credential secret.String
	// Options are values that the provider's connector takes, by their names;
	// nil leaves those of an existing connection as they are.
	Options map[string]string
}

// account is what a connection is to become.
type account struct {
	Account
	tenant  uuid.UUID
	baseURL string
}

func (r *Registry) connect(ctx context.Context, before *ent.Integration, a account) (*ent.Integration, error) {
	id := rule.NewID()
	if before != nil {
		id = before.ID
	}
	sealed, err := r.box.Seal([]byte(a.Credential.Reveal()), a.tenant, credentialColumn+id.String())
	if err != nil {
		return nil, err
	}
	client := r.db.Client(ctx).Integration
	if before == nil {
		return client.Create().SetID(id).SetProvider(a.Provider).SetMode(a.Mode).SetBaseURL(a.baseURL).SetCredential(sealed).SetOptions(a.Options).Save(ctx)
	}
	if before.Mode != a.Mode || before.BaseURL != a.baseURL {
		if _, err := r.db.Run(ctx).ExecContext(ctx, `DELETE FROM provider_links WHERE tenant_id = $1 AND integration_id = $2`, a.tenant, id); err != nil {
			return nil, err
		}
	}
	update := client.UpdateOneID(id).SetMode(a.Mode).SetBaseURL(a.baseURL).SetCredential(sealed).
		SetStatus(integration.StatusACTIVE).SetLastError("")
	if a.Options != nil {
		update.SetOptions(a.Options)
	}
	return update.Save(ctx)
}

func (r *Registry) connector(a Account) (Connector, secret.String, error) {
	c, known := r.cfg.Connectors[a.Provider]
	switch {
	case !known:
		return c, "", fault.User(fault.Invalid, []string{"input", "provider"}, "This server cannot connect to a provider named %q.", a.Provider)
	case integration.ModeValidator(a.Mode) != nil:
		return c, "", fault.User(fault.Invalid, []string{"input", "mode"}, "The mode is TEST or LIVE.")
	case a.Mode == integration.ModeLIVE && standIn(c.BaseURL):
		return c, "", fault.User(fault.Invalid, []string{"input", "mode"}, "This server has only a stand-in of %s. Connect in mode TEST.", a.Provider)
	}
	if err := c.options(a); err != nil {
		return c, "", err
	}
	text := strings.TrimSpace(a.Credential.Reveal())
	if text == "" || len(text) > maxCredential {
		return c, "", fault.User(fault.Required, []string{"input", "credential"}, "Give the provider's credential, up to %d characters.", maxCredential)
	}
	kept, err := c.Check(secret.String(text), a.Mode == integration.ModeLIVE)
	if err != nil {
		// The error's text may hold the credential; this one does not.
		return c, "", fault.User(fault.Invalid, []string{"input", "credential"}, "This is no credential of %s for mode %s.", a.Provider, a.Mode)
	}
	return c, kept, nil
}

// options refuses what the provider does not take. Nobody may say by an option
// where the provider is: that is the operator's affair.
func (c Connector) options(a Account) error {
	for name, value := range a.Options {
		switch {
		case !slices.Contains(c.Options, name):
			return fault.User(fault.Invalid, []string{"input", "options"}, "%s has no option %q. It has: %s.", a.Provider, name, cmp.Or(strings.Join(c.Options, ", "), "none"))
		case len(value) > maxOption || strings.ContainsFunc(value, unicode.IsControl):
			return fault.User(fault.Invalid, []string{"input", "options"}, "The value of the option %q is a line of at most %d characters.", name, maxOption)
		}
	}
	return nil
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
