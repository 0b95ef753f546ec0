package limit

import "time"

// lease is the points that a process took from a shared bucket in advance,
// and what it knows of that bucket. Outside a request it never holds more than
// one chunk: this is the whole of the over-admission.
type lease struct {
	points  int   // to be spent
	until   int64 // clock reading at which they may no longer be spent
	surplus int   // to be returned to Redis by the next Sweep

	known   bool  // Redis was asked before
	left    int64 // what it held at asked, in billionths of a point
	asked   int64
	pause   int64 // not before this reading is it asked again
	shunned int64 // until this reading it is not asked, because it failed
}

// lapse turns points whose time is over into surplus.
func (le *lease) lapse(now int64, burst int) {
	if le.points > 0 && now >= le.until {
		le.surplus = min(le.surplus+le.points, burst)
		le.points = 0
	}
}

// receive puts n points back into a running lease up to a chunk; the rest is
// surplus.
func (le *lease) receive(now int64, n int, s *size) {
	kept := 0
	if now < le.until {
		kept = min(n, max(0, s.chunk-le.points))
	}
	le.points += kept
	le.surplus = min(le.surplus+n-kept, s.burst)
}

// level is what the shared bucket can hold by now, when no other process
// returned points to it.
func (le *lease) level(now int64, s *size) int64 {
	full := int64(s.burst) * point
	if !le.known {
		return full
	}
	passed := max(0, now-le.asked)
	if passed >= (full-le.left)/int64(s.rate) {
		return full
	}
	return le.left + passed*int64(s.rate)
}

// worthAsking reports whether Redis can have the missing points. It keeps a
// flood against an empty bucket away from Redis.
func (le *lease) worthAsking(now int64, cost int, s *size) bool {
	return now >= le.pause && le.level(now, s) >= int64(cost-le.points)*point
}

// granted adds n points and notes what Redis still holds.
func (le *lease) granted(now int64, n int, left int64, life time.Duration) {
	if n > 0 {
		le.points += n
		le.until = now + int64(life)
	}
	le.known, le.left, le.asked = true, left, now
}
