package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/google/uuid"
)

// Kind is what is wrong with a log.
type Kind string

// The kinds.
const (
	Changed  Kind = "changed"  // an entry does not say what was sealed
	Removed  Kind = "removed"  // entries are not there
	Inserted Kind = "inserted" // an entry is there that was never sealed
	Unsigned Kind = "unsigned" // what the platform signed says something else
)

// Finding is one thing that is wrong.
type Finding struct {
	Kind     Kind
	Sequence int64     // where in the log
	ID       uuid.UUID // of the entry; the zero value where none can be named
	Text     string
}

// Report is what verifying a log found.
type Report struct {
	Tenant      uuid.UUID
	Key         PublicKey // that the file names
	Entries     int
	Anchors     int
	First, Last int64
	Findings    []Finding // none for a log that holds; at most maxFindings
}

const (
	maxFindings = 20
	maxLine     = 1 << 20
)

// line is any line of a file after the first.
type line struct {
	Anchor *Anchor `json:"anchor"`
	Head   *Head   `json:"head"`
	// Of an entry, as the file has it.
	sequence           int64
	previousHash, hash string
	entry              []byte
}

// parse reads a line. Entries, of which there are many, have one form to the
// byte.
func parse(text []byte) (l line, err error) {
	rest, isEntry := bytes.CutPrefix(text, []byte(`{"sequence":`))
	if !isEntry {
		if err = json.Unmarshal(text, &l); err == nil && l.Anchor == nil && l.Head == nil {
			err = errors.New("it is neither entry, anchor nor head")
		}
		return l, err
	}
	number, rest, one := bytes.Cut(rest, []byte(`,"previousHash":"`))
	previous, rest, two := bytes.Cut(rest, []byte(`","hash":"`))
	hash, rest, three := bytes.Cut(rest, []byte(`","entry":`))
	entry, four := bytes.CutSuffix(rest, []byte(`}`))
	l.sequence, err = strconv.ParseInt(string(number), 10, 64)
	if !one || !two || !three || !four || err != nil {
		return l, errors.New("the entry has not the form that it was written in")
	}
	l.previousHash, l.hash, l.entry = string(previous), string(hash), entry
	return l, nil
}

// id is that of the entry, as far as it can be read.
func (l *line) id() uuid.UUID {
	var named struct {
		ID uuid.UUID `json:"id"`
	}
	_ = json.Unmarshal(l.entry, &named) // what cannot be read has none
	return named.ID
}

