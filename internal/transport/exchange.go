package transport

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/fault"
)

const internalMessage = "Something went wrong on our side."

// exchange is one HTTP request and its answer.
type exchange struct {
	w       http.ResponseWriter
	r       *http.Request
	exec    graphql.GraphExecutor
	rescuer graphql.RecoverFunc
	wishes  wishes
	media   string // of the answer; JSON where none of ours is accepted
	begun   bool   // the answer is on its way
}

// begin sets the headers that stand on every answer and settles its media
// type; a refusal is written as JSON whatever the client accepts.
func begin(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, rescuer graphql.RecoverFunc) *exchange {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept")
	list := wishesOf(r.Header)
	return &exchange{w: w, r: r, exec: exec, rescuer: rescuer, wishes: list, media: cmp.Or(list.negotiate(), mediaJSON)}
}

// rescue must be deferred: it answers a panic with INTERNAL. Once the answer
// is on its way only the connection can be broken off.
func (x *exchange) rescue() {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	err := recovered(x.r.Context(), x.rescuer, p)
	if x.begun {
		panic(http.ErrAbortHandler)
	}
	x.write(http.StatusInternalServerError, &graphql.Response{Errors: gqlerror.List{err}})
}

// recovered turns a panic into the error that the client sees.
func recovered(ctx context.Context, rescuer graphql.RecoverFunc, p any) *gqlerror.Error {
	if rescuer == nil {
		return public(&fault.Fault{Code: fault.Internal, Message: internalMessage})
	}
	return asError(rescuer(ctx, p))
}

// refuse answers a request that never reaches the executor.
func (x *exchange) refuse(why refusal) {
	h := x.w.Header()
	switch why {
	case refuseMethod:
		h.Set("Allow", "GET, POST")
	case refuseGetMutation:
		h.Set("Allow", "POST")
	case refuseContentType:
		h.Set("Accept-Post", mediaJSON)
	case refuseEncoding:
		h.Set("Accept-Encoding", "identity")
	case refuseBodySize:
		h.Set("Connection", "close") // the rest of the body is not worth reading
	}
	x.write(why.status(), &graphql.Response{Errors: gqlerror.List{public(why.fault())}})
}

// prepare parses, validates and coerces. Where that fails it returns the
// answer as well.
func prepare(ctx context.Context, exec graphql.GraphExecutor, params *graphql.RawParams) (*graphql.OperationContext, *graphql.Response) {
	op, errs := exec.CreateOperationContext(ctx, params)
	if len(errs) == 0 {
		return op, nil
	}
	scrub(errs)
	over := len(errs) - maxErrors // cut before each error is presented
	resp := exec.DispatchError(graphql.WithOperationContext(ctx, op), errs[:min(len(errs), maxErrors)])
	resp.Data = nil
	if over > 0 && resp.Extensions != nil {
		resp.Extensions[omittedKey] = over
	}
	return nil, resp
}

// run executes a query or mutation and answers it.
func (x *exchange) run(op *graphql.OperationContext) {
	responses, ctx := x.exec.DispatchOperation(graphql.WithOperationContext(x.r.Context(), op), op)
	x.respond(responses(ctx))
}

// respond answers with what the executor said.
func (x *exchange) respond(resp *graphql.Response) {
	if resp == nil || !executed(resp) && len(resp.Errors) == 0 {
		resp = &graphql.Response{Errors: gqlerror.List{x.silence()}}
	}
	status := http.StatusOK
	if !executed(resp) {
		status = statusOf(codeOf(resp.Errors), x.media)
	}
	x.write(status, resp)
}

// silence explains an executor that gave no answer: time ran out, or a bug.
func (x *exchange) silence() *gqlerror.Error {
	if x.r.Context().Err() == context.DeadlineExceeded {
		return public(fault.New(fault.Timeout, "The request took too long."))
	}
	return public(&fault.Fault{Code: fault.Internal, Message: internalMessage})
}

func (x *exchange) write(status int, resp *graphql.Response) {
	b := borrow()
	defer giveBack(b)
	writeHead(b, resp)
	split := b.Len()
	writeTail(b, resp, split)

	h := x.w.Header()
	h.Set("Content-Type", x.media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()+len(resp.Data)))
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	x.begun = true
	x.w.WriteHeader(status)
	_, _ = x.w.Write(b.Bytes()[:split])
	_, _ = x.w.Write(resp.Data)
	_, _ = x.w.Write(b.Bytes()[split:])
}

// is reports whether op is of one kind.
func is(op *graphql.OperationContext, kind ast.Operation) bool { return op.Operation.Operation == kind }
