package webhook

import "time"

// MaxAttempts is how often one delivery is tried, over 75 hours and 35 minutes.
const MaxAttempts = 10

// Stop is the answer of Next when no attempt is left.
const Stop time.Duration = -1

// DisableAfter is how long an endpoint may fail without one success before
// nothing is sent to it any more. It is longer than one delivery is tried, so
// that no single message decides.
const DisableAfter = 5 * 24 * time.Hour

// Kept is how long a delivery that succeeded stays in the log.
const Kept = 30 * 24 * time.Hour

const (
	jitter        = 0.2
	maxRetryAfter = 24 * time.Hour
	throttled     = time.Minute
)

// schedule is the waiting time before each attempt, as Standard Webhooks 1.0.0
// proposes it.
func schedule() [MaxAttempts]time.Duration {
	return [MaxAttempts]time.Duration{
		0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour,
		5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// Schedule is the waiting time before each attempt; the first is made at once.
func Schedule() []time.Duration {
	waits := schedule()
	return waits[:]
}

// Next returns how long to wait after the given number of attempts, or Stop.
// The wait of the schedule is spread by 20 % to either side with random, which
// returns a number in [0, 1); retryAfter, what the receiver asked for, makes
// it longer, up to a day, and never shorter.
func Next(attempts int, retryAfter time.Duration, random func() float64) time.Duration {
	if attempts < 0 || attempts >= MaxAttempts {
		return Stop
	}
	wait := float64(schedule()[attempts])
	wait *= 1 - jitter + 2*jitter*random()
	return max(time.Duration(wait), min(retryAfter, maxRetryAfter))
}
