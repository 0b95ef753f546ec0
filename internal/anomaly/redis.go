package anomaly

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

// pipelined is how many sums are asked for at once.
const pipelined = 500

// OnRedis adds up in Redis.
func OnRedis(client *redis.Client) Shared { return sums{client} }

type sums struct{ client *redis.Client }

// name is where a sum is.
func (p Part) name(began time.Time) string {
	return fmt.Sprintf("anomaly:%s:%d:%d", p.Caller, p.Rule, began.Unix())
}

func forgivenName(caller uuid.UUID) string { return "anomaly:" + caller.String() + ":forgiven" }

// Add implements Shared.
func (s sums) Add(ctx context.Context, parts []Part) (now, before []int64, err error) {
	for some := range slices.Chunk(parts, pipelined) {
		pipe := s.client.Pipeline()
		added, last := make([]*redis.IntCmd, len(some)), make([]*redis.StringCmd, len(some))
		for i, p := range some {
			added[i] = pipe.IncrBy(ctx, p.name(p.Began), p.N)
			pipe.Expire(ctx, p.name(p.Began), 3*p.Span)
			last[i] = pipe.Get(ctx, p.name(p.Began.Add(-p.Span)))
		}
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
			return nil, nil, fmt.Errorf("anomaly: %w", err)
		}
		for i := range some {
			n, err := last[i].Int64()
			if err != nil && !errors.Is(err, redis.Nil) {
				return nil, nil, fmt.Errorf("anomaly: %w", err)
			}
			now, before = append(now, added[i].Val()), append(before, n)
		}
	}
	return now, before, nil
}

// remembered is how long it is known that somebody was forgiven: every process
// that is there asks within a second.
const remembered = time.Hour

// Forgive implements Shared.
func (s sums) Forgive(ctx context.Context, at time.Time, parts []Part) error {
	pipe := s.client.Pipeline()
	for _, p := range parts {
		pipe.Del(ctx, p.name(p.Began), p.name(p.Began.Add(-p.Span)))
		pipe.Set(ctx, forgivenName(p.Caller), at.UnixMicro(), remembered)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("anomaly: %w", err)
	}
	return nil
}

// Forgiven implements Shared.
func (s sums) Forgiven(ctx context.Context, callers []uuid.UUID) ([]time.Time, error) {
	pipe := s.client.Pipeline()
	asked := make([]*redis.StringCmd, len(callers))
	for i, id := range callers {
		asked[i] = pipe.Get(ctx, forgivenName(id))
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("anomaly: %w", err)
	}
	at := make([]time.Time, len(callers))
	for i, answer := range asked {
		if micro, err := answer.Int64(); err == nil {
			at[i] = time.UnixMicro(micro)
		}
	}
	return at, nil
}
