// Package breach is how the operator works on an incident in which somebody may
// have got at what was not theirs: who is concerned is computed from the audit
// log, clocks run from the moment it was known, and studios are told in notices
// that are kept.
package breach

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/ent/rule"
)

// Clock is how long the operator has to tell those concerned, from when it came
// to know of a breach.
const Clock = 72 * time.Hour

// Breach is one incident.
type Breach struct {
	ID             uuid.UUID
	Title, Summary string
	Status         string
	Actors         []string // as the audit log names them: key:…, user:…, staff:…
	Began          time.Time
	Ended          *time.Time // nil while it goes on
	Detected, Due  time.Time
}

// Left is how long there is to tell those concerned; negative when it is over.
func (b *Breach) Left(now time.Time) time.Duration { return b.Due.Sub(now) }

// Office is where the operator works on breaches, with the pool of the system
// role.
type Office struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewOffice returns an office; now may be nil.
func NewOffice(pool *pgxpool.Pool, now func() time.Time) *Office {
	if now == nil {
		now = time.Now
	}
	return &Office{pool, now}
}

// Open writes a breach down and starts its clock at the given moment of
// detection.
func (o *Office) Open(ctx context.Context, b *Breach) error {
	if b.Title = strings.TrimSpace(b.Title); b.Title == "" {
		return errors.New("breach: it needs a title")
	}
	if len(b.Actors) == 0 {
		return errors.New("breach: name at least one credential, person or staff access that was abused, such as key:…")
	}
	for _, actor := range b.Actors {
		kind, id, _ := strings.Cut(actor, ":")
		if _, err := uuid.Parse(id); err != nil || kind != "key" && kind != "user" && kind != "staff" && kind != "app" {
			return fmt.Errorf("breach: %q is no actor of the audit log; they look like key:0198… or user:0198…", actor)
		}
	}
	if b.Ended != nil && b.Ended.Before(b.Began) || b.Detected.Before(b.Began) {
		return errors.New("breach: it cannot end or be detected before it began")
	}
	b.ID, b.Status, b.Due = rule.NewID(), "OPEN", b.Detected.Add(Clock)
	now := o.now()
	_, err := o.pool.Exec(ctx, `INSERT INTO breaches (id, created_at, updated_at, title, summary, status, actors, began_at, ended_at, detected_at, due_at) VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		b.ID, now, b.Title, b.Summary, b.Status, b.Actors, b.Began, b.Ended, b.Detected, b.Due)
	if err != nil {
		return fmt.Errorf("breach: %w", err)
	}
	return nil
}

const columns = `id, title, summary, status, actors, began_at, ended_at, detected_at, due_at`

// List returns every breach, the latest first.
func (o *Office) List(ctx context.Context) ([]Breach, error) {
	rows, err := o.pool.Query(ctx, `SELECT `+columns+` FROM breaches ORDER BY detected_at DESC`)
	if err != nil {
		return nil, fmt.Errorf("breach: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Breach])
	if err != nil {
		return nil, fmt.Errorf("breach: %w", err)
	}
	return list, nil
}

// Find returns the breach with an id.
func (o *Office) Find(ctx context.Context, id uuid.UUID) (*Breach, error) {
	rows, err := o.pool.Query(ctx, `SELECT `+columns+` FROM breaches WHERE id = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("breach: %w", err)
	}
	b, err := pgx.CollectExactlyOneRow(rows, pgx.RowToAddrOfStructByPos[Breach])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errors.New("breach: there is none with this id")
	}
	return b, err
}

// Close ends the work on a breach whose studios were told.
func (o *Office) Close(ctx context.Context, id uuid.UUID) error {
	done, err := o.pool.Exec(ctx, `UPDATE breaches SET status = 'CLOSED', closed_at = $2, updated_at = $2, version = version + 1 WHERE id = $1 AND status = 'NOTIFIED'`, id, o.now())
	if err != nil {
		return fmt.Errorf("breach: %w", err)
	}
	if done.RowsAffected() == 0 {
		return errors.New("breach: there is none with this id of which the studios were told")
	}
	return nil
}
