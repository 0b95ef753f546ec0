package feed

import (
	"context"

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
	Epoch   int64
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
	from, end, err := f.at(ctx, after)
	if err != nil {
		return Page{}, err
	}
	part, err := f.read(ctx, from, end, types, first)
	if err != nil {
		return Page{}, err
	}
	return Page{Nodes: part.changes, Cursor: f.cursor(ctx, part.at), Epoch: part.at.epoch, HasMore: part.more}, nil
}

// part is what one read returned, and the place to go on from.
type part struct {
	changes []Change
	at      place
	more    bool
}

// read returns changes after a place. Those of some types alone are looked for
// up to end, which was asked for before and, as numbers appear in their order,
// leaves nothing behind: whatever else is up to there is of another type.
func (f *Feed) read(ctx context.Context, from, end place, types []string, first int) (part, error) {
	query := f.db.Client(ctx).Event.Query().Where(entevent.SequenceGT(from.sequence)).Order(entevent.BySequence()).Limit(first + 1)
	p := part{at: from}
	if len(types) > 0 {
		p.at = end
		query = query.Where(entevent.TypeIn(types...), entevent.SequenceLTE(end.sequence))
	}
	rows, err := query.All(ctx)
	if err != nil {
		return part{}, err
	}
	if p.more = len(rows) > first; p.more {
		rows = rows[:first]
	}
	for _, row := range rows {
		change := ChangeOf(EventOf(row, from.epoch))
		change.Cursor = f.cursor(ctx, place{from.epoch, change.Sequence})
		p.changes = append(p.changes, change)
	}
	if len(rows) > 0 && (p.more || len(types) == 0) {
		p.at.sequence = *rows[len(rows)-1].Sequence
	}
	return p, nil
}

// Here names the end of the feed of ctx's studio: what the transaction of ctx
// sees is what the changes up to there have led to, or newer.
func (f *Feed) Here(ctx context.Context) (string, error) {
	end, err := f.end(ctx)
	if err != nil {
		return "", err
	}
	return f.cursor(ctx, end), nil
}

// EventOf returns the event that a row holds; epoch is that of the feed.
func EventOf(row *ent.Event, epoch int64) event.Event {
	e := event.Event{
		ID: row.ID, TenantID: row.TenantID, Epoch: epoch, Type: row.Type, EntityType: row.EntityType, EntityID: row.EntityID,
		EntityVersion: row.EntityVersion, Changed: row.Changed, Actor: row.Actor, RequestID: row.RequestID,
		TraceParent: row.TraceParent, OccurredAt: row.OccurredAt, Data: row.Data,
	}
	if row.Sequence != nil {
		e.Sequence = *row.Sequence
	}
	return e
}
