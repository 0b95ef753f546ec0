package anomaly

import "time"

// weight is how much the last window counts in what is usual.
const weight = 0.2

// window counts over the last span of time: what fell into the running span,
// and of the span before as much as is not yet a whole span ago.
type window struct {
	began       time.Time
	now, before int64
	usual       float64 // of a span in which there was anything
	seen        bool
}

// add moves on to the time at, adds n and returns the count.
func (w *window) add(n int64, at time.Time, span time.Duration) int64 {
	switch passed := at.Sub(w.began); {
	case w.began.IsZero():
		w.began = at
	case passed >= 2*span:
		w.learn(w.now)
		w.began, w.before, w.now = at, 0, 0
	case passed >= span:
		w.learn(w.now)
		w.began, w.before, w.now = w.began.Add(span), w.now, 0
	}
	w.now += n
	left := span - max(0, at.Sub(w.began))
	return w.now + int64(float64(w.before)*float64(left)/float64(span))
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