// Verify reads a file that a Writer wrote and reports what is wrong with it. It
// believes signatures of trusted keys alone; without any, those of the key that
// the file names, which proves only that the file is of one piece. The error is
// for what is no such file at all.
func Verify(from io.Reader, trusted ...PublicKey) (*Report, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	var h header
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &h) != nil || h.Format != Format {
		return nil, errors.Join(fmt.Errorf("audit: the file is no %s", Format), lines.Err())
	}
	key, err := ParsePublicKey(h.Key)
	if err != nil {
		return nil, err
	}
	if len(trusted) == 0 {
		trusted = []PublicKey{key}
	}
	v := &verifier{Report: Report{Tenant: h.Tenant, Key: key}, keys: trusted, anchors: map[int64]*Anchor{}, before: Start}
	for number := 2; lines.Scan(); number++ {
		l, err := parse(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("audit: line %d: %w", number, err)
		}
		switch {
		case v.head != nil:
			return nil, fmt.Errorf("audit: line %d: there is more after the end", number)
		case l.Anchor != nil:
			v.anchor(l.Anchor)
		case l.Head != nil:
			v.head = l.Head
		default:
			v.entry(&l)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	v.end()
	return &v.Report, nil
}

// verifier follows a log from entry to entry.
type verifier struct {
	Report
	keys      []PublicKey
	anchors   map[int64]*Anchor // by the last sequence they vouch for
	covered   int64             // by anchors that follow each other without a gap
	before    string            // digest before the last entry
	last      string            // digest of the last entry; empty before the first
	lastEntry []byte
	head      *Head
}

func (v *verifier) find(kind Kind, sequence int64, id uuid.UUID, format string, args ...any) {
	if len(v.Findings) < maxFindings {
		v.Findings = append(v.Findings, Finding{kind, sequence, id, fmt.Sprintf(format, args...)})
	}
}

func (v *verifier) anchor(a *Anchor) {
	v.Anchors++
	switch {
	case !signed(v.keys, a.text(v.Tenant), a.KeyID, a.Signature):
		v.find(Unsigned, a.Last, uuid.Nil, "the anchor of %s is not signed by a key that is trusted", a.Day)
		return
	case a.First != v.covered+1:
		v.find(Removed, v.covered+1, uuid.Nil, "no anchor vouches for the entries from %d to %d", v.covered+1, a.First-1)
	}
	v.covered = a.Last
	v.anchors[a.Last] = a
}

// entry takes the next entry of the file.
func (v *verifier) entry(l *line) {
	v.Entries++
	switch {
	case v.last == "":
		v.begin(l)
	case l.sequence <= v.Last:
		v.find(Inserted, l.sequence, l.id(), "entry %d (%s) was inserted: its place is taken", l.sequence, l.id())
		return
	case l.sequence > v.Last+1:
		v.find(Removed, v.Last+1, uuid.Nil, "%s after entry %d", missing(v.Last+1, l.sequence-1), v.Last)
	default:
		v.follow(l)
	}
	if digest(v.Tenant, l.previousHash, l.entry) != l.hash {
		v.find(Changed, l.sequence, l.id(), "entry %d (%s) was changed", l.sequence, l.id())
	}
	v.before, v.last, v.Last = l.previousHash, l.hash, l.sequence
	v.lastEntry = append(v.lastEntry[:0], l.entry...)
	if a := v.anchors[l.sequence]; a != nil && a.Hash != l.hash {
		v.find(Unsigned, l.sequence, l.id(), "the log up to entry %d is not the one that was signed on %s: entries between %d and %d were rewritten", l.sequence, a.Day, a.First, a.Last)
	}
}

// lastID is that of the last entry.
func (v *verifier) lastID() uuid.UUID { return (&line{entry: v.lastEntry}).id() }

// begin takes the first entry. What comes before it must have been signed.
func (v *verifier) begin(l *line) {
	v.First = l.sequence
	before := v.anchors[l.sequence-1]
	switch {
	case l.sequence == 1 && l.previousHash == Start, before != nil && before.Hash == l.previousHash:
	case l.sequence == 1 || before != nil:
		v.find(Removed, l.sequence, uuid.Nil, "entry %d does not go on from where the log was before it", l.sequence)
	default:
		v.find(Removed, 1, uuid.Nil, "%s at the beginning", missing(1, l.sequence-1))
	}
}

// follow holds an entry to the one before it, whose number it follows.
func (v *verifier) follow(l *line) {
	switch l.previousHash {
	case v.last:
	case v.before:
		v.find(Inserted, v.Last, v.lastID(), "entry %d (%s) was inserted: the next one goes on from the one before it", v.Last, v.lastID())
	default:
		v.find(Changed, v.Last, v.lastID(), "entry %d (%s) was changed, or one after it was removed: the next one does not go on from it", v.Last, v.lastID())
	}
}

// end holds the log to what was signed about its end.
func (v *verifier) end() {
	h := v.head
	switch {
	case h == nil:
		v.find(Removed, v.Last+1, uuid.Nil, "the file has no signed end: entries after %d may be missing", v.Last)
	case !signed(v.keys, h.text(v.Tenant), h.KeyID, h.Signature):
		v.find(Unsigned, h.Last, uuid.Nil, "the end of the file is not signed by a key that is trusted")
	case v.Entries == 0 && h.First == 0:
	case v.Last < h.Last:
		v.find(Removed, v.Last+1, uuid.Nil, "%s at the end", missing(v.Last+1, h.Last))
	case v.Last > h.Last:
		v.find(Inserted, h.Last+1, v.lastID(), "the entries after %d were added after the file was signed", h.Last)
	case v.First != h.First:
		v.find(Removed, h.First, uuid.Nil, "%s at the beginning", missing(h.First, v.First-1))
	case v.last != h.Hash:
		v.find(Unsigned, h.Last, uuid.Nil, "the log is not the one that was signed when the file was written: entries after %d were rewritten", v.covered)
	}
}

func missing(from, to int64) string {
	if from == to {
		return fmt.Sprintf("entry %d is missing", from)
	}
	return fmt.Sprintf("the entries from %d to %d are missing", from, to)
}
