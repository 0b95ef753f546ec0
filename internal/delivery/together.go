package delivery

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// together lets callers that come while a call is under way share the next
// one: a busy worker pays for one trip and one commit per batch, an idle one
// waits for nobody.
type together[In, Out any] struct {
	call func(context.Context, []In) ([]Out, error) // one result for each, in their order

	mu      sync.Mutex
	waiting []caller[In, Out]
	calls   int // under way
}

type caller[In, Out any] struct {
	ctx context.Context
	in  In
	out chan<- outcome[Out]
}

type outcome[Out any] struct {
	value Out
	err   error
}

// Of one kind of call: how many callers share it, and how many are under way.
const (
	maxTogether = 100
	maxCalls    = 2
)

// do returns the call's result for in. The call itself goes on where ctx ends.
func (g *together[In, Out]) do(ctx context.Context, in In) (value Out, err error) {
	out := make(chan outcome[Out], 1)
	g.mu.Lock()
	g.waiting = append(g.waiting, caller[In, Out]{ctx, in, out})
	if g.calls < maxCalls {
		g.calls++
		go g.run()
	}
	g.mu.Unlock()
	select {
	case o := <-out:
		return o.value, o.err
	case <-ctx.Done():
		return value, ctx.Err()
	}
}

// run makes calls until nobody waits.
func (g *together[In, Out]) run() {
	for {
		g.mu.Lock()
		callers := g.waiting[:min(len(g.waiting), maxTogether)]
		g.waiting = g.waiting[len(callers):]
		if len(callers) == 0 {
			g.waiting = nil
			g.calls--
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
		g.serve(callers)
	}
}

// serve makes one call for all. Where the database refuses it, each gets one of
// its own, so that nobody pays for another's fault.
func (g *together[In, Out]) serve(callers []caller[In, Out]) {
	ins := make([]In, len(callers))
	for i, c := range callers {
		ins[i] = c.in
	}
	outs, err := g.call(context.WithoutCancel(callers[0].ctx), ins)
	if refused := (*pgconn.PgError)(nil); len(callers) > 1 && errors.As(err, &refused) {
		for _, c := range callers {
			g.serve([]caller[In, Out]{c})
		}
		return
	}
	for i, c := range callers {
		if err != nil {
			c.out <- outcome[Out]{err: err}
			continue
		}
		c.out <- outcome[Out]{value: outs[i]}
	}
}
