package provider

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/uuid"
)

// Key derives the idempotency key of an operation from what identifies it, and
// from nothing that changes between attempts. It has 56 characters, fewer than
// any vendor's limit.
func Key(tenant, event uuid.UUID, parts ...string) string {
	return hash(append([]string{tenant.String(), event.String()}, parts...)...)
}

// StepKey derives the key of one call of the operation. Two steps, and two
// rounds of one step, never share a key.
func (o Operation) StepKey(step string) string {
	return hash(o.Key, strconv.Itoa(o.Round), step)
}

// hash writes every part after its length, so that no two lists of parts look
// the same.
func hash(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	return "br1-" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil))
}

// Draft is what a vendor's Plan fills in; NewOperation does the rest.
type Draft struct {
	Provider string
	Name     string
	Ordinal  int
	Entity   Ref
	Lane     Ref
	Payload  any
}

// NewOperation completes d with the key and the payload's JSON.
func NewOperation(e Event, d Draft) (Operation, error) {
	payload, err := json.Marshal(d.Payload)
	if err != nil {
		return Operation{}, fmt.Errorf("provider: encode %s %s: %w", d.Provider, d.Name, err)
	}
	return Operation{
		Provider:   d.Provider,
		Name:       d.Name,
		Ordinal:    d.Ordinal,
		Key:        Key(e.TenantID, e.ID, d.Provider, d.Name, strconv.Itoa(d.Ordinal)),
		Entity:     d.Entity,
		Lane:       d.Lane,
		OccurredAt: e.OccurredAt,
		Payload:    payload,
	}, nil
}
