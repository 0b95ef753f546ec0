// Package audit makes a studio's audit log provable: it seals each entry to the
// one before, signs a day at a time, writes the log as a file and verifies such
// a file without asking anybody.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/encode"
)

// Entry is who did what and when.
type Entry struct {
	ID          uuid.UUID
	Category    string
	Outcome     string
	Action      string
	Actor       string
	Address     string
	StaffAccess *uuid.UUID
	EntityType  string
	EntityID    *uuid.UUID
	Changed     []string
	RequestID   string
	OccurredAt  time.Time
}

// Start is the digest before a studio's first entry.
const Start = "0000000000000000000000000000000000000000000000000000000000000000"

// append writes the entry as JSON: what is hashed is what stands in the file.
func (e *Entry) append(dst []byte) []byte {
	text := func(name, value string) {
		dst = append(append(dst, name...), ':')
		dst = append(encode.String(dst, value), ',')
	}
	id := func(name string, id *uuid.UUID) {
		dst = append(append(dst, name...), ':')
		if id == nil {
			dst = append(dst, "null,"...)
			return
		}
		dst = append(append(append(dst, '"'), id.String()...), `",`...)
	}
	dst = append(dst, '{')
	id(`"id"`, &e.ID)
	text(`"category"`, e.Category)
	text(`"outcome"`, e.Outcome)
	text(`"action"`, e.Action)
	text(`"actor"`, e.Actor)
	text(`"address"`, e.Address)
	id(`"staffAccessId"`, e.StaffAccess)
	text(`"entityType"`, e.EntityType)
	id(`"entityId"`, e.EntityID)
	dst = append(encode.Strings(append(dst, `"changed":`...), e.Changed), ',')
	text(`"requestId"`, e.RequestID)
	dst = append(dst, `"occurredAt":"`...)
	return append(e.OccurredAt.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000Z"), `"}`...)
}

// digest seals the text of an entry of tenant to the digest before it.
func digest(tenant uuid.UUID, previous string, text []byte) string {
	sum := sha256.New()
	sum.Write([]byte("barre/audit/1\n"))
	sum.Write([]byte(tenant.String()))
	sum.Write([]byte{'\n'})
	sum.Write([]byte(previous))
	sum.Write([]byte{'\n'})
	sum.Write(text)
	return hex.EncodeToString(sum.Sum(nil))
}
