package delivery

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/event"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/typeid"
)

// patience is how long a delivery waits for a broken connection to be
// repaired: as long as the schedule of attempts lasts.
const patience = 76 * time.Hour

// task is a delivery with everything that an attempt needs.
type task struct {
	job.Deliver
	job         *river.Job[job.Deliver]
	status      string
	attempts    int
	previous    int64
	replay      int
	made        time.Time
	first       *time.Time // when the first attempt was made
	event       event.Event
	answer      []byte // sealed; to the endpoint's query, where an earlier attempt asked it
	endpoint    *endpoint
	integration *integration
	round       int
	unsure      bool
}

type endpoint struct {
	id             uuid.UUID
	url            string
	enabled        bool
	payload, query string
	owner          *uuid.UUID // in whose name the query is asked
	ordered        bool
	rate, places   int
	signature      string
	secret, before []byte // keys now and, until beforeEnds, before the rotation
	beforeEnds     *time.Time
	auth           string
	access         []byte
	failingSince   *time.Time
}

type integration struct {
	id         uuid.UUID
	provider   string
	live       bool
	active     bool
	baseURL    string
	credential []byte
	secrets    []byte
	options    map[string]string
}

const load = `SELECT want.place, d.status, d.attempts, d.sequence, d.previous_sequence, d.replay, d.created_at,
	e.id, e.type, e.entity_type, e.entity_id, e.entity_version, e.changed, e.actor, e.trace_parent, e.data, e.occurred_at, d.epoch, d.body,
	w.id, COALESCE(w.url, ''), COALESCE(w.status = 'ENABLED', false), COALESCE(w.payload, ''), COALESCE(w.query, ''), w.owner_id,
	COALESCE(w.ordered, false), COALESCE(w.rate_per_second, 0), COALESCE(w.in_flight, 0), COALESCE(w.signature, ''), w.secret, w.secondary_secret, w.secondary_expires_at,
	COALESCE(w.auth, ''), w.auth_credential, w.failing_since,
	i.id, COALESCE(i.provider, ''), COALESCE(i.mode = 'LIVE', false), COALESCE(i.status = 'ACTIVE', false), COALESCE(i.base_url, ''), i.credential, i.inbound_secret, i.options,
	(SELECT min(a.attempted_at) FROM delivery_attempts a WHERE a.tenant_id = d.tenant_id AND a.delivery_id = d.id)
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS want(tenant_id, id, place)
JOIN deliveries d ON d.tenant_id = want.tenant_id AND d.id = want.id
JOIN events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
LEFT JOIN webhook_endpoints w ON w.tenant_id = d.tenant_id AND w.id = d.webhook_endpoint_id
LEFT JOIN integrations i ON i.tenant_id = d.tenant_id AND i.id = d.integration_id`

// loadLimit bounds the statement that loads tasks.
const loadLimit = 5 * time.Second

// load reads the tasks of jobs; nil where there is none. The job names the
// tenant, so that even a job with a neighbor's delivery reads nothing.
func (w *Worker) load(ctx context.Context, jobs []*river.Job[job.Deliver]) ([]*task, error) {
	ctx, cancel := context.WithTimeout(ctx, loadLimit)
	defer cancel()
	tenants, ids := make([]uuid.UUID, len(jobs)), make([]uuid.UUID, len(jobs))
	for i, j := range jobs {
		tenants[i], ids[i] = j.Args.Tenant, j.Args.Delivery
	}
	rows, err := w.pool.Query(ctx, load, tenants, ids)
	if err != nil {
		return nil, fmt.Errorf("delivery: load: %w", err)
	}
	defer rows.Close()
	tasks := make([]*task, len(jobs))
	for rows.Next() {
		place, t, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("delivery: load: %w", err)
		}
		j := jobs[place-1]
		t.Deliver, t.job, t.round, t.unsure = j.Args, j, j.Args.Round, j.Args.Unsure || j.Attempt > 1
		t.event.TenantID = t.Tenant
		tasks[place-1] = t
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("delivery: load: %w", err)
	}
	return tasks, nil
}

