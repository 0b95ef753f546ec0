package destination

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/viewer"
)

// MaxEndpoints is how many endpoints a studio may have: each of its events is
// sent to every one of them.
const MaxEndpoints = 50

// Endpoint is what a webhook endpoint is made of. Zero values are the defaults
// of its fields.
type Endpoint struct {
	URL, Description string
	EventTypes       []string
	ChangedFields    []string
	Payload          webhookendpoint.Payload
	Query            string
	Ordered          bool
	RatePerSecond    int
	InFlight         int
	Signature        webhookendpoint.Signature
}

// CreateWebhookEndpoint registers an address of the studio's own and returns
// its keys, of which the secret ones can never be read again.
func (r *Registry) CreateWebhookEndpoint(ctx context.Context, e Endpoint) (*ent.WebhookEndpoint, Keys, error) {
	v, err := writer(ctx, "WebhookEndpoint")
	if err != nil {
		return nil, Keys{}, err
	}
	if err := r.check(ctx, e); err != nil {
		return nil, Keys{}, err
	}
	keys, err := r.newKeys()
	if err != nil {
		return nil, Keys{}, err
	}
	id := rule.NewID()
	sealed, err := keys.seal(r.box, v.TenantID, id)
	if err != nil {
		return nil, Keys{}, err
	}
	var made *ent.WebhookEndpoint
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		if err := r.room(ctx); err != nil {
			return err
		}
		create := r.db.Client(ctx).WebhookEndpoint.Create().SetID(id).SetURL(e.URL).SetDescription(e.Description).
			SetEventTypes(distinct(e.EventTypes)).SetChangedFields(distinct(e.ChangedFields)).SetQuery(e.Query).SetOrdered(e.Ordered).
			SetRatePerSecond(e.RatePerSecond).SetInFlight(cmp.Or(e.InFlight, webhookendpoint.DefaultInFlight)).
			SetPayload(cmp.Or(e.Payload, webhookendpoint.DefaultPayload)).SetSignature(cmp.Or(e.Signature, webhookendpoint.DefaultSignature)).SetSecret(sealed)
		if e.Query != "" {
			create.SetOwnerID(ownerOf(v))
		}
		made, err = create.Save(ctx)
		return err
	})
	if err != nil {
		return nil, Keys{}, err
	}
	return made, keys, nil
}

// ownerOf is in whose name the viewer's query is rendered: the membership's
// or, where no person asks, the key's.
func ownerOf(v *viewer.Viewer) uuid.UUID { return cmp.Or(v.MembershipID, v.CredentialID) }

func (r *Registry) check(ctx context.Context, e Endpoint) error {
	if err := r.cfg.CheckURL(e.URL); err != nil {
		if found := fault.From(err); found != nil {
			return fault.User(found.Code, []string{"input", "url"}, "%s", found.Message)
		}
		return err
	}
	if err := checkTypes(e.EventTypes); err != nil {
		return err
	}
	if err := checkFields(e.ChangedFields); err != nil {
		return err
	}
	return r.checkQuery(ctx, e.Payload, e.Query, e.Query != "")
}

// maxNamed bounds how many types or fields one endpoint may name.
const maxNamed = 200

func checkTypes(types []string) error { return checkNames("eventTypes", types) }

func checkFields(fields []string) error { return checkNames("changedFields", fields) }

func checkNames(field string, names []string) error {
	known, nearest, what := feed.KnownPattern, feed.NearestType, "event of type"
	if field == "changedFields" {
		known, nearest, what = feed.KnownField, feed.NearestField, "field"
	}
	if len(names) > maxNamed {
		return fault.User(fault.Invalid, []string{"input", field}, "Name at most %d, or none for all.", maxNamed)
	}
	for _, name := range names {
		if !known(name) {
			return fault.User(fault.Invalid, []string{"input", field}, "There is no %s %q. The nearest is %s.", what, name, nearest(name))
		}
	}
	return nil
}

