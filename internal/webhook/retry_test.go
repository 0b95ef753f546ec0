package webhook_test

import (
	"testing"
	"time"

	"github.com/barrehq/barre/internal/webhook"
)

func TestNext(t *testing.T) {
	middle := func() float64 { return 0.5 }
	want := []time.Duration{
		0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour, webhook.Stop,
	}
	var total time.Duration
	for attempts, wait := range want {
		got := webhook.Next(attempts, 0, middle)
		if got != wait {
			t.Errorf("Next(%d) = %v; want %v", attempts, got, wait)
		}
		if got != webhook.Stop {
			total += got
		}
	}
	if want := 75*time.Hour + 35*time.Minute + 5*time.Second; total != want {
		t.Errorf("the schedule lasts %v; want %v", total, want)
	}
}

func TestNextSpreadsAndListens(t *testing.T) {
	for _, c := range []struct {
		attempts   int
		retryAfter time.Duration
		random     float64
		want       time.Duration
	}{
		{4, 0, 0, 96 * time.Minute},
		{4, 0, 0.999999, 144 * time.Minute},
		{1, time.Minute, 0.5, time.Minute},
		{4, time.Minute, 0.5, 2 * time.Hour},
		{1, 48 * time.Hour, 0.5, 24 * time.Hour},
		{webhook.MaxAttempts, time.Minute, 0.5, webhook.Stop},
		{-1, 0, 0.5, webhook.Stop},
	} {
		got := webhook.Next(c.attempts, c.retryAfter, func() float64 { return c.random })
		if diff := (got - c.want).Abs(); diff > time.Second {
			t.Errorf("Next(%d, %v, %v) = %v; want %v", c.attempts, c.retryAfter, c.random, got, c.want)
		}
	}
}
