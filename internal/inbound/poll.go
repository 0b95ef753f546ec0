package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/sealed"
)

// How far back a poll looks: a little further than to the last one, as vendors'
// lists lag, and a day for the first.
const (
	pollOverlap = time.Hour
	firstPoll   = 24 * time.Hour // no shorter than any Seldom's wait
	// maxOpen bounds how many open invoices a provider is asked about.
	maxOpen = 500
	// pollLimit bounds one poll.
	pollLimit = 10 * time.Minute
)

// Pollers are two workers: one that begins a round, and one that polls.
type (
	// Round makes a job for every integration whose provider can be asked.
	Round struct {
		river.WorkerDefaults[job.PollAll]
		keeper
	}
	// Poller asks one provider what happened in one studio.
	Poller struct {
		river.WorkerDefaults[job.Poll]
		keeper
		book *Book
	}
)

// NewRound returns a worker on the pool of the system role.
func NewRound(pool *pgxpool.Pool, box *sealed.Box, c Config) *Round {
	return &Round{keeper: newKeeper(pool, box, c)}
}

// NewPoller returns a worker on the pool of the system role. Facts go to book.
func NewPoller(pool *pgxpool.Pool, book *Book, box *sealed.Box, c Config) *Poller {
	return &Poller{keeper: newKeeper(pool, box, c), book: book}
}

// Work implements river.Worker.
func (r *Round) Work(ctx context.Context, _ *river.Job[job.PollAll]) error {
	var names []string
	for name, p := range r.providers {
		if _, can := p.(provider.Poller); can {
			names = append(names, name)
		}
	}
	rows, err := r.pool.Query(ctx, `SELECT tenant_id, id FROM integrations WHERE status = 'ACTIVE' AND provider = ANY($1)`, names)
	if err != nil {
		return fmt.Errorf("inbound: list integrations: %w", err)
	}
	jobs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (river.InsertManyParams, error) {
		var p job.Poll
		err := row.Scan(&p.Tenant, &p.Integration)
		return river.InsertManyParams{Args: p}, err
	})
	if err != nil || len(jobs) == 0 {
		return err
	}
	_, err = river.ClientFromContext[pgx.Tx](ctx).InsertMany(ctx, jobs)
	return err
}

// Timeout implements river.Worker.
func (p *Poller) Timeout(*river.Job[job.Poll]) time.Duration { return pollLimit }

// Work implements river.Worker.
func (p *Poller) Work(ctx context.Context, j *river.Job[job.Poll]) error {
	a, err := scan(p.pool.QueryRow(ctx, `SELECT `+accountColumns+` FROM integrations i WHERE i.tenant_id = $1 AND i.id = $2 AND i.status = 'ACTIVE'`,
		j.Args.Tenant, j.Args.Integration))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("inbound: load: %w", err)
	}
	asked, can := p.providers[a.Provider].(provider.Poller)
	if !can {
		return nil
	}
	connection, err := a.Open(p.box)
	if err != nil {
		return fmt.Errorf("inbound: open the connection: %w", err)
	}
	began := p.cfg.Now()
	since, err := p.since(ctx, a, began)
	if err != nil {
		return err
	}
	if seldom, is := asked.(provider.Seldom); is && began.Sub(since) < seldom.PollEvery() {
		return nil
	}
	open, err := p.open(ctx, a)
	if err != nil {
		return err
	}
	facts, err := asked.Poll(ctx, connection, since, open)
	if provider.ClassOf(err) == provider.Auth && err != nil {
		if err := p.book.Fail(ctx, *a, noteOf(err)); err != nil {
			return err
		}
	}
	// What was told before something went wrong is true all the same.
	r, wrong := p.book.Write(ctx, *a, facts)
	if err = errors.Join(err, wrong); err != nil {
		p.cfg.Logger.WarnContext(ctx, "a provider could not be polled", "integration", a.ID, "error", err)
		return nil // the next round asks for the same
	}
	return p.note(ctx, a, began, len(facts), r)
}

// pollID is the id of the one message per integration that says how polls went.
const pollID = "poll"

// since is from when on the provider is asked.
func (p *Poller) since(ctx context.Context, a *Account, now time.Time) (time.Time, error) {
	var last time.Time
	err := p.pool.QueryRow(ctx, `SELECT handled_at FROM inbound_messages WHERE tenant_id = $1 AND integration_id = $2 AND remote_id = $3`,
		a.Tenant, a.ID, pollID).Scan(&last)
	if errors.Is(err, pgx.ErrNoRows) {
		return now.Add(-firstPoll), nil
	}
	if err != nil {
		return last, fmt.Errorf("inbound: look for the last poll: %w", err)
	}
	return last.Add(-pollOverlap), nil
}

// open lists the open invoices that the provider has, the newest first.
func (p *Poller) open(ctx context.Context, a *Account) ([]provider.Subject, error) {
	rows, err := p.pool.Query(ctx, `SELECT l.entity_id, l.remote_id FROM provider_links l JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.entity_id
		WHERE l.tenant_id = $1 AND l.integration_id = $2 AND l.entity_type = 'Invoice' AND i.status = 'OPEN' ORDER BY i.id DESC LIMIT $3`, a.Tenant, a.ID, maxOpen)
	if err != nil {
		return nil, fmt.Errorf("inbound: list open invoices: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (provider.Subject, error) {
		var (
			id     uuid.UUID
			remote string
		)
		err := row.Scan(&id, &remote)
		return provider.Subject{Ref: provider.Ref{Type: "invoice", ID: id}, RemoteID: remote}, err
	})
}

// note writes down that the provider was asked, where the studio sees it.
func (p *Poller) note(ctx context.Context, a *Account, began time.Time, facts int, r Report) error {
	id := rule.NewID()
	body, err := p.box.Seal(nil, a.Tenant, messageColumn+id.String())
	if err != nil {
		return fmt.Errorf("inbound: seal: %w", err)
	}
	status := "HANDLED"
	if r.outcome == refused {
		status = "FAILED"
	}
	text := fmt.Sprintf("The provider told %d facts.", facts)
	if r.outcome != ignored && len(r.notes) > 0 {
		text += "\n" + r.Note()
	}
	_, err = p.pool.Exec(ctx, `INSERT INTO inbound_messages AS m (id, created_at, updated_at, tenant_id, integration_id, remote_id, type, body, status, note, attempts, received_at, handled_at)
		VALUES ($1, $5, $5, $2, $3, $4, 'poll', $6, $7, $8, 1, $5, $5)
		ON CONFLICT (tenant_id, integration_id, remote_id) DO UPDATE SET status = excluded.status, note = excluded.note, attempts = m.attempts + 1,
			handled_at = excluded.handled_at, updated_at = excluded.updated_at, version = m.version + 1`,
		id, a.Tenant, a.ID, pollID, began, body, status, shortened(text, maxNote))
	if err != nil {
		return fmt.Errorf("inbound: note the poll: %w", err)
	}
	return nil
}
