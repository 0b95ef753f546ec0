package graph

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/viewer"
)

// Execution decides how an operation is carried out: a read by the compiled
// path where it can be, a mutation in a transaction for each root field, all
// else by gqlgen's executor.
type Execution struct {
	door   *Door
	reader *query.Reader
	ledger *Ledger
	// Ordinary leaves every read to gqlgen's executor, for the tests that hold
	// the two paths against each other.
	Ordinary bool
	// Staff follows the operator's staff; where it is nil, they can do nothing.
	Staff Staff
}

// NewExecution returns the extension that carries out operations.
func NewExecution(door *Door, reader *query.Reader, ledger *Ledger) *Execution {
	return &Execution{door: door, reader: reader, ledger: ledger}
}

// ExtensionName names the extension.
func (*Execution) ExtensionName() string { return "Execution" }

// Validate accepts every schema.
func (*Execution) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation answers a read by the compiled path, or hands it on.
func (e *Execution) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	m := meterOf(ctx)
	if op.Operation.Operation == ast.Query && !e.Ordinary {
		if response := e.compiled(ctx, op, m); response != nil {
			response = e.followed(ctx, op, response, m)
			e.charge(ctx, response, m)
			return graphql.OneShot(response)
		}
	}
	respond := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		if op.Operation.Operation == ast.Query {
			ctx = withDefinitions(ctx)
		}
		response := respond(ctx)
		if response != nil {
			response = e.followed(ctx, op, response, m)
			e.charge(ctx, response, m)
		}
		return response
	}
}

// followed is the answer to whoever is not of the operator's staff; to them it
// is given once their use is written down.
func (e *Execution) followed(ctx context.Context, op *graphql.OperationContext, response *graphql.Response, m *meter) *graphql.Response {
	if err := e.used(ctx, op, m); err != nil {
		return refused(err)
	}
	return response
}

// refused is the answer where nothing of an operation can be told. An error is
// not added to ctx, which holds none before gqlgen's executor has begun.
func refused(err error) *graphql.Response {
	return &graphql.Response{Data: []byte("null"), Errors: gqlerror.List{refuse(err)}}
}

// compiled returns the answer of the compiled path; nil where it has none. An
// error that no caller may know is left to the ordinary path as well, which
// writes it down.
func (e *Execution) compiled(ctx context.Context, op *graphql.OperationContext, m *meter) *graphql.Response {
	data, ok, err := e.reader.Operation(ctx, op, m.tally(ctx))
	if err = explain(err); fault.From(err) != nil {
		return refused(err)
	}
	if err != nil || !ok {
		return nil
	}
	return &graphql.Response{Data: data}
}

func (e *Execution) charge(ctx context.Context, response *graphql.Response, m *meter) {
	if m == nil || m.plan == nil {
		return
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["cost"] = e.door.settle(ctx, m)
}

// InterceptRootField refuses whoever has no credential all but introspection
// and what opens a session, and carries out each mutation in a transaction of
// its own.
func (e *Execution) InterceptRootField(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	if viewer.From(ctx) == nil && !forEverybody(graphql.GetRootFieldContext(ctx).Field.Field) {
		graphql.AddError(ctx, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer."))
		return graphql.Null
	}
	if graphql.GetOperationContext(ctx).Operation.Operation != ast.Mutation {
		return next(ctx)
	}
	field := graphql.GetRootFieldContext(ctx)
	answer, err := e.ledger.Do(ctx, field, func(ctx context.Context) ([]byte, error) {
		var buffer bytes.Buffer
		before := len(graphql.GetErrors(ctx))
		next(ctx).MarshalGQL(&buffer)
		if errs := graphql.GetErrors(ctx); len(errs) > before {
			blame(ctx, errs[before])
			return buffer.Bytes(), errRefused
		}
		return buffer.Bytes(), nil
	})
	if err != nil && !errors.Is(err, errRefused) {
		graphql.AddError(ctx, explain(err))
		return graphql.Null
	}
	return rawJSON(answer)
}

// forEverybody reports whether a root field needs no credential.
func forEverybody(f *ast.Field) bool {
	return strings.HasPrefix(f.Name, "__") || marked(f, "forEverybody")
}

// marked reports whether the schema puts a directive on a root field.
func marked(f *ast.Field, directive string) bool {
	return f.Definition.Directives.ForName(directive) != nil
}

// ownTransactions reports whether a root field of a mutation has transactions of
// its own: what everybody may call, and what waits for a provider meanwhile,
// which may be asked again at any time.
func ownTransactions(f *ast.Field) bool { return forEverybody(f) || f.Name == "testIntegration" }

// InterceptField answers the selection on a record in hand by the compiled
// path, and hides what the viewer's role may not see.
func (e *Execution) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	fc := graphql.GetFieldContext(ctx)
	if entity := catalog.Entities[fc.Object]; entity != nil {
		if err := shown(ctx, entity, fc.Field.Name); err != nil {
			return nil, err
		}
	}
	result, err := next(ctx)
	m := meterOf(ctx)
	if tally := m.tally(ctx); tally != nil && err == nil {
		tally.Delivered(fc.Field.Field, rowsIn(result))
		m.count(fc.Field.Field, result)
	}
	if fc.Object == "__Type" && err == nil {
		return e.door.gates.unseen(ctx, fc, result)
	}
	if err != nil || e.Ordinary || !fc.IsResolver && !isPayload(fc.Object) || flat(fc.Field.Selections) {
		return result, explain(err)
	}
	row, ok := result.(ent.Row)
	entity := catalog.Entities[fc.Field.Definition.Type.Name()]
	if !ok || entity == nil || isNil(row) || viewer.From(ctx) == nil {
		return result, err
	}
	data, ok, err := e.reader.Record(ctx, graphql.GetOperationContext(ctx), fc.Field.Selections, entity, row.RowID(), m.tally(ctx))
	if err != nil || !ok {
		return result, explain(err)
	}
	return rawJSON(data), nil
}

// rowsIn is how many rows a list or a page holds; 0 for nothing, and for what
// is neither, which the price does not ask for.
func rowsIn(result any) int {
	v := reflect.Indirect(reflect.ValueOf(result))
	if v.Kind() == reflect.Struct {
		v = v.FieldByName("Nodes")
	}
	if v.Kind() != reflect.Slice {
		return 0
	}
	return v.Len()
}

// flat reports whether a selection asks for values alone, which the record in
// hand already holds.
func flat(selections ast.SelectionSet) bool {
	for _, selection := range selections {
		field, ok := selection.(*ast.Field)
		if !ok || len(field.SelectionSet) > 0 {
			return false
		}
	}
	return true
}

// isPayload reports whether an object is the answer of a mutation, whose
// records may be written as finished JSON.
func isPayload(object string) bool {
	const suffix = "Payload"
	return len(object) > len(suffix) && object[len(object)-len(suffix):] == suffix
}

// isNil reports whether a row is a typed nil, as a verb that refused returns it.
func isNil(row ent.Row) bool { return reflect.ValueOf(row).IsNil() }

// shown refuses a field of a class that the viewer's role may not see.
func shown(ctx context.Context, entity *catalog.Entity, name string) error {
	field := entity.Field(name)
	v := viewer.From(ctx)
	if field == nil || v == nil || entity.Shows(field, v) {
		return nil
	}
	return fault.New(fault.Forbidden, "%s is not allowed to read %s.%s.", v.Role, entity.Name, name)
}

// rawJSON is finished JSON.
type rawJSON []byte

// MarshalGQL writes it as it is.
func (r rawJSON) MarshalGQL(w io.Writer) { _, _ = w.Write(r) }
