package destination

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

// Access is how we prove to an endpoint who we are, beside the signature. At
// most one of the two is there.
type Access struct {
	Basic *Basic
	Grant *webhook.Grant
}

// Basic is a user name and a password.
type Basic struct {
	User     string
	Password secret.String
}

// access is the form in which Access is sealed: a secret.String never shows
// itself to an encoder.
type access struct {
	User         string   `json:"user,omitempty"`
	Password     string   `json:"password,omitempty"`
	TokenURL     string   `json:"tokenUrl,omitempty"`
	ClientID     string   `json:"clientId,omitempty"`
	ClientSecret string   `json:"clientSecret,omitempty"`
	Scopes       []string `json:"scopes,omitempty"`
}

// OpenAccess returns what an endpoint asks for from the value of its row.
func OpenAccess(box *sealed.Box, tenant, endpoint uuid.UUID, value []byte) (Access, error) {
	plain, err := box.Open(value, tenant, accessColumn+endpoint.String())
	if err != nil {
		return Access{}, err
	}
	var a access
	if err := json.Unmarshal(plain, &a); err != nil {
		return Access{}, err
	}
	if a.TokenURL == "" {
		return Access{Basic: &Basic{a.User, secret.String(a.Password)}}, nil
	}
	return Access{Grant: &webhook.Grant{TokenURL: a.TokenURL, ClientID: a.ClientID, ClientSecret: secret.String(a.ClientSecret), Scopes: a.Scopes}}, nil
}

// AuthenticateWebhookEndpoint sets what requests prove beside their signature,
// or takes it away. What was set can never be read again.
func (r *Registry) AuthenticateWebhookEndpoint(ctx context.Context, id uuid.UUID, a Access) (*ent.WebhookEndpoint, error) {
	v, err := writer(ctx, "WebhookEndpoint")
	if err != nil {
		return nil, err
	}
	kind, kept, err := r.kept(a)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(kept)
	if err != nil {
		return nil, err
	}
	sealed, err := r.box.Seal(plain, v.TenantID, accessColumn+id.String())
	if err != nil {
		return nil, err
	}
	var changed *ent.WebhookEndpoint
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		found, err := r.endpoint(ctx, id, "id")
		if err != nil {
			return err
		}
		update := r.db.Client(ctx).WebhookEndpoint.UpdateOne(found).SetAuth(kind)
		if kind == webhookendpoint.AuthNONE {
			update.ClearAuthCredential()
		} else {
			update.SetAuthCredential(sealed)
		}
		changed, err = update.Save(ctx)
		return err
	})
	return changed, err
}

// kept checks what was given and returns how it is kept.
func (r *Registry) kept(a Access) (webhookendpoint.Auth, access, error) {
	switch {
	case a.Basic != nil && a.Grant != nil:
		return "", access{}, fault.User(fault.Invalid, []string{"input", "oauth2"}, "Give basic or oauth2, not both.")
	case a.Basic != nil:
		if !printable(a.Basic.User, a.Basic.Password.Reveal()) || strings.Contains(a.Basic.User, ":") {
			return "", access{}, fault.User(fault.Invalid, []string{"input", "basic"}, "Give a username without a colon and a password, of up to %d printable characters.", maxCredential)
		}
		return webhookendpoint.AuthBASIC, access{User: a.Basic.User, Password: a.Basic.Password.Reveal()}, nil
	case a.Grant != nil:
		g := a.Grant
		if !printable(append(slices.Clone(g.Scopes), g.ClientID, g.ClientSecret.Reveal())...) {
			return "", access{}, fault.User(fault.Invalid, []string{"input", "oauth2"}, "Give a clientId, a clientSecret and scopes of up to %d printable characters.", maxCredential)
		}
		if err := r.cfg.CheckURL(g.TokenURL); err != nil {
			if found := fault.From(err); found != nil {
				return "", access{}, fault.User(found.Code, []string{"input", "oauth2", "tokenUrl"}, "%s", found.Message)
			}
			return "", access{}, err
		}
		return webhookendpoint.AuthOAUTH2, access{TokenURL: g.TokenURL, ClientID: g.ClientID, ClientSecret: g.ClientSecret.Reveal(), Scopes: g.Scopes}, nil
	}
	return webhookendpoint.AuthNONE, access{}, nil
}

// printable reports whether all parts are there, and none holds what could
// hide in a terminal or end a header.
func printable(parts ...string) bool {
	return !slices.ContainsFunc(parts, func(part string) bool {
		return part == "" || len(part) > maxCredential || strings.ContainsFunc(part, unicode.IsControl)
	})
}
