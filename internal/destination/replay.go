package destination

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/ent"
	entdelivery "github.com/barrehq/barre/ent/delivery"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// MaxReplay is how many events one replay sends at most.
const MaxReplay = 100_000

// Span is a stretch of the feed. What is not given bounds nothing.
type Span struct {
	After        int64 // sequence of the last event before it
	To           int64 // sequence of its last event; 0 for the newest there is
	Types        []string
	Since, Until *time.Time
}

// RetryDelivery sends the event of a settled delivery again, as a delivery of
// its own with the same webhook-id. The job is the relay's to make.
func (r *Registry) RetryDelivery(ctx context.Context, id uuid.UUID) (*ent.Delivery, error) {
	v, err := writer(ctx, "WebhookEndpoint")
	if err != nil {
		return nil, err
	}
	var made *ent.Delivery
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		found, err := r.db.Client(ctx).Delivery.Get(ctx, id)
		switch {
		case ent.IsNotFound(err):
			return fault.User(fault.NotFound, []string{"input", "id"}, "There is no such delivery.")
		case err != nil:
			return err
		case found.Status == entdelivery.StatusPENDING || found.Status == entdelivery.StatusRETRYING:
			return fault.User(fault.WrongState, []string{"input", "id"}, "The delivery is still being tried.")
		case found.WebhookEndpointID == nil:
			return fault.User(fault.WrongState, []string{"input", "id"}, "Only deliveries to webhook endpoints can be tried again; connect the provider anew to repair its own.")
		}
		if _, err := r.enabled(ctx, *found.WebhookEndpointID); err != nil {
			if f := fault.From(err); f != nil && f.User {
				return fault.User(f.Code, []string{"input", "id"}, "%s", f.Message)
			}
			return err
		}
		made, err = r.again(ctx, v, found)
		return err
	})
	if ent.IsConstraintError(err) {
		return nil, fault.User(fault.VersionConflict, []string{"input", "id"}, "Somebody else is trying this delivery again.")
	}
	return made, err
}

// again makes the next delivery of an event, and the event that gives it a job.
func (r *Registry) again(ctx context.Context, v *viewer.Viewer, before *ent.Delivery) (*ent.Delivery, error) {
	raised := viewer.Elevated(ctx, "try a delivery again")
	client := r.db.Client(ctx)
	last, err := client.Delivery.Query().Where(entdelivery.EventID(before.EventID), entdelivery.WebhookEndpointID(*before.WebhookEndpointID)).
		Order(entdelivery.ByReplay()).All(raised)
	if err != nil {
		return nil, err
	}
	made, err := client.Delivery.Create().SetEventID(before.EventID).SetWebhookEndpointID(*before.WebhookEndpointID).
		SetSequence(before.Sequence).SetPreviousSequence(before.PreviousSequence).SetEpoch(before.Epoch).SetReplay(last[len(last)-1].Replay + 1).SetRequestedBy(v.Actor()).Save(raised)
	if err != nil {
		return nil, err
	}
	_, err = r.record(ctx, v, order{feed.RetryType, "Delivery", made.ID, made.Version,
		map[string]any{"webhookEndpointId": publicID("WebhookEndpoint", *before.WebhookEndpointID), "sequence": before.Sequence}})
	return made, err
}

const countReplay = `SELECT count(*), COALESCE(max(e.sequence), 0) FROM (
	SELECT e.sequence FROM events e JOIN webhook_endpoints w ON w.tenant_id = e.tenant_id AND w.id = $2
	WHERE e.tenant_id = $1 AND e.sequence > $3 AND ($4 = 0 OR e.sequence <= $4) AND ($5::text[] = '{}' OR $5::text[] && ARRAY[e.type, split_part(e.type, '.', 1) || '.*']::text[])
		AND ($6::timestamptz IS NULL OR e.occurred_at >= $6) AND ($7::timestamptz IS NULL OR e.occurred_at < $7) AND ` + feed.Wanted + `
	LIMIT $8
) e`

// ReplayEvents sends a stretch of the feed to an endpoint again and returns how
// many events that is. They are those that the endpoint asks for now. It only
// records the order; the relay makes the deliveries.
func (r *Registry) ReplayEvents(ctx context.Context, endpoint uuid.UUID, s Span) (made *ent.Event, count int, err error) {
	v, err := writer(ctx, "WebhookEndpoint")
	if err != nil {
		return nil, 0, err
	}
	if err := checkTypes(s.Types); err != nil {
		return nil, 0, fault.User(fault.Invalid, []string{"input", "types"}, "%s", fault.From(err).Message)
	}
	if s.After < 0 || s.To < 0 || s.To > 0 && s.To <= s.After {
		return nil, 0, fault.User(fault.Invalid, []string{"input", "to"}, "to must be greater than after, and neither may be below 0.")
	}
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		found, err := r.enabled(ctx, endpoint)
		if err != nil {
			return err
		}
		if count, err = r.measure(ctx, v, found, &s); err != nil || count == 0 {
			return err
		}
		made, err = r.record(ctx, v, order{feed.ReplayType, "WebhookEndpoint", found.ID, found.Version, map[string]any{
			"after": s.After, "to": s.To, "types": append([]string{}, s.Types...), "since": s.Since, "until": s.Until,
		}})
		return err
	})
	return made, count, err
}

// measure counts the events of a span, and ends it at the last of them.
func (r *Registry) measure(ctx context.Context, v *viewer.Viewer, endpoint *ent.WebhookEndpoint, s *Span) (count int, err error) {
	rows, err := r.db.Run(ctx).QueryContext(ctx, countReplay, v.TenantID, endpoint.ID, s.After, s.To, pq.Array(append([]string{}, s.Types...)), s.Since, s.Until, MaxReplay+1)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&count, &s.To); err != nil {
			return 0, err
		}
	}
	if count > MaxReplay {
		return 0, fault.User(fault.Invalid, []string{"input", "after"}, "These are more than %d events. Replay a shorter stretch.", MaxReplay)
	}
	return count, rows.Err()
}

// publicID is the id of a record as the API shows it.
func publicID(entity string, id uuid.UUID) string {
	return typeid.Format(catalog.Entities[entity].Prefix, id)
}
