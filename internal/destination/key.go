package destination

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/webhook"
)

// Keys are what the requests of one endpoint are signed with.
type Keys struct {
	Shared  secret.String // whsec_, which the receiver knows as well
	Private secret.String // whsk_, whose public half anybody may know
}

func (r *Registry) newKeys() (k Keys, err error) {
	if k.Shared, err = webhook.NewSecret(r.cfg.Random); err != nil {
		return k, err
	}
	k.Private, err = webhook.NewPrivateKey(r.cfg.Random)
	return k, err
}

func (k Keys) seal(box *sealed.Box, tenant, endpoint uuid.UUID) ([]byte, error) {
	return box.Seal([]byte(k.Shared.Reveal()+" "+k.Private.Reveal()), tenant, secretColumn+endpoint.String())
}

// OpenKeys returns the keys of an endpoint from a value of its row.
func OpenKeys(box *sealed.Box, tenant, endpoint uuid.UUID, value []byte) (Keys, error) {
	plain, err := box.Open(value, tenant, secretColumn+endpoint.String())
	shared, private, _ := strings.Cut(string(plain), " ")
	return Keys{secret.String(shared), secret.String(private)}, err
}

// For returns the keys that an endpoint is to be signed with.
func (k Keys) For(signature webhookendpoint.Signature) []secret.String {
	switch signature {
	case webhookendpoint.SignatureED25519:
		return []secret.String{k.Private}
	case webhookendpoint.SignatureBOTH:
		return []secret.String{k.Shared, k.Private}
	default:
		return []secret.String{k.Shared}
	}
}

// Public returns the public half of the private key, as whpk_.
func (k Keys) Public() string {
	public, err := webhook.PublicKey(k.Private)
	if err != nil {
		return ""
	}
	return public
}

// completeKeys gives an endpoint the private key that it lacks if it was made
// before there were any.
func (r *Registry) completeKeys(ctx context.Context, change *ent.WebhookEndpointMutation, id uuid.UUID) error {
	found, err := r.db.Client(ctx).WebhookEndpoint.Get(ctx, id)
	if err != nil {
		return err
	}
	keys, err := OpenKeys(r.box, found.TenantID, id, found.Secret)
	if err != nil || keys.Private != "" {
		return err
	}
	if keys.Private, err = webhook.NewPrivateKey(r.cfg.Random); err != nil {
		return err
	}
	value, err := keys.seal(r.box, found.TenantID, id)
	if err == nil {
		change.SetSecret(value)
	}
	return err
}

// Bounds of how long the keys before a rotation are valid as well, in hours.
const (
	DefaultOverlap = 24
	MaxOverlap     = 168
)

// RotateWebhookSecret gives an endpoint new keys. Until the overlap ends,
// requests are signed with the keys before as well, so that no receiver has to
// change at the same moment. The keys before those are valid no longer.
func (r *Registry) RotateWebhookSecret(ctx context.Context, id uuid.UUID, overlapHours int) (*ent.WebhookEndpoint, Keys, error) {
	v, err := writer(ctx, "WebhookEndpoint")
	if err != nil {
		return nil, Keys{}, err
	}
	if overlapHours < 0 || overlapHours > MaxOverlap {
		return nil, Keys{}, fault.User(fault.Invalid, []string{"input", "overlapHours"}, "The overlap is from 0 to %d hours.", MaxOverlap)
	}
	keys, err := r.newKeys()
	if err != nil {
		return nil, Keys{}, err
	}
	sealed, err := keys.seal(r.box, v.TenantID, id)
	if err != nil {
		return nil, Keys{}, err
	}
	var rotated *ent.WebhookEndpoint
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		found, err := r.endpoint(ctx, id, "id")
		if err != nil {
			return err
		}
		update := r.db.Client(ctx).WebhookEndpoint.UpdateOne(found).SetSecret(sealed)
		if overlapHours > 0 {
			update.SetSecondarySecret(found.Secret).SetSecondaryExpiresAt(r.cfg.Now().Add(time.Duration(overlapHours) * time.Hour))
		} else {
			update.ClearSecondarySecret().ClearSecondaryExpiresAt()
		}
		rotated, err = update.Save(ctx)
		return err
	})
	if err != nil {
		return nil, Keys{}, err
	}
	return rotated, keys, nil
}

// PublicKeys returns the public keys of an endpoint as a JWK set, the newest
// first, for whoever verifies its requests. Receivers have no credential here,
// and the keys are no secret: whoever knows the endpoint's id may ask.
func (r *Registry) PublicKeys(ctx context.Context, endpoint uuid.UUID) ([]webhook.JWK, error) {
	ctx = viewer.AcrossTenants(ctx, "public keys of a webhook endpoint")
	rows, err := r.db.Run(ctx).QueryContext(ctx, `SELECT tenant_id, secret, CASE WHEN secondary_expires_at > $2 THEN secondary_secret END FROM webhook_endpoints WHERE id = $1`, endpoint, r.cfg.Now())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, errors.Join(rows.Err(), sql.ErrNoRows)
	}
	var (
		tenant uuid.UUID
		values [2][]byte
	)
	list := []webhook.JWK{}
	if err := rows.Scan(&tenant, &values[0], &values[1]); err != nil {
		return nil, err
	}
	for _, value := range values {
		if value == nil {
			continue
		}
		keys, err := OpenKeys(r.box, tenant, endpoint, value)
		if err != nil {
			return nil, err
		}
		if keys.Private == "" {
			continue // made before there were any, and not asked for since
		}
		key, err := webhook.PublicJWK(keys.Private)
		if err != nil {
			return nil, err
		}
		list = append(list, key)
	}
	return list, nil
}
