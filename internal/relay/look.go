package relay

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// How far behind the clock a look begins, which covers requests under way and
// clocks that differ; and how often everything is looked through, for what took
// longer than that to be committed.
const (
	lag   = 15 * time.Second
	whole = time.Minute
)

// looks remembers from which event on there may be unplaced ones. The index of
// them keeps an entry of each that was placed for as long as any transaction is
// open that began before, such as an export's, and a look from the beginning
// would step over all of those.
//
// Ids begin with the time at which they were made. A look that found all there
// was leaves only what is committed later, and that is as new as the look,
// give or take lag.
type looks struct {
	next  uuid.UUID // where the next look begins
	until time.Time // when it begins at the beginning
	began time.Time // the first of several that follow each other; zero where the last one found all
}

// from returns where a look at the given time begins.
func (l *looks) from(now time.Time) uuid.UUID {
	if l.began.IsZero() {
		l.began = now
		if !now.Before(l.until) {
			l.next, l.until = uuid.Nil, now.Add(whole)
		}
	}
	return l.next
}

// done takes down what a look found, in no order: a full batch is followed from
// its last event on, anything less ends the row.
func (l *looks) done(found []placed, batch int) {
	if len(found) < batch {
		l.next, l.began = firstAt(l.began.Add(-lag)), time.Time{}
		return
	}
	for _, e := range found {
		if bytes.Compare(e.ID[:], l.next[:]) > 0 {
			l.next = e.ID
		}
	}
}

// firstAt is the lowest id that can be made at a moment.
func firstAt(at time.Time) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli())<<16)
	return id
}
