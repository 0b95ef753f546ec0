package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/encode"
)

// Format names the form of the file: a line of JSON each for the header, the
// anchors by their day, the entries by their sequence, and the head.
//
// The hash of an entry is the SHA-256 of "barre/audit/1\n", the tenant, "\n",
// the previousHash, "\n" and the bytes of the entry as they stand in the file.
const Format = "barre-audit/1"

// Sealed is an entry in its place.
type Sealed struct {
	Entry
	Sequence           int64
	PreviousHash, Hash string
}

type header struct {
	Format  string    `json:"format"`
	Tenant  uuid.UUID `json:"tenant"`
	KeyID   string    `json:"keyId"`
	Key     string    `json:"publicKey"`
	Written string    `json:"writtenAt"`
}

// Writer writes a log as a file.
type Writer struct {
	to     io.Writer
	tenant uuid.UUID
	signer *Signer
	now    time.Time
	head   Head
	buffer []byte
}

// NewWriter begins the file of a studio's log. What follows are its anchors,
// its entries in their order, and Close.
func NewWriter(to io.Writer, tenant uuid.UUID, signer *Signer, now time.Time) (*Writer, error) {
	w := &Writer{to: to, tenant: tenant, signer: signer, now: now, head: Head{Hash: Start}}
	key := signer.Public()
	return w, w.line(header{Format, tenant, key.ID(), key.String(), now.UTC().Format(time.RFC3339)})
}

// Tenant is the studio whose log is written.
func (w *Writer) Tenant() uuid.UUID { return w.tenant }

// Anchor writes an anchor.
func (w *Writer) Anchor(a Anchor) error {
	if w.head.Last < a.Last {
		w.head.Last, w.head.Hash = a.Last, a.Hash // until entries go on from there
	}
	return w.line(map[string]Anchor{"anchor": a})
}

// Entry writes an entry.
func (w *Writer) Entry(s *Sealed) error {
	if w.head.First == 0 {
		w.head.First = s.Sequence
	}
	w.head.Last, w.head.Hash = s.Sequence, s.Hash
	b := append(w.buffer[:0], `{"sequence":`...)
	b = strconv.AppendInt(b, s.Sequence, 10)
	b = encode.String(append(b, `,"previousHash":`...), s.PreviousHash)
	b = encode.String(append(b, `,"hash":`...), s.Hash)
	b = s.append(append(b, `,"entry":`...))
	w.buffer = append(b, "}\n"...)
	_, err := w.to.Write(w.buffer)
	return err
}

// Close signs where the log ends.
func (w *Writer) Close() error {
	w.signer.Head(w.tenant, &w.head, w.now)
	return w.line(map[string]Head{"head": w.head})
}

func (w *Writer) line(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	_, err = w.to.Write(append(text, '\n'))
	return err
}
