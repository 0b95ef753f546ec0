// Package feed is a studio's stream of changes: gapless, in one order, and the
// same for the query, the subscription and every webhook.
package feed

import (
	"encoding/json"
	"time"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/event"
	"github.com/barrehq/barre/internal/typeid"
)

// timeForm is how the API writes a moment.
const timeForm = "2006-01-02T15:04:05.999999Z"

// Change is one event as a studio sees it. Its JSON is the data of a webhook.
type Change struct {
	ID            string          `json:"id"`
	Sequence      int64           `json:"sequence"`
	Epoch         int64           `json:"epoch"`
	Type          string          `json:"type"`
	EntityType    string          `json:"entityType"`
	EntityID      string          `json:"entityId"`
	EntityVersion int             `json:"entityVersion"`
	Changed       []string        `json:"changed"`
	Actor         string          `json:"actor"`
	OccurredAt    Moment          `json:"occurredAt"`
	Data          json.RawMessage `json:"data"`
	Tombstone     bool            `json:"tombstone"`
	Cursor        string          `json:"-"` // to go on from after it; where it was read from the feed
}

// Moment is a time that is written as the API writes it.
type Moment struct{ time.Time }

// MarshalJSON writes UTC with up to microseconds.
func (m Moment) MarshalJSON() ([]byte, error) {
	return []byte(`"` + m.UTC().Format(timeForm) + `"`), nil
}

// ChangeOf returns what a studio sees of e. Ids become typed by the catalog,
// and a record without data is gone.
func ChangeOf(e event.Event) Change {
	c := Change{
		ID: EventID(e), Sequence: e.Sequence, Epoch: e.Epoch, Type: e.Type, EntityType: e.EntityType,
		EntityVersion: e.EntityVersion, Changed: e.Changed, Actor: e.Actor,
		OccurredAt: Moment{e.OccurredAt}, Data: e.Data,
	}
	if c.Changed == nil {
		c.Changed = []string{}
	}
	if len(c.Data) == 0 || string(c.Data) == "null" {
		c.Data, c.Tombstone = json.RawMessage("null"), true
	}
	prefix := "id"
	if entity, ok := catalog.Entities[e.EntityType]; ok {
		prefix = entity.Prefix
	}
	c.EntityID = typeid.Format(prefix, e.EntityID)
	return c
}

// EventID is the public id of e.
func EventID(e event.Event) string { return typeid.Format(catalog.Entities["Event"].Prefix, e.ID) }