// scan reads one row of load: the place of its job, from 1, and the task.
func scan(row pgx.Row) (place int, t *task, err error) {
	t = &task{}
	var (
		hook              endpoint
		account           integration
		hookID, accountID *uuid.UUID
		changed, data     []byte
		options           []byte
	)
	e := &t.event
	err = row.Scan(&place, &t.status, &t.attempts, &e.Sequence, &t.previous, &t.replay, &t.made,
		&e.ID, &e.Type, &e.EntityType, &e.EntityID, &e.EntityVersion, &changed, &e.Actor, &e.TraceParent, &data, &e.OccurredAt, &e.Epoch, &t.answer,
		&hookID, &hook.url, &hook.enabled, &hook.payload, &hook.query, &hook.owner,
		&hook.ordered, &hook.rate, &hook.places, &hook.signature, &hook.secret, &hook.before, &hook.beforeEnds,
		&hook.auth, &hook.access, &hook.failingSince,
		&accountID, &account.provider, &account.live, &account.active, &account.baseURL, &account.credential, &account.secrets, &options, &t.first)
	if err != nil {
		return 0, nil, err
	}
	e.Data = data
	if err := json.Unmarshal(changed, &e.Changed); err != nil {
		return 0, nil, err
	}
	if options != nil {
		if err := json.Unmarshal(options, &account.options); err != nil {
			return 0, nil, err
		}
	}
	if hookID != nil {
		hook.id, t.endpoint = *hookID, &hook
	}
	if accountID != nil {
		account.id, t.integration = *accountID, &account
	}
	return place, t, nil
}

// homeless reports whether the destination is gone.
func (t *task) homeless() bool { return t.endpoint == nil && t.integration == nil }

func (t *task) settled() bool { return t.status == "SUCCEEDED" || t.status == "FAILED" }

// destination is what attempts are counted by.
func (t *task) destination() uuid.UUID {
	if t.endpoint != nil {
		return t.endpoint.id
	}
	return t.integration.id
}

// bounds are those of the destination. A replay has half of its places, so
// that it never holds up what happens now.
func (t *task) bounds(most int) bounds {
	b := bounds{places: cmp.Or(most, 10)}
	if t.endpoint != nil {
		b = bounds{places: t.endpoint.places, rate: float64(t.endpoint.rate)}
		if most > 0 {
			b.places = min(b.places, most)
		}
	}
	if t.replay > 0 {
		b.places = max(1, b.places/2)
	}
	return b
}

// lane is the records whose earlier events have to be told first: the one that
// changed and, for a provider, what it belongs to.
func (t *task) lane() []uuid.UUID {
	lane := []uuid.UUID{t.event.EntityID}
	if t.integration == nil {
		return lane
	}
	of := t.owners()
	for _, text := range []string{of.HouseholdID, of.TicketID} {
		if _, id, err := typeid.Parse(text); err == nil {
			lane = append(lane, id)
		}
	}
	return lane
}

// owners are the public ids of what a record belongs to.
type owners struct {
	HouseholdID string `json:"householdId"`
	TicketID    string `json:"ticketId"`
}

func (t *task) owners() (of owners) {
	if json.Unmarshal(t.event.Data, &of) != nil {
		return owners{}
	}
	return of
}

// before finds an earlier delivery of the lane that is not settled. Replays
// follow replays alone.
const before = `SELECT d.status = 'RETRYING' FROM events e JOIN deliveries d ON d.tenant_id = e.tenant_id AND d.event_id = e.id
WHERE e.tenant_id = $1 AND e.entity_id = ANY($2) AND e.sequence < $3 AND (d.integration_id = $4 OR d.webhook_endpoint_id = $4)
	AND (d.replay > 0) = $5 AND d.status IN ('PENDING', 'RETRYING') LIMIT 1`

// beforeReply is the same of the replies of one ticket: whichever comes first
// opens the conversation that the others are added to.
const beforeReply = `SELECT d.status = 'RETRYING' FROM events e JOIN deliveries d ON d.tenant_id = e.tenant_id AND d.event_id = e.id
WHERE e.tenant_id = $1 AND e.entity_type = 'TicketReply' AND e.data ->> 'ticketId' = $2 AND e.sequence < $3 AND d.integration_id = $4
	AND d.status IN ('PENDING', 'RETRYING') LIMIT 1`

// wait says how long a delivery has to wait before it may be tried: a
// provider's for its connection, and in order for what it follows.
func (w *Worker) wait(ctx context.Context, t *task) (time.Duration, error) {
	inOrder := t.integration != nil || t.endpoint.ordered && t.endpoint.enabled
	if !inOrder || w.cfg.Now().Sub(t.made) > patience {
		return 0, nil
	}
	if t.integration != nil && !t.integration.active {
		return w.cfg.Repair + rand.N(w.cfg.Repair/4+1), nil // #nosec G404 -- it spreads attempts
	}
	var retrying bool
	err := w.pool.QueryRow(ctx, before, t.Tenant, t.lane(), t.event.Sequence, t.destination(), t.replay > 0).Scan(&retrying)
	if ticket := t.owners().TicketID; t.integration != nil && ticket != "" && errors.Is(err, pgx.ErrNoRows) {
		err = w.pool.QueryRow(ctx, beforeReply, t.Tenant, ticket, t.event.Sequence, t.integration.id).Scan(&retrying)
	}
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("delivery: look for earlier ones: %w", err)
	case retrying:
		return 10 * w.cfg.Hold, nil
	}
	return w.cfg.Hold, nil
}
