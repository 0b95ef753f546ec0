package delivery

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestTogether has a hundred callers come while the first calls are under way,
// and again with one among them whom the database refuses.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			mu    sync.Mutex
			sizes []int
		)
		broken := &pgconn.PgError{Message: "seventeen is broken"}
		g := &together[int, int]{call: func(_ context.Context, in []int) ([]int, error) {
			time.Sleep(time.Millisecond) // of the fake clock
			mu.Lock()
			sizes = append(sizes, len(in))
			mu.Unlock()
			out := make([]int, len(in))
			for i, n := range in {
				if n == 17 {
					return nil, broken
				}
				out[i] = 10 * n
			}
			return out, nil
		}}
		from := func(first int) {
			var group sync.WaitGroup
			for n := first; n < first+100; n++ {
				group.Go(func() {
					got, err := g.do(t.Context(), n)
					if n == 17 && !errors.Is(err, error(broken)) || n != 17 && (err != nil || got != 10*n) {
						t.Errorf("%d: %d, %v", n, got, err)
					}
				})
			}
			group.Wait()
		}
		from(100)
		// At most two calls of whoever came first, and two of all the others.
		if len(sizes) > 4 {
			t.Errorf("%d calls: %v", len(sizes), sizes)
		}
		from(0)
		sizes = nil
		if got, err := g.do(t.Context(), 7); err != nil || got != 70 || len(sizes) != 1 {
			t.Errorf("alone: %d, %v, %v", got, err, sizes)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Microsecond)
		defer cancel()
		if _, err := g.do(ctx, 8); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a caller that cannot wait: %v", err)
		}
		time.Sleep(time.Second) // of the fake clock: its call ends
	})
}
