package auth

import (
	"context"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
)

// maxTrusted bounds the registered documents of one key: they are read with it.
const maxTrusted = 500

// NewKey is the input of CreateAPIKey.
type NewKey struct {
	Name             string
	Kind             apikey.Kind
	Scopes           []string   // of a SECRET key, at least one; a PUBLISHABLE key has none
	TrustedDocuments []string   // SHA-256 in hexadecimal; none for any document
	ExpiresAt        *time.Time // nil for never
	AllowedNetworks  []string   // such as 203.0.113.0/24; none for any
}

// CreateAPIKey makes a key, which is shown once. OWNER and ADMIN may call it;
// a key never acts as more than ADMIN, so neither grants what it lacks.
func (i *Identity) CreateAPIKey(ctx context.Context, in NewKey) (*ent.APIKey, secret.String, error) {
	if _, err := keeper(ctx, "make an API key"); err != nil {
		return nil, "", err
	}
	in, err := in.normal(i.now())
	if err != nil {
		return nil, "", err
	}
	kind := credential.SecretKey
	if in.Kind == apikey.KindPUBLISHABLE {
		kind = credential.PublishableKey
	}
	token, stored := credential.New(kind, i.conf.Mode)
	var made *ent.APIKey
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		made, err = i.store.Client(ctx).APIKey.Create().SetName(in.Name).SetKind(in.Kind).SetScopes(in.Scopes).
			SetTrustedDocuments(in.TrustedDocuments).SetAllowedNetworks(in.AllowedNetworks).
			SetNillableNetworksReviewedUntil(i.reviewed(in.AllowedNetworks)).SetNillableExpiresAt(in.ExpiresAt).
			SetTokenHash(stored.Hash[:]).SetPrefix(stored.Prefix).SetLast4(stored.Last4).Save(ctx)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return made, token, nil
}

// normal returns the input as it is stored, or what is wrong with it.
func (in NewKey) normal(now time.Time) (NewKey, error) {
	var err error
	if in.Name, err = label(in.Name, "name", 100); err != nil {
		return in, err
	}
	if in.ExpiresAt != nil {
		end := in.ExpiresAt.UTC().Truncate(time.Microsecond) // as Postgres keeps it, and not later
		if in.ExpiresAt = &end; !now.Before(end) {
			return in, fault.User(fault.Invalid, []string{"input", "expiresAt"}, "Give a time to come.")
		}
	}
	switch in.Kind {
	case apikey.KindSECRET:
		if len(in.Scopes) == 0 {
			return in, fault.User(fault.Required, []string{"input", "scopes"}, "A secret key without scopes may do nothing. Give one at least.")
		}
	case apikey.KindPUBLISHABLE:
		if len(in.Scopes) > 0 {
			return in, fault.User(fault.Invalid, []string{"input", "scopes"}, "A publishable key reads public data alone and takes no scopes.")
		}
	default:
		return in, fault.User(fault.Invalid, []string{"input", "kind"}, "There is no such kind of key.")
	}
	if in.Scopes, err = credential.ParseScopes(in.Scopes, Subjects()); err != nil {
		return in, inInput(err)
	}
	if in.Scopes == nil {
		in.Scopes = []string{}
	}
	if in.TrustedDocuments, err = digests(in.TrustedDocuments); err != nil {
		return in, err
	}
	in.AllowedNetworks, err = networks(in.AllowedNetworks)
	return in, err
}

// maxNetworks bounds the networks of one key: they are read with it.
const maxNetworks = 50

