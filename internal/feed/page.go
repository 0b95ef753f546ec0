package feed

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"github.com/barrehq/barre/ent"
	entevent "github.com/barrehq/barre/ent/event"
	"github.com/barrehq/barre/internal/event"
	"github.com/barrehq/barre/internal/fault"
)

// Sizes of a page of the changes query.
const (
	DefaultPage = 100
	MaxPage     = 250
)

// Page is a stretch of the feed.
type Page struct {
	Nodes   []Change
	Cursor  string // to go on from
	HasMore bool
}

// Page returns up to first changes after a cursor, or from the beginning, as
// the viewer of ctx: who may read events reads them all. Without types, the
// numbers have no gap, within the page and from page to page. With types, the
// cursor moves past what was left out as well.
func (f *Feed) Page(ctx context.Context, after string, types []string, first int) (Page, error) {
	if first < 1 || first > MaxPage {
		return Page{}, fault.New(fault.BadUserInput, "first must be from 1 to %d.", MaxPage)
	}
	if err := checkTypes(types); err != nil {
		return Page{}, err
	}
	from, err := f.at(ctx, after)
	if err != nil {
		return Page{}, err
	}
	part, err := f.read(ctx, from, types, first)
	if err != nil {
		return Page{}, err
	}
	return Page{Nodes: part.changes, Cursor: f.cursor(ctx, part.end), HasMore: part.more}, nil
}

// part is what one read returned, and the sequence to go on from.
type part struct {
	changes []Change
	end     int64
	more    bool
}

func (f *Feed) read(ctx context.Context, from int64, types []string, first int) (part, error) {
	end := from
	query := f.db.Client(ctx).Event.Query().Where(entevent.SequenceGT(from)).Order(entevent.BySequence()).Limit(first + 1)
	if len(types) > 0 {
		// Asked first, and numbers appear in their order: whatever the page does
		// not hold up to here is of another type.
		last, err := f.last(ctx)
		if err != nil {
			return part{}, err
		}
		end = max(from, last)
		query = query.Where(entevent.TypeIn(types...), entevent.SequenceLTE(end))
	}
	rows, err := query.All(ctx)
	if err != nil {
		return part{}, err
	}
	p := part{more: len(rows) > first, end: end}
	if p.more {
		rows = rows[:first]
	}
	for _, row := range rows {
		p.changes = append(p.changes, ChangeOf(EventOf(row)))
	}
	if len(rows) > 0 && (p.more || len(types) == 0) {
		p.end = *rows[len(rows)-1].Sequence
	}
	return p, nil
}

// Here names the end of the feed of ctx's studio: what the transaction of ctx
// sees is what the changes up to there have led to, or newer.
func (f *Feed) Here(ctx context.Context) (string, error) {
	last, err := f.last(ctx)
	if err != nil {
		return "", err
	}
	return f.cursor(ctx, last), nil
}

// last returns the highest number of the viewer's feed; 0 where there is none.
func (f *Feed) last(ctx context.Context) (int64, error) {
	row, err := f.db.Client(ctx).Event.Query().Where(entevent.SequenceNotNil()).Order(entevent.BySequence(sql.OrderDesc())).First(ctx)
	switch {
	case ent.IsNotFound(err):
		return 0, nil
	case err != nil:
		return 0, err
	}
	return *row.Sequence, nil
}

// EventOf returns the event that a row holds.
func EventOf(row *ent.Event) event.Event {
	e := event.Event{
		ID: row.ID, TenantID: row.TenantID, Type: row.Type, EntityType: row.EntityType, EntityID: row.EntityID,
		EntityVersion: row.EntityVersion, Changed: row.Changed, Actor: row.Actor, RequestID: row.RequestID,
		TraceParent: row.TraceParent, OccurredAt: row.OccurredAt, Data: row.Data,
	}
	if row.Sequence != nil {
		e.Sequence = *row.Sequence
	}
	return e
}
