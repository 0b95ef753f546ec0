package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/anomaly"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Behavior tells a detector what each operation did, and holds back the
// operations of sockets and streams: the requests of HTTP are held back before
// their documents are read.
type Behavior struct{ detector *anomaly.Detector }

// NewBehavior returns the extension that tells detector. It stands before what
// carries operations out.
func NewBehavior(detector *anomaly.Detector) *Behavior { return &Behavior{detector} }

// ExtensionName names the extension.
func (*Behavior) ExtensionName() string { return "Behavior" }

// Validate accepts every schema.
func (*Behavior) Validate(graphql.ExecutableSchema) error { return nil }

type (
	conductKey struct{}
	enteredKey struct{}
)

// conduct is what an operation did that its answer does not show.
type conduct struct{ probes, records atomic.Int64 }

func conductOf(ctx context.Context) *conduct { c, _ := ctx.Value(conductKey{}).(*conduct); return c }

// probed counts what a mutation was asked for and is not there or not allowed.
func probed(ctx context.Context, faults []*fault.Fault) {
	c := conductOf(ctx)
	for _, f := range faults {
		if c != nil && isProbe(f.Code) {
			c.probes.Add(1)
		}
	}
}

func isProbe(code fault.Code) bool { return code == fault.NotFound || code == fault.Forbidden }

// Entered returns a context whose request the detector has let in.
func Entered(ctx context.Context) context.Context { return context.WithValue(ctx, enteredKey{}, true) }

// InterceptOperation lets the operation in, and tells what it did.
func (b *Behavior) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	v := viewer.From(ctx)
	if v == nil {
		return next(context.WithValue(ctx, conductKey{}, &conduct{}))
	}
	if ctx.Value(enteredKey{}) == nil {
		running, err := b.enter(ctx, v)
		if err != nil {
			return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{refuse(err)}})
		}
		ctx = running
	}
	did := &conduct{}
	ctx = context.WithValue(ctx, conductKey{}, did)
	respond := next(ctx)
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return respond
	}
	return func(inner context.Context) *graphql.Response {
		response := respond(context.WithValue(inner, conductKey{}, did))
		if why := fault.From(context.Cause(ctx)); why != nil && (response == nil || len(response.Errors) > 0) {
			response = &graphql.Response{Errors: gqlerror.List{refuse(why)}}
		}
		if response != nil {
			b.detector.Note(v, callerOf(ctx).Address, seen(ctx, did, response))
		}
		return response
	}
}

// enter lets in one operation of a connection that lasts.
func (b *Behavior) enter(ctx context.Context, v *viewer.Viewer) (context.Context, error) {
	running, wait, leave, err := b.detector.Enter(ctx, v, callerOf(ctx).Address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, leave)
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-running.Done():
		}
	}
	return running, nil
}

// InterceptResponse tells of documents that are not carried out at all.
func (b *Behavior) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	v := viewer.From(ctx)
	if v == nil || response == nil || conductOf(ctx) != nil || len(response.Errors) == 0 {
		return response
	}
	if code := codeOf(response.Errors[0]); code != fault.PersistedQueryMissing {
		b.detector.Note(v, callerOf(ctx).Address, anomaly.Seen{Failed: true, Probes: probes(response.Errors)})
	}
	return response
}

// seen is what an operation did.
func seen(ctx context.Context, did *conduct, response *graphql.Response) anomaly.Seen {
	op := graphql.GetOperationContext(ctx)
	s := anomaly.Seen{
		Failed:  len(response.Errors) > 0 && (len(response.Data) == 0 || bytes.Equal(response.Data, []byte("null"))),
		Probes:  int(did.probes.Load()) + probes(response.Errors) + missing(op, response.Data),
		Records: int(did.records.Load()) + 1,
		Took:    time.Since(op.Stats.OperationStart),
	}
	if m := meterOf(ctx); m != nil && m.plan != nil {
		s.Points = m.plan.Actual()
	}
	return s
}

func codeOf(err *gqlerror.Error) fault.Code {
	switch code := err.Extensions["code"].(type) {
	case string:
		return fault.Code(code)
	case fault.Code:
		return code
	}
	return fault.CodeOf(err)
}

// probes counts the root fields that failed because something is not there or
// not allowed: a list whose records each hide a field is asked for once.
func probes(errs gqlerror.List) int {
	roots := map[string]bool{}
	for _, err := range errs {
		if isProbe(codeOf(err)) {
			root := ""
			if len(err.Path) > 0 {
				root = err.Path[:1].String()
			}
			roots[root] = true
		}
	}
	return len(roots)
}

// missing counts the records that were asked for by id and are not there.
func missing(op *graphql.OperationContext, data []byte) (n int) {
	if op.Operation.Operation != ast.Query || !bytes.Contains(data, []byte("null")) {
		return 0
	}
	var answers map[string]json.RawMessage
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query"}) {
		arguments := field.Definition.Arguments
		if arguments.ForName("id") == nil && arguments.ForName("ids") == nil {
			continue
		}
		if answers == nil && json.Unmarshal(data, &answers) != nil {
			return 0
		}
		n += nulls(answers[field.Alias])
	}
	return n
}

// nulls counts the nulls of an answer that is null, or a list of records.
func nulls(answer json.RawMessage) (n int) {
	if bytes.Equal(answer, []byte("null")) {
		return 1
	}
	var list []json.RawMessage
	if len(answer) == 0 || answer[0] != '[' || json.Unmarshal(answer, &list) != nil {
		return 0
	}
	for _, item := range list {
		if bytes.Equal(item, []byte("null")) {
			n++
		}
	}
	return n
}

// noted counts records on their way to the price.
type noted struct {
	plan interface{ Delivered(*ast.Field, int) }
	did  *conduct
}

// Delivered counts the rows of one list.
func (c noted) Delivered(field *ast.Field, rows int) {
	c.plan.Delivered(field, rows)
	if c.did != nil {
		c.did.records.Add(int64(rows))
	}
}