// networks returns networks as they are written, sorted, each once. A single
// address is a network of its own.
func networks(given []string) ([]string, error) {
	if len(given) > maxNetworks {
		return nil, fault.User(fault.Invalid, []string{"input", "allowedNetworks"}, "A key takes at most %d networks.", maxNetworks)
	}
	sorted := make([]string, len(given))
	for n, text := range given {
		network, err := netip.ParsePrefix(text)
		if address, alone := netip.ParseAddr(text); alone == nil && address.Zone() == "" {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil || network.Addr().Is4In6() {
			return nil, fault.User(fault.Invalid, []string{"input", "allowedNetworks", strconv.Itoa(n)}, "Give an address or a network, such as 203.0.113.0/24 or 2001:db8::/32.")
		}
		sorted[n] = network.Masked().String()
	}
	slices.Sort(sorted)
	return slices.Compact(sorted), nil
}

// Subjects are what scopes may name: every entity that the API shows.
func Subjects() []string {
	var prefixes []string
	for _, entity := range catalog.Entities {
		if !entity.Hidden && entity.Tenant != "" {
			prefixes = append(prefixes, entity.Prefix)
		}
	}
	return prefixes
}

// digests returns SHA-256 digests in lower case, sorted, each once.
func digests(given []string) ([]string, error) {
	if len(given) > maxTrusted {
		return nil, fault.User(fault.Invalid, []string{"input", "trustedDocuments"}, "A key takes at most %d documents.", maxTrusted)
	}
	sorted := make([]string, len(given))
	for n, text := range given {
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != len(credential.Hash{}) {
			return nil, fault.User(fault.Invalid, []string{"input", "trustedDocuments", strconv.Itoa(n)}, "Give a SHA-256 digest as 64 hexadecimal digits.")
		}
		sorted[n] = hex.EncodeToString(raw)
	}
	slices.Sort(sorted)
	return slices.Compact(sorted), nil
}

// networksHold is how long a list of networks holds before somebody has to look
// at it again.
const networksHold = 182 * 24 * time.Hour

// reviewed is when a list of networks that is given now ends; nil for none.
func (i *Identity) reviewed(networks []string) *time.Time {
	if len(networks) == 0 {
		return nil
	}
	end := i.now().Add(networksHold)
	return &end
}

// ReviewAPIKeyNetworks confirms or changes the networks that a key may be used
// from. The error is NOT_FOUND for a key that is not the studio's.
func (i *Identity) ReviewAPIKeyNetworks(ctx context.Context, id uuid.UUID, list []string) (*ent.APIKey, error) {
	if _, err := keeper(ctx, "review an API key"); err != nil {
		return nil, err
	}
	list, err := networks(list)
	if err != nil {
		return nil, err
	}
	var kept *ent.APIKey
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		update := i.store.Client(ctx).APIKey.UpdateOneID(id).SetAllowedNetworks(list)
		if end := i.reviewed(list); end != nil {
			update.SetNetworksReviewedUntil(*end)
		} else {
			update.ClearNetworksReviewedUntil()
		}
		if kept, err = update.Save(ctx); err == nil {
			i.store.AfterCommit(ctx, func() { i.door.Forget(id) })
		}
		return err
	})
	if ent.IsNotFound(err) {
		err = fault.User(fault.NotFound, []string{"input", "id"}, "There is no such key.")
	}
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// RevokeAPIKey ends a key, here at once, elsewhere within a second. OWNER and
// ADMIN may call it. What is revoked already stays as it is.
func (i *Identity) RevokeAPIKey(ctx context.Context, id uuid.UUID) (*ent.APIKey, error) {
	if _, err := keeper(ctx, "revoke an API key"); err != nil {
		return nil, err
	}
	var revoked *ent.APIKey
	err := i.store.InTx(ctx, func(ctx context.Context) (err error) {
		client := i.store.Client(ctx).APIKey
		if revoked, err = client.Get(ctx, id); err != nil || revoked.RevokedAt != nil {
			return err
		}
		if revoked, err = client.UpdateOneID(id).SetRevokedAt(i.now()).Save(ctx); err == nil {
			i.store.AfterCommit(ctx, func() { i.door.Forget(id) })
		}
		return err
	})
	if ent.IsNotFound(err) {
		err = fault.User(fault.NotFound, []string{"input", "id"}, "There is no such key.")
	}
	if err != nil {
		return nil, err
	}
	return revoked, nil
}
