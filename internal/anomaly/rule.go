package anomaly

import "time"

// Kind is what is unusual.
type Kind string

// The kinds, as the API names them.
const (
	Errors   Kind = "ERRORS"
	Probing  Kind = "PROBING"
	Cost     Kind = "COST"
	Volume   Kind = "VOLUME"
	Slowness Kind = "SLOWNESS"
)

// Response is what is done about it. A higher one includes the lower.
type Response int

// The responses, each after the one before.
const (
	None     Response = iota
	Slow              // each request waits for a moment
	Throttle          // one request a second is let in
	Cancel            // what is running is stopped, down to the database; nothing is let in for a while
	Suspend           // the key or session stops working
)

// String is the response as the API names it.
func (r Response) String() string {
	return [...]string{"NOTED", "SLOWED", "THROTTLED", "CANCELED", "SUSPENDED"}[r]
}

// Whose says whom a rule judges.
type Whose int

// People have sessions, programs have keys.
const (
	Everybody Whose = iota
	People
	Programs
)

// Rule says from which count on a caller gets which response.
type Rule struct {
	Kind   Kind
	Whose  Whose
	Counts string // what is counted, for people
	Window time.Duration
	At     [Suspend + 1]int64 // the counts, by response; 0 for never
	// Usual raises the counts to so many times what the caller did in an
	// average window before; 0 leaves them as they are.
	Usual int64
}

// DefaultRules are the thresholds. They are far above what a studio does and
// far below what a theft or a flood takes.
func DefaultRules() []Rule {
	return []Rule{
		{Kind: Errors, Counts: "requests that failed or were refused as a whole", Window: time.Minute, At: at(300, 600, 1200, 3000)},
		{Kind: Probing, Counts: "answers that something is not there or not allowed", Window: time.Minute, At: at(60, 120, 240, 600)},
		{Kind: Cost, Counts: "points of cost", Window: time.Minute, At: at(50_000, 100_000, 200_000, 0), Usual: 10},
		{Kind: Volume, Whose: People, Counts: "records read by a person", Window: time.Hour, At: at(20_000, 40_000, 80_000, 160_000), Usual: 4},
		{Kind: Volume, Whose: Programs, Counts: "records read by a program", Window: time.Hour, At: at(250_000, 500_000, 1_000_000, 2_000_000), Usual: 4},
		{Kind: Slowness, Counts: "milliseconds that its operations took", Window: time.Minute, At: at(60_000, 120_000, 180_000, 0)},
	}
}

func at(slow, throttle, cancel, suspend int64) [Suspend + 1]int64 {
	return [Suspend + 1]int64{Slow: slow, Throttle: throttle, Cancel: cancel, Suspend: suspend}
}

// threshold is the count from which on a response is given; 0 for never.
func (r *Rule) threshold(response Response, usual float64, factor float64) int64 {
	if r.At[response] == 0 {
		return 0
	}
	// What is usual moves the first step; the others keep their distance to it.
	raise := max(1, float64(r.Usual)*usual/float64(r.At[Slow]))
	return max(1, int64(float64(r.At[response])*factor*raise))
}

// judge is the response that a count asks for, with its threshold.
func (r *Rule) judge(count int64, usual, factor float64) (Response, int64) {
	for response := Suspend; response > None; response-- {
		if limit := r.threshold(response, usual, factor); limit > 0 && count >= limit {
			return response, limit
		}
	}
	return None, 0
}

// measure is what an operation adds to the count of the rule.
func (r *Rule) measure(s Seen) int64 {
	switch r.Kind {
	case Errors:
		if s.Failed {
			return 1
		}
		return 0
	case Probing:
		return int64(s.Probes)
	case Cost:
		return int64(s.Points)
	case Volume:
		return int64(s.Records)
	case Slowness:
		return s.Took.Milliseconds()
	}
	return 0
}
