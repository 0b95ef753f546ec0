package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Payloads answers the queries by which webhook endpoints have their requests
// rendered: as the endpoint answers any other, but off the request path, for a
// viewer who is not there, and without a limit's bucket. What one query may
// cost is bounded by the plan all the same.
//
// The zero value is ready for those who need one before there is a schema;
// Serve makes it work.
type Payloads struct{ executor *executor.Executor }

// Serve has queries of a schema judged by door and carried out by execution.
// It is called once, before anything is asked.
func (p *Payloads) Serve(schema graphql.ExecutableSchema, door *Door, execution *Execution) {
	e := executor.New(schema)
	e.SetErrorPresenter(presentPayload)
	e.SetRecoverFunc(func(context.Context, any) error { return fault.New(fault.Internal, "Something went wrong.") })
	e.SetParserTokenLimit(maxPayloadTokens)
	e.Use(unmetered{door})
	e.Use(execution)
	p.executor = e
}

// maxPayloadTokens bounds what the parser reads of one query.
const maxPayloadTokens = 1000

// presentPayload lets faults through and tells nothing of all else.
func presentPayload(ctx context.Context, err error) *gqlerror.Error {
	shown := refuse(err)
	if located := (*gqlerror.Error)(nil); errors.As(err, &located) {
		shown.Path = located.Path
	}
	if shown.Path == nil {
		shown.Path = graphql.GetPath(ctx)
	}
	return shown
}

// unmetered is the door of who pays nothing.
type unmetered struct{ *Door }

// MutateOperationContext prices the operation, and lets queries alone pass.
func (u unmetered) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if op.Operation.Operation != ast.Query {
		return refuse(fault.New(fault.BadUserInput, "It must be a query; a %s renders nothing.", op.Operation.Operation))
	}
	if _, err := u.price(ctx, op, payer(ctx)); err != nil {
		return refuse(err)
	}
	return nil
}

// alone is a context that ends with another one and carries the viewer of it
// and nothing else: neither a transaction nor an operation under way.
func alone(ctx context.Context) context.Context {
	return viewer.With(outside{ctx}, viewer.From(ctx))
}

type outside struct{ context.Context }

func (outside) Value(any) any { return nil }

// Check reports what is wrong with a query, for the viewer of ctx: whether it
// fits the schema and what it costs. It reads nothing.
func (p *Payloads) Check(ctx context.Context, query string) error {
	_, err := p.operation(alone(ctx), query, map[string]any{"id": "student_01jd8m4w2xe5ktd7zcv4n8q3fa", "type": "student.updated", "sequence": 1})
	return err
}

func (p *Payloads) operation(ctx context.Context, query string, variables map[string]any) (*graphql.OperationContext, error) {
	given, err := asGiven(variables)
	if err != nil {
		return nil, err
	}
	now := graphql.Now()
	op, errs := p.executor.CreateOperationContext(graphql.StartOperationTrace(ctx), &graphql.RawParams{
		Query: query, Variables: given, ReadTime: graphql.TraceTiming{Start: now, End: now},
	})
	if len(errs) == 0 {
		return op, nil
	}
	if f := fault.From(errs[0].Err); f != nil {
		return nil, f
	}
	return nil, fault.New(fault.ValidationFailed, "%s", errs[0].Message)
}

// asGiven returns variables as they come over HTTP.
func asGiven(variables map[string]any) (given map[string]any, err error) {
	text, err := json.Marshal(variables)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return given, decoder.Decode(&given)
}

// Answer answers a query as the viewer of ctx. What went wrong inside of it is
// in errs, as GraphQL writes that; err is a fault where there is no answer.
func (p *Payloads) Answer(ctx context.Context, query string, variables map[string]any) (data, errs json.RawMessage, err error) {
	ctx = alone(ctx)
	op, err := p.operation(ctx, query, variables)
	if err != nil {
		return nil, nil, err
	}
	ctx = graphql.WithResponseContext(ctx, presentPayload, nil)
	respond, ctx := p.executor.DispatchOperation(ctx, op)
	response := respond(ctx)
	if response == nil {
		return nil, nil, fault.New(fault.Timeout, "The query took too long.")
	}
	for _, e := range response.Errors {
		switch code, _ := e.Extensions["code"].(string); fault.Code(code) {
		case fault.Unavailable, fault.Timeout, fault.Internal: // another attempt may have the answer
			return nil, nil, fault.New(fault.Code(code), "%s", e.Message)
		}
	}
	if len(response.Errors) > 0 {
		if errs, err = json.Marshal(response.Errors); err != nil {
			return nil, nil, err
		}
	}
	return response.Data, errs, nil
}
