package transport

import (
	"bytes"
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// operation is one subscribe message being answered.
type operation struct {
	id     string
	cancel context.CancelFunc
	over   bool // under session.mu: its error or complete has been sent or received
}

// subscribe starts an operation, or refuses it with an error of its own.
func (s *session) subscribe(m message) *closing {
	params, why := s.conf.Bounds.params(m.payload)
	if why != accepted && why != refuseQuerySize {
		return &closeBadMessage
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[m.id] != nil {
		return &closeDuplicate
	}
	if why == accepted && s.running >= s.conf.Subscriptions {
		why = refuseSocketBusy
	}
	if why != accepted {
		s.write(errorFrame(m.id, gqlerror.List{public(why.fault())}))
		return nil
	}
	ctx, cancel := context.WithCancel(s.ctx)
	op := &operation{id: m.id, cancel: cancel}
	s.active[m.id] = op
	s.running++
	params.Headers = s.header
	s.tasks.Go(func() { s.run(ctx, op, params) })
	return nil
}

// complete ends an operation at the client's wish; nothing more is sent for it.
func (s *session) complete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if op := s.active[id]; op != nil {
		s.end(op)
	}
}

// end must be called under mu.
func (s *session) end(op *operation) {
	op.over = true
	op.cancel()
	delete(s.active, op.id)
}

// run executes one operation and sends what it says.
func (s *session) run(ctx context.Context, op *operation, params *graphql.RawParams) {
	defer func() {
		if p := recover(); p != nil {
			s.last(op, errorFrame(op.id, gqlerror.List{recovered(ctx, s.conf.Recover, p)}))
		}
		op.cancel()
		s.mu.Lock()
		s.running--
		s.mu.Unlock()
	}()
	ctx = graphql.StartOperationTrace(ctx)
	params.ReadTime = graphql.TraceTiming{Start: graphql.GetStartTime(ctx), End: graphql.Now()}
	parsed, failed := prepare(ctx, s.exec, params)
	if failed != nil {
		s.last(op, errorFrame(op.id, failed.Errors))
		return
	}
	responses, ctx := s.exec.DispatchOperation(graphql.WithOperationContext(ctx, parsed), parsed)
	if !is(parsed, ast.Subscription) {
		responses = once(responses)
	}
	s.relay(ctx, op, responses)
}

// relay sends responses until they end. One without data is an error, and by
// the protocol the end of the operation.
func (s *session) relay(ctx context.Context, op *operation, responses graphql.ResponseHandler) {
	for resp := responses(ctx); resp != nil; resp = responses(ctx) {
		if !executed(resp) {
			s.last(op, errorFrame(op.id, resp.Errors))
			return
		}
		if !s.next(op, resp) {
			return
		}
	}
	s.last(op, frame("complete", op.id, nil))
}

// next sends one result, unless the operation is over.
func (s *session) next(op *operation, resp *graphql.Response) bool {
	b := nextFrame(op.id, resp)
	s.mu.Lock()
	defer s.mu.Unlock()
	if op.over || s.ctx.Err() != nil {
		giveBack(b)
		return false
	}
	s.write(b)
	return true
}

// last sends the frame that ends the operation, unless it has ended.
func (s *session) last(op *operation, b *bytes.Buffer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if op.over || s.ctx.Err() != nil {
		giveBack(b)
		return
	}
	s.end(op)
	s.write(b)
}
