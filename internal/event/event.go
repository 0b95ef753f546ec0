// Package event holds the vocabulary of what happened: the record that a
// business transaction commits with its data, and that every consumer reads.
package event

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Event is one change of one entity. Sequence is 0 until the relay has
// numbered it; numbers are gapless within a tenant.
type Event struct {
	ID            uuid.UUID // also the webhook-id of every delivery
	TenantID      uuid.UUID
	Sequence      int64
	Epoch         int64  // of the feed, in which the sequence counts
	Type          string // "enrollment.created", "invoice.issued"
	EntityType    string // the GraphQL type, as "Enrollment"
	EntityID      uuid.UUID
	EntityVersion int
	Changed       []string // GraphQL names of the changed fields; empty for created and deleted
	Actor         string
	RequestID     string
	TraceParent   string
	OccurredAt    time.Time
	Data          json.RawMessage // the entity after the change; null for a tombstone
}
