package transport

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/fault"
)

// SSE streams the answer to one POST as server-sent events: the distinct
// connections mode of the graphql-sse protocol. A client that accepts JSON no
// less than a stream, as urql does for every request, gets a stream for
// subscriptions only. It must stand before POST.
type SSE struct {
	Bounds  Bounds
	Recover graphql.RecoverFunc // answers panics; nil hides them

	// Alive returns a channel that is closed when the credential of ctx stops
	// being good; the stream then ends. Nil means that it never does.
	Alive func(ctx context.Context) <-chan struct{}

	KeepAlive time.Duration // between comments on a silent stream; 12 s when zero
	Patience  time.Duration // for a client that does not read; 10 s when zero
}

// Supports takes a POST whose Accept names text/event-stream.
func (t SSE) Supports(r *http.Request) bool {
	return r.Method == http.MethodPost && acceptsStream(r.Header)
}

// Do answers one request. A malformed one is refused with JSON and its status;
// whatever the executor says travels as an event, because a user agent shows
// its program nothing of a failed connection.
func (t SSE) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	x := begin(w, r, exec, t.Recover)
	defer x.rescue()
	params, why := x.readPost(t.Bounds)
	if why != accepted {
		x.refuse(why)
		return
	}
	op, failed := prepare(r.Context(), exec, params)
	plain := x.wishes.prefersJSON()
	switch {
	case failed != nil && plain:
		x.respond(failed)
	case failed != nil:
		t.stream(x, graphql.OneShot(failed), r.Context())
	case plain && !is(op, ast.Subscription):
		x.run(op)
	default:
		t.start(x, op)
	}
}

func (t SSE) start(x *exchange, op *graphql.OperationContext) {
	responses, ctx := x.exec.DispatchOperation(graphql.WithOperationContext(x.r.Context(), op), op)
	if !is(op, ast.Subscription) {
		responses = once(responses)
	}
	t.stream(x, responses, ctx)
}

// once ends after the first response, for operations that have only one.
func once(next graphql.ResponseHandler) graphql.ResponseHandler {
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		return next(ctx)
	}
}

// stream sends responses until they end, the client goes or the credential
// dies.
func (t SSE) stream(x *exchange, responses graphql.ResponseHandler, ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	events := make(chan *graphql.Response)
	ended := make(chan struct{})
	defer func() { cancel(); <-ended }()
	go func() {
		defer close(ended)
		pump(ctx, events, guarded(responses, t.Recover))
	}()

	s := sink{http.NewResponseController(x.w), x, cmp.Or(t.Patience, 10*time.Second)}
	if !s.open() {
		return
	}
	t.relay(ctx, s, events)
}

// relay writes events as they come, and comments while none does.
func (t SSE) relay(ctx context.Context, s sink, events <-chan *graphql.Response) {
	idle := time.NewTicker(cmp.Or(t.KeepAlive, 12*time.Second))
	defer idle.Stop()
	var dead <-chan struct{}
	if t.Alive != nil {
		dead = t.Alive(ctx)
	}
	for {
		ok := true
		select {
		case <-ctx.Done():
			return
		case <-dead:
			s.next(&graphql.Response{Errors: gqlerror.List{public(fault.New(fault.Unauthenticated, "The credential is no longer valid."))}})
			s.complete()
			return
		case <-idle.C:
			ok = s.send([]byte(":\n\n"))
		case resp, more := <-events:
			if !more {
				s.complete()
				return
			}
			ok = s.next(resp)
		}
		if !ok {
			return
		}
	}
}

// pump hands responses over one at a time and closes events after the last.
// The executor writes each into the bytes of the one before, so what is handed
// over is a copy.
func pump(ctx context.Context, events chan<- *graphql.Response, next graphql.ResponseHandler) {
	defer close(events)
	for resp := next(ctx); resp != nil; resp = next(ctx) {
		resp.Data = bytes.Clone(resp.Data)
		select {
		case events <- resp:
		case <-ctx.Done():
			return
		}
	}
}

// guarded turns a panic of next into one last response.
func guarded(next graphql.ResponseHandler, rescuer graphql.RecoverFunc) graphql.ResponseHandler {
	over := false
	return func(ctx context.Context) (resp *graphql.Response) {
		defer func() {
			if p := recover(); p != nil {
				over = true
				resp = &graphql.Response{Errors: gqlerror.List{recovered(ctx, rescuer, p)}}
			}
		}()
		if over {
			return nil
		}
		return next(ctx)
	}
}

// sink is the writing end of an event stream.
type sink struct {
	control  *http.ResponseController
	x        *exchange
	patience time.Duration
}

// open sends the headers. The server's own write deadline is for short
// answers: a stream has one per event instead.
func (s sink) open() bool {
	h := s.x.w.Header()
	h.Set("Content-Type", mediaStream+"; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // a proxy that gathers events delays them
	s.x.begun = true
	return s.send([]byte(":\n\n"))
}

func (s sink) next(resp *graphql.Response) bool {
	b := borrow()
	defer giveBack(b)
	b.WriteString("event: next\ndata: ")
	start := b.Len()
	writeEnvelope(b, resp)
	oneLine(b.Bytes()[start:])
	b.WriteString("\n\n")
	return s.send(b.Bytes())
}

func (s sink) complete() { s.send([]byte("event: complete\ndata:\n\n")) }

func (s sink) send(event []byte) bool {
	_ = s.control.SetWriteDeadline(time.Now().Add(s.patience))
	if _, err := s.x.w.Write(event); err != nil {
		return false
	}
	return s.control.Flush() == nil
}

// oneLine makes line ends of JSON into spaces: within JSON they stand only
// between tokens, and in an event they would end the field.
func oneLine(text []byte) {
	for _, end := range []byte("\r\n") {
		for i := bytes.IndexByte(text, end); i >= 0; i = bytes.IndexByte(text, end) {
			text[i] = ' '
		}
	}
}
