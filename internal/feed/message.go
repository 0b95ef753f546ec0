package feed

import (
	"encoding/json"

	"github.com/barrehq/barre/internal/event"
)

// Message is the body of a webhook. A receiver that does not know
// PreviousSequence has missed a message; it is -1 in a replay of an event that
// the endpoint was not sent before, which follows nothing. Both numbers count
// within Epoch, which is that of when the event was first sent: a later one
// means that a restore took the studio back.
type Message struct {
	Type             string `json:"type"`
	Timestamp        Moment `json:"timestamp"`
	Sequence         int64  `json:"sequence"`
	PreviousSequence int64  `json:"previousSequence"`
	Epoch            int64  `json:"epoch"`
	Data             any    `json:"data"` // a Change, a Reference or the answer to a query
	// Errors are those of the answer to a query; absent where there are none.
	Errors json.RawMessage `json:"errors,omitempty"`
}

// Reference is a change without what it changed to.
type Reference struct {
	ID            string   `json:"id"`
	Sequence      int64    `json:"sequence"`
	Type          string   `json:"type"`
	EntityType    string   `json:"entityType"`
	EntityID      string   `json:"entityId"`
	EntityVersion int      `json:"entityVersion"`
	Changed       []string `json:"changed"`
	OccurredAt    Moment   `json:"occurredAt"`
	Tombstone     bool     `json:"tombstone"`
}

// Reference returns what of c tells no value of the record.
func (c Change) Reference() Reference {
	return Reference{c.ID, c.Sequence, c.Type, c.EntityType, c.EntityID, c.EntityVersion, c.Changed, c.OccurredAt, c.Tombstone}
}

// MessageOf returns the message about e with the whole of the change.
func MessageOf(e event.Event, previous int64) Message {
	return Message{Type: e.Type, Timestamp: Moment{e.OccurredAt}, Sequence: e.Sequence, PreviousSequence: previous, Epoch: e.Epoch, Data: ChangeOf(e)}
}

// Variables are those of an endpoint's own query about e.
func Variables(e event.Event) map[string]any {
	return map[string]any{"id": ChangeOf(e).EntityID, "type": e.Type, "sequence": e.Sequence}
}
