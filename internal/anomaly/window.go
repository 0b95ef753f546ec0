package anomaly

import "time"

// weight is how much the last window counts in what is usual.
const weight = 0.2

// window counts over the last span of time: what fell into the running span,
// and of the span before as much as is not yet a whole span ago. Spans begin at
// the same moments in every process.
type window struct {
	began                time.Time
	now, before          int64
	others, othersBefore int64   // what other processes have counted, as far as is known
	sent                 int64   // of now, what they can know of
	usual                float64 // of a span in which there was anything
	seen                 bool
}

// add moves on to the time at, adds n and returns the count.
func (w *window) add(n int64, at time.Time, span time.Duration) int64 {
	w.move(at, span)
	w.now += n
	left := span - max(0, at.Sub(w.began))
	return w.now + w.others + int64(float64(w.before+w.othersBefore)*float64(left)/float64(span))
}

// move begins the span of the time at, where another one is running.
func (w *window) move(at time.Time, span time.Duration) {
	passed := at.Sub(w.began)
	if passed < span {
		return
	}
	w.learn(w.now + w.others)
	if w.before, w.othersBefore = w.now, w.others; passed >= 2*span {
		w.before, w.othersBefore = 0, 0
	}
	w.began, w.now, w.others, w.sent = at.Truncate(span), 0, 0, 0
}

// learn takes a span into what is usual.
func (w *window) learn(count int64) {
	switch {
	case count == 0:
	case !w.seen:
		w.usual, w.seen = float64(count), true
	default:
		w.usual += weight * (float64(count) - w.usual)
	}
}