// checkQuery refuses a payload that cannot be rendered. A query that stays as
// it was is not looked at again.
func (r *Registry) checkQuery(ctx context.Context, payload webhookendpoint.Payload, query string, changed bool) error {
	if payload == webhookendpoint.PayloadQUERY && query == "" {
		return fault.User(fault.Required, []string{"input", "query"}, "Give the query whose answer is to be sent.")
	}
	if !changed || query == "" {
		return nil
	}
	if r.cfg.Queries == nil {
		return fault.User(fault.Invalid, []string{"input", "query"}, "This server renders no queries.")
	}
	if err := r.cfg.Queries.Check(ctx, query); err != nil {
		if found := fault.From(err); found != nil {
			return fault.User(fault.Invalid, []string{"input", "query"}, "%s", found.Message)
		}
		return err
	}
	return nil
}

// CheckUpdate judges a change that a generated mutation is about to make to an
// endpoint, and adds what follows from it: whoever sets the query owns it, and
// who enables an endpoint gives it a fresh start.
func (r *Registry) CheckUpdate(ctx context.Context, m ent.Mutation) error {
	change, ok := m.(*ent.WebhookEndpointMutation)
	if !ok {
		return nil
	}
	id, _ := change.ID()
	v, err := writer(ctx, "WebhookEndpoint")
	if err != nil {
		return err
	}
	types, _ := change.EventTypes()
	fields, _ := change.ChangedFields()
	if err := errors.Join(checkTypes(types), checkFields(fields)); err != nil {
		return fault.From(err)
	}
	if status, given := change.Status(); given && status == webhookendpoint.StatusENABLED {
		change.ClearFailingSince()
		change.SetDisabledReason("")
	}
	if signature, given := change.Signature(); given && signature != webhookendpoint.SignatureHMAC {
		if err := r.completeKeys(ctx, change, id); err != nil {
			return err
		}
	}
	payload, chosen := change.Payload()
	query, changed := change.Query()
	if !chosen && !changed {
		return nil
	}
	now, err := r.db.Client(ctx).WebhookEndpoint.Get(ctx, id)
	if err != nil {
		return err
	}
	if !chosen {
		payload = now.Payload
	}
	if !changed {
		query = now.Query
	}
	if changed { // also where it is the same: its owner may be gone
		change.SetOwnerID(ownerOf(v))
	}
	return r.checkQuery(ctx, payload, query, changed)
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
		found, err := r.enabled(ctx, endpoint)
		if err != nil {
			return err
		}
		made, err = r.record(ctx, v, order{feed.TestType, "WebhookEndpoint", found.ID, found.Version, map[string]any{"test": true}})
		return err
	})
	return made, err
}

// endpoint returns an endpoint that the viewer may see.
func (r *Registry) endpoint(ctx context.Context, id uuid.UUID, field string) (*ent.WebhookEndpoint, error) {
	found, err := r.db.Client(ctx).WebhookEndpoint.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, fault.User(fault.NotFound, []string{"input", field}, "There is no such webhook endpoint.")
	}
	return found, err
}

// enabled returns an endpoint that is sent events.
func (r *Registry) enabled(ctx context.Context, id uuid.UUID) (*ent.WebhookEndpoint, error) {
	found, err := r.endpoint(ctx, id, "webhookEndpointId")
	if err == nil && found.Status != webhookendpoint.StatusENABLED {
		err = fault.User(fault.WrongState, []string{"input", "webhookEndpointId"}, "The endpoint is disabled. Enable it first.")
	}
	return found, err
}

// order is an event that no record's change makes: something that the relay is
// to do.
type order struct {
	kind, entity string
	id           uuid.UUID
	version      int
	data         map[string]any
}

// record writes the event by hand, as no hook could see it.
func (r *Registry) record(ctx context.Context, v *viewer.Viewer, o order) (*ent.Event, error) {
	data, err := json.Marshal(o.data)
	if err != nil {
		return nil, err
	}
	id := rule.NewID()
	_, err = r.db.Run(ctx).ExecContext(ctx, `INSERT INTO events
		(id, created_at, updated_at, tenant_id, type, entity_type, entity_id, entity_version, changed, actor, data, occurred_at)
		VALUES ($1, $2, $2, $3, $4, $5, $6, $7, '[]', $8, $9, $2)`,
		id, rule.Now(), v.TenantID, o.kind, o.entity, o.id, o.version, v.Actor(), string(data))
	if err != nil {
		return nil, err
	}
	// Whoever may do this need not be able to read the whole feed.
	return r.db.Client(ctx).Event.Get(viewer.ForTenant(ctx, v.TenantID, "show the event just made"), id)
}
