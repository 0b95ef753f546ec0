package destination

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	maxCredential = 1024
	maxOption     = 500
)

// Account is a studio's account at a provider.
type Account struct {
	Provider   string
	Mode       integration.Mode
	Credential secret.String
	// Secret is that with which the provider signs its messages, where it makes
	// one; empty keeps what there is.
	Secret  secret.String
	Options map[string]string // of the names that the Connector has; nil keeps what there is
}

// Connected is what a connection was made into. URL and Secret are known now
// and never again.
type Connected struct {
	*ent.Integration
	URL    string        // where the provider is to send its messages; empty where it had been told before
	Secret secret.String // that the provider is to use; empty where it makes its own
}

// ConnectIntegration gives the studio a connection to a provider, or its
// existing one a new credential, and sets it ACTIVE: what waited for the
// credential is sent. Only OWNER and ADMIN may, and no key, because a
// credential leads to money. A change of mode forgets under which ids the
// provider knew the studio's records, for the other mode has none of them, and
// gives a new address: no message of the one can pass for one of the other.
func (r *Registry) ConnectIntegration(ctx context.Context, in Account) (*Connected, error) {
	v, err := person(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.connector(&in)
	if err != nil {
		return nil, err
	}
	var connected *Connected
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		if err := r.unopposed(ctx, in.Provider); err != nil {
			return err
		}
		before, err := r.db.Client(ctx).Integration.Query().Where(integration.Provider(in.Provider)).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return err
		}
		connected, err = r.connect(ctx, before, v.TenantID, c, in)
		return err
	})
	if ent.IsConstraintError(err) {
		return nil, fault.User(fault.VersionConflict, nil, "Somebody else is connecting this provider. Try again.")
	}
	return connected, err
}

// person returns the viewer of ctx if it may change integrations and is no key.
func person(ctx context.Context) (*viewer.Viewer, error) {
	v, err := writer(ctx, "Integration")
	if err != nil {
		return nil, err
	}
	if v.Role == viewer.Key {
		return nil, fault.New(fault.Forbidden, "A provider is connected by a person, not by an API key.")
	}
	return v, nil
}

func (r *Registry) connect(ctx context.Context, before *ent.Integration, tenant uuid.UUID, c Connector, in Account) (*Connected, error) {
	id := rule.NewID()
	if before != nil {
		id = before.ID
	}
	moved := before == nil || before.Mode != in.Mode || before.BaseURL != c.BaseURL || before.InboundToken == nil
	made := &Connected{}
	var err error
	if moved && c.MakesSecret && in.Secret == "" {
		if made.Secret, err = r.random(); err != nil {
			return nil, err
		}
		in.Secret = made.Secret
	}
	var secrets, previous []byte
	if !moved {
		previous = before.InboundSecret
	}
	if in.Secret != "" {
		if secrets, err = r.sealSecrets(tenant, id, in.Secret, previous); err != nil {
			return nil, err
		}
	}
	if err := c.fits(before, in, len(secrets)+len(previous) > 0); err != nil {
		return nil, err
	}
	var token, hook secret.String
	if moved {
		if token, err = r.random(); err != nil {
			return nil, err
		}
		made.URL = r.cfg.HooksURL + "/hooks/" + in.Provider + "/" + token.Reveal()
		hook = secret.String(made.URL)
	} else {
		_, hook, _ = OpenCredential(r.box, tenant, id, before.Credential) // what does not open is good for nothing
	}
	credential, err := r.box.Seal([]byte(in.Credential.Reveal()+"\n"+hook.Reveal()), tenant, credentialColumn+id.String())
	if err != nil {
		return nil, err
	}
	made.Integration, err = r.save(ctx, before, id, tenant, c, in, sealedParts{credential, secrets, token, moved})
	return made, err
}

// fits refuses parts of the connection that do not go together.
func (c Connector) fits(before *ent.Integration, in Account, secret bool) error {
	if c.Fits == nil {
		return nil
	}
	parts := provider.Connection{BaseURL: c.BaseURL, Credential: in.Credential, Mode: provider.Development, Options: in.Options}
	if in.Mode == integration.ModeLIVE {
		parts.Mode = provider.Live
	}
	if in.Options == nil && before != nil {
		parts.Options = before.Options
	}
	if secret {
		parts.Secrets = append(parts.Secrets, in.Secret) // empty for one that is kept
	}
	if problem := c.Fits(parts); problem != "" {
		return fault.User(fault.Invalid, []string{"input", "options"}, "%s", problem)
	}
	return nil
}

// sealedParts is what save writes beside what was given.
type sealedParts struct {
	credential, secrets []byte
	token               secret.String // of the address; empty keeps it
	moved               bool          // to another mode or address, so that what was known there is void
}

