package inbound

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	// patience is how long a message is tried, and how long it waits for its
	// connection to be repaired or resumed.
	patience = 76 * time.Hour
	maxNote  = 1024
)

// Handler finds out what messages mean and writes it down, a job each.
type Handler struct {
	river.WorkerDefaults[job.Handle]
	keeper
	book *Book
}

// NewHandler returns a worker on the pool of the system role. Facts go to book.
func NewHandler(pool *pgxpool.Pool, book *Book, box *sealed.Box, c Config) *Handler {
	return &Handler{keeper: newKeeper(pool, box, c), book: book}
}

// message is a row with its integration.
type message struct {
	*Account
	id         uuid.UUID
	kind       string
	body       []byte
	status     string
	attempts   int
	receivedAt time.Time
}

const load = `SELECT ` + accountColumns + `, m.type, m.body, m.status, m.attempts, m.received_at
FROM inbound_messages m JOIN integrations i ON i.tenant_id = m.tenant_id AND i.id = m.integration_id
WHERE m.tenant_id = $1 AND m.id = $2`

// Work implements river.Worker: one attempt at one message.
func (h *Handler) Work(ctx context.Context, j *river.Job[job.Handle]) error {
	m := message{id: j.Args.Message}
	var err error
	m.Account, err = scan(h.pool.QueryRow(ctx, load, j.Args.Tenant, m.id), &m.kind, &m.body, &m.status, &m.attempts, &m.receivedAt)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && m.status != "RECEIVED" {
		return nil // its studio is gone, or another job was faster
	}
	if err != nil {
		return fmt.Errorf("inbound: load: %w", err)
	}
	switch {
	case m.Account.Status == "DISCONNECTED":
		return h.finish(ctx, &m, Report{outcome: ignored, notes: []string{"The provider was disconnected."}})
	case h.cfg.Now().Sub(m.receivedAt) > patience:
		return h.finish(ctx, &m, Report{outcome: refused, notes: []string{"It could not be handled in time."}})
	case m.Account.Status != "ACTIVE":
		return river.JobSnooze(max(h.cfg.Retry(4), time.Millisecond))
	}
	facts, err := h.ask(ctx, &m)
	if err != nil {
		return h.failed(ctx, &m, err)
	}
	r, err := h.book.Write(ctx, *m.Account, facts)
	if err != nil {
		return h.failed(ctx, &m, err)
	}
	return h.finish(ctx, &m, r)
}

func (h *Handler) ask(ctx context.Context, m *message) ([]provider.Fact, error) {
	p, known := h.providers[m.Provider]
	if !known {
		return nil, &provider.Error{Provider: m.Provider, Class: provider.Permanent, Code: "this server has no such provider"}
	}
	connection, err := m.Open(h.box)
	if err != nil {
		return nil, fmt.Errorf("inbound: open the connection: %w", err)
	}
	in, err := h.open(m.Tenant, m.id, m.body)
	if err != nil {
		return nil, fmt.Errorf("inbound: open the message: %w", err)
	}
	return p.Handle(ctx, connection, in)
}

// failed decides whether and when the message is tried again.
func (h *Handler) failed(ctx context.Context, m *message, err error) error {
	if ctx.Err() != nil {
		return ctx.Err() // the process is stopping
	}
	var e *provider.Error
	if !errors.As(err, &e) {
		h.cfg.Logger.ErrorContext(ctx, "a message could not be handled", "message", m.id, "error", err)
	}
	note := noteOf(err)
	if e != nil && e.Class == provider.Permanent {
		return h.finish(ctx, m, Report{outcome: refused, notes: []string{note}})
	}
	if e != nil && e.Class == provider.Auth {
		if err := h.book.Fail(ctx, *m.Account, note); err != nil {
			h.cfg.Logger.ErrorContext(ctx, "an integration could not be marked as failed", "integration", m.Account.ID, "error", err)
		}
	}
	wait := h.cfg.Retry(m.attempts)
	if e != nil && !e.RetryAt.IsZero() {
		wait = max(wait, e.RetryAt.Sub(h.cfg.Now()))
	}
	if _, err := h.pool.Exec(ctx, `UPDATE inbound_messages SET attempts = attempts + 1, note = $3, updated_at = now(), version = version + 1
		WHERE tenant_id = $1 AND id = $2 AND status = 'RECEIVED'`, m.Tenant, m.id, note); err != nil {
		return fmt.Errorf("inbound: note the attempt: %w", err)
	}
	return river.JobSnooze(max(wait, time.Millisecond))
}

// noteOf is what the studio may read of an error.
func noteOf(err error) string {
	if e := (*provider.Error)(nil); errors.As(err, &e) {
		return e.Error()
	}
	return "It could not be handled yet."
}

// finish writes down what came of the message.
func (h *Handler) finish(ctx context.Context, m *message, r Report) error {
	_, err := h.pool.Exec(ctx, `UPDATE inbound_messages SET status = $3, note = $4, attempts = attempts + 1, handled_at = $5, updated_at = $5, version = version + 1
		WHERE tenant_id = $1 AND id = $2 AND status = 'RECEIVED'`, m.Tenant, m.id, r.Status(), r.Note(), h.cfg.Now())
	if err != nil {
		return fmt.Errorf("inbound: finish: %w", err)
	}
	return nil
}

// outcome is what came of a fact, or of several: the gravest.
type outcome int

// The outcomes, from the least grave on.
const (
	ignored outcome = iota // it concerns nothing of the studio's
	known                  // it was written down before, or changes nothing
	written
	refused // it contradicts what the studio knows; a person decides
)

// Report is what came of several facts.
type Report struct {
	outcome outcome
	notes   []string
}

func (r *Report) add(o outcome, note string) {
	r.outcome = max(r.outcome, o)
	if note != "" {
		r.notes = append(r.notes, note)
	}
}

// Status is what the message has come to.
func (r *Report) Status() string {
	switch r.outcome {
	case ignored:
		return "IGNORED"
	case refused:
		return "FAILED"
	}
	return "HANDLED"
}

// Note says why, for the studio to read; it has no personal data.
func (r *Report) Note() string {
	text := strings.Join(r.notes, "\n")
	for len(text) > maxNote {
		r.notes = r.notes[:len(r.notes)-1]
		text = strings.Join(r.notes, "\n")
	}
	return text
}

// acting returns a context in which the platform writes down what a provider
// says, inside the one studio.
func acting(ctx context.Context, a *Account) context.Context {
	return viewer.ForTenant(ctx, a.Tenant, "write down what "+a.Provider+" says")
}
