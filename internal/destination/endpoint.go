package destination

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/webhook"
)

// MaxEndpoints is how many endpoints a studio may have: each of its events is
// sent to every one of them.
const MaxEndpoints = 50

// CreateWebhookEndpoint registers an address of the studio's own and returns
// its signing secret, which nobody can read again.
func (r *Registry) CreateWebhookEndpoint(ctx context.Context, url, description string, eventTypes []string) (*ent.WebhookEndpoint, secret.String, error) {
	v, err := writer(ctx, "WebhookEndpoint")
	if err != nil {
		return nil, "", err
	}
	if err := r.check(url, eventTypes); err != nil {
		return nil, "", err
	}
	key, err := webhook.NewSecret(r.cfg.Random)
	if err != nil {
		return nil, "", err
	}
	id := rule.NewID()
	sealed, err := r.box.Seal([]byte(key.Reveal()), v.TenantID, secretColumn+id.String())
	if err != nil {
		return nil, "", err
	}
	var made *ent.WebhookEndpoint
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		if err := r.room(ctx); err != nil {
			return err
		}
		made, err = r.db.Client(ctx).WebhookEndpoint.Create().SetID(id).SetURL(url).SetDescription(description).
			SetEventTypes(distinct(eventTypes)).SetSecret(sealed).Save(ctx)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return made, key, nil
}

func (r *Registry) check(url string, types []string) error {
	if err := r.cfg.CheckURL(url); err != nil {
		if found := fault.From(err); found != nil {
			return fault.User(found.Code, []string{"input", "url"}, "%s", found.Message)
		}
		return err
	}
	for _, name := range types {
		if !feed.KnownType(name) {
			return fault.User(fault.Invalid, []string{"input", "eventTypes"}, "There is no event of type %q.", name)
		}
	}
	return nil
}

// room refuses an endpoint too many. Two that are made at the same moment may
// both find room; the bound is against fan-out, not an invariant.
func (r *Registry) room(ctx context.Context) error {
	n, err := r.db.Client(ctx).WebhookEndpoint.Query().Count(ctx)
	if err == nil && n >= MaxEndpoints {
		return fault.User(fault.WrongState, nil, "A studio has at most %d webhook endpoints. Delete one first.", MaxEndpoints)
	}
	return err
}

func distinct(types []string) []string {
	list := append([]string{}, types...)
	slices.Sort(list)
	return slices.Compact(list)
}

// SendTestEvent records an event of type endpoint.tested, which the relay
// sends to this one endpoint, whatever types it asks for.
func (r *Registry) SendTestEvent(ctx context.Context, endpoint uuid.UUID) (*ent.Event, error) {
	v, err := writer(ctx, "WebhookEndpoint")
	if err != nil {
		return nil, err
	}
	var made *ent.Event
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		found, err := r.db.Client(ctx).WebhookEndpoint.Get(ctx, endpoint)
		switch {
		case ent.IsNotFound(err):
			return fault.User(fault.NotFound, []string{"input", "webhookEndpointId"}, "There is no such webhook endpoint.")
		case err != nil:
			return err
		case found.Status != webhookendpoint.StatusENABLED:
			return fault.User(fault.WrongState, []string{"input", "webhookEndpointId"}, "The endpoint is disabled. Enable it first.")
		}
		id, err := r.insertTest(ctx, v, found)
		if err != nil {
			return err
		}
		// Whoever may test an endpoint need not be able to read the whole feed.
		made, err = r.db.Client(ctx).Event.Get(viewer.ForTenant(ctx, v.TenantID, "show the test event just made"), id)
		return err
	})
	return made, err
}

// insertTest writes the event by hand: no record changed that a hook could see.
func (r *Registry) insertTest(ctx context.Context, v *viewer.Viewer, endpoint *ent.WebhookEndpoint) (uuid.UUID, error) {
	id := rule.NewID()
	_, err := r.db.Run(ctx).ExecContext(ctx, `INSERT INTO events
		(id, created_at, updated_at, tenant_id, type, entity_type, entity_id, entity_version, changed, actor, data, occurred_at)
		VALUES ($1, $2, $2, $3, $4, 'WebhookEndpoint', $5, $6, '[]', $7, '{"test":true}', $2)`,
		id, rule.Now(), v.TenantID, feed.TestType, endpoint.ID, endpoint.Version, v.Actor())
	return id, err
}