func (r *Registry) save(ctx context.Context, before *ent.Integration, id, tenant uuid.UUID, c Connector, in Account, s sealedParts) (*ent.Integration, error) {
	client := r.db.Client(ctx).Integration
	bills := false
	if c.Bills && (before == nil || !before.Bills) {
		// The first one that can, until the studio chooses another.
		another, err := client.Query().Where(integration.Bills(true)).Exist(ctx)
		if err != nil {
			return nil, err
		}
		bills = !another
	}
	if before == nil {
		create := client.Create().SetID(id).SetProvider(in.Provider).SetMode(in.Mode).SetBaseURL(c.BaseURL).SetCredential(s.credential).
			SetInboundToken(Digest(s.token)).SetOptions(in.Options).SetBills(bills)
		if s.secrets != nil {
			create.SetInboundSecret(s.secrets)
		}
		return create.Save(ctx)
	}
	update := client.UpdateOneID(id).SetMode(in.Mode).SetBaseURL(c.BaseURL).SetCredential(s.credential).
		SetStatus(integration.StatusACTIVE).SetLastError("")
	if bills {
		update.SetBills(true)
	}
	if s.moved {
		if before.Mode != in.Mode || before.BaseURL != c.BaseURL {
			if _, err := r.db.Run(ctx).ExecContext(ctx, `DELETE FROM provider_links WHERE tenant_id = $1 AND integration_id = $2`, tenant, id); err != nil {
				return nil, err
			}
		}
		update.SetInboundToken(Digest(s.token))
	}
	switch { // ent would write both into one statement
	case s.secrets != nil:
		update.SetInboundSecret(s.secrets)
	case s.moved:
		update.ClearInboundSecret()
	}
	if in.Options != nil {
		update.SetOptions(in.Options)
	}
	return update.Save(ctx)
}

// sealSecrets keeps the newest secret and the one before, under which messages
// that are on their way were signed.
func (r *Registry) sealSecrets(tenant, id uuid.UUID, newest secret.String, previous []byte) ([]byte, error) {
	lines := []string{newest.Reveal()}
	text, err := r.box.Open(previous, tenant, inboundColumn+id.String()) // what does not open is good for nothing
	if first, _, _ := strings.Cut(string(text), "\n"); err == nil && first != newest.Reveal() {
		lines = append(lines, first)
	}
	return r.box.Seal([]byte(strings.Join(lines, "\n")), tenant, inboundColumn+id.String())
}

// random is a token or secret that nobody can guess, fit for an address.
func (r *Registry) random() (secret.String, error) {
	var raw [32]byte
	if _, err := io.ReadFull(r.cfg.Random, raw[:]); err != nil {
		return "", err
	}
	return secret.String(base64.RawURLEncoding.EncodeToString(raw[:])), nil
}

// Digest is how the token of an address is kept: whoever reads the table cannot
// call the address.
func Digest(token secret.String) string {
	sum := sha256.Sum256([]byte(token.Reveal()))
	return hex.EncodeToString(sum[:])
}

// connector finds the connector of an account and checks the rest of it;
// the credential becomes what is kept.
func (r *Registry) connector(in *Account) (Connector, error) {
	c, known := r.cfg.Connectors[in.Provider]
	switch {
	case !known:
		return c, fault.User(fault.Invalid, []string{"input", "provider"}, "This server cannot connect to a provider named %q.", in.Provider)
	case r.cfg.Now().Before(c.Opens):
		return c, fault.User(fault.WrongState, []string{"input", "provider"}, "%s is a new sub-processor: it can be connected from %s on, when the time for objections has passed.", in.Provider, c.Opens.UTC().Format(time.RFC3339))
	case integration.ModeValidator(in.Mode) != nil:
		return c, fault.User(fault.Invalid, []string{"input", "mode"}, "The mode is TEST or LIVE.")
	case in.Mode == integration.ModeLIVE && standIn(c.BaseURL):
		return c, fault.User(fault.Invalid, []string{"input", "mode"}, "This server has only a stand-in of %s. Connect in mode TEST.", in.Provider)
	}
	text := strings.TrimSpace(in.Credential.Reveal())
	if text == "" || len(text) > maxCredential {
		return c, fault.User(fault.Required, []string{"input", "credential"}, "Give the provider's credential, up to %d characters.", maxCredential)
	}
	kept, err := c.Check(secret.String(text), in.Mode == integration.ModeLIVE)
	if err != nil {
		// The error's text may hold the credential; this one does not.
		return c, fault.User(fault.Invalid, []string{"input", "credential"}, "This is no credential of %s for mode %s.", in.Provider, in.Mode)
	}
	in.Credential = kept
	if err := checkSecret(in.Secret); err != nil {
		return c, err
	}
	if err := c.options(*in); err != nil {
		return c, err
	}
	return c, nil
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

func checkSecret(given secret.String) error {
	if text := given.Reveal(); text != "" && (!plain(text) || len(text) > maxCredential) {
		return fault.User(fault.Invalid, []string{"input", "secret"}, "This is no secret for signatures.")
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
