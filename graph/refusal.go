package graph

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/audit"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	refusalPause    = time.Minute     // between two entries of the same
	refusalsKnown   = 1 << 16         // that are told apart at once
	refusalPatience = 3 * time.Second // of writing entries for who may have hung up
)

// Refusals writes to the audit log which operations were refused to whom: reads
// and changes that the caller's role does not allow or that ask for a stronger
// proof, and changes of what is not there. Of each caller, root field and code
// it writes at most one entry a minute, so that nobody fills the log by asking.
type Refusals struct {
	log *audit.Log
	now func() time.Time

	mu      sync.Mutex
	written *simplelru.LRU[refusal, time.Time]
}

// refusal is what was refused to whom.
type refusal struct {
	who       string // studio and actor
	operation string
	code      fault.Code
}

// NewRefusals returns the extension that writes to the audit logs in s. It
// stands before what carries operations out. now is time.Now when nil.
func NewRefusals(s *store.Store, now func() time.Time) *Refusals {
	if now == nil {
		now = time.Now
	}
	written, _ := simplelru.NewLRU[refusal, time.Time](refusalsKnown, nil)
	return &Refusals{log: audit.NewLog(s), now: now, written: written}
}

// ExtensionName names the extension.
func (*Refusals) ExtensionName() string { return "Refusals" }

// Validate accepts every schema.
func (*Refusals) Validate(graphql.ExecutableSchema) error { return nil }

// refusedFields is what an operation under way was refused that its errors do not show.
type refusedFields struct {
	mu    sync.Mutex
	codes map[string]fault.Code // by root field
}

type refusedKey struct{}

func refusedOf(ctx context.Context) *refusedFields {
	r, _ := ctx.Value(refusedKey{}).(*refusedFields)
	return r
}

// add keeps that a root field was refused.
func (r *refusedFields) add(field string, code fault.Code) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.codes[field] = code
}

// InterceptOperation writes down what the operation was refused, and then lets
// its answer out.
func (r *Refusals) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	kept := &refusedFields{codes: map[string]fault.Code{}}
	ctx = context.WithValue(ctx, refusedKey{}, kept)
	respond := next(ctx)
	return func(inner context.Context) *graphql.Response {
		return r.told(ctx, respond(context.WithValue(inner, refusedKey{}, kept)))
	}
}

// InterceptResponse does the same for operations that are not carried out at all.
func (r *Refusals) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if refusedOf(ctx) != nil {
		return response
	}
	return r.told(ctx, response)
}

// told is the answer once what it refuses is written down; what cannot be
// written down is not answered.
func (r *Refusals) told(ctx context.Context, response *graphql.Response) *graphql.Response {
	if response == nil {
		return nil
	}
	for field, code := range refusedIn(ctx, response.Errors) {
		if err := r.Write(ctx, field, code); err != nil {
			return &graphql.Response{Data: []byte("null"), Errors: gqlerror.List{refuse(explain(err))}}
		}
	}
	return response
}

// Write writes down that the viewer of ctx was refused an operation, unless it
// was written down less than a minute ago. Nobody's refusals are in no log.
func (r *Refusals) Write(ctx context.Context, operation string, code fault.Code) error {
	v, now := viewer.From(ctx), r.now()
	if v == nil {
		return nil
	}
	what := refusal{v.TenantID.String() + " " + v.Actor(), operation, code}
	r.mu.Lock()
	last, known := r.written.Get(what)
	if known && now.Sub(last) < refusalPause {
		r.mu.Unlock()
		return nil
	}
	r.written.Add(what, now)
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refusalPatience)
	defer cancel()
	err := r.log.Refused(ctx, operation, string(code))
	if err != nil {
		r.mu.Lock()
		r.written.Remove(what)
		r.mu.Unlock()
	}
	return err
}

// refusedIn returns the root fields that were refused, each with its code: those
// that the errors are of, or all where an error is of the whole operation.
func refusedIn(ctx context.Context, errs gqlerror.List) map[string]fault.Code {
	found := map[string]fault.Code{}
	if kept := refusedOf(ctx); kept != nil {
		kept.mu.Lock()
		defer kept.mu.Unlock()
		maps.Copy(found, kept.codes)
	}
	for _, err := range errs {
		code := codeOf(err)
		if code != fault.Forbidden && code != fault.StepUpRequired && code != fault.SecondFactorRequired {
			continue
		}
		for _, field := range rootsOf(ctx, err.Path) {
			found[field] = code
		}
	}
	return found
}

// rootsOf names the root field that a path begins with; all of the operation
// where it begins with none.
func rootsOf(ctx context.Context, path ast.Path) (names []string) {
	if !graphql.HasOperationContext(ctx) {
		return nil
	}
	op := graphql.GetOperationContext(ctx)
	if op.Operation == nil { // the document is none
		return nil
	}
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, nil) {
		if len(path) == 0 || path[0] == ast.PathName(field.Alias) {
			names = append(names, field.Name)
		}
	}
	return names
}
