package graph

import (
	"context"
	"crypto/sha256"

	"github.com/99designs/gqlgen/graphql"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/cost"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/guard"
	"github.com/barrehq/barre/internal/limit"
	"github.com/barrehq/barre/internal/viewer"
)

// documentsKnown bounds the documents that need not be looked at again.
const documentsKnown = 4096

// Door refuses what would cost more than it may, before it costs anything: the
// document by its form, the input by its size, the operation by its price, the
// caller by the limits of the plan.
type Door struct {
	guard   *guard.Guard
	costs   *cost.Calculator
	limiter *limit.Limiter
	cfg     DoorConfig
	known   *lru.Cache[[sha256.Size]byte, struct{}]
	schema  *ast.Schema
	gates   *gates
}

// DoorConfig is what the operator decides.
type DoorConfig struct {
	Ceiling       func(plan string) int // highest price of one operation
	Introspection bool                  // for everybody, not only for secret keys
	Features      Features              // nil has none that is not there for all
}

// NewDoor returns the door of the endpoint.
func NewDoor(g *guard.Guard, costs *cost.Calculator, limiter *limit.Limiter, cfg DoorConfig) *Door {
	known, _ := lru.New[[sha256.Size]byte, struct{}](documentsKnown)
	return &Door{guard: g, costs: costs, limiter: limiter, cfg: cfg, known: known}
}

// ExtensionName names the extension.
func (*Door) ExtensionName() string { return "Door" }

// Validate learns the schema, before anything is served.
func (d *Door) Validate(es graphql.ExecutableSchema) error {
	d.schema = es.Schema()
	d.gates = newGates(d.schema, d.cfg.Features)
	return nil
}

// MutateOperationParameters looks at the document before it is validated,
// which is the step that a hostile document makes dear.
func (d *Door) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	sum := sha256.Sum256([]byte(params.Query))
	if _, ok := d.known.Get(sum); !ok {
		if err := d.guard.Text(params.Query); err != nil {
			return refuse(err)
		}
		if _, err := d.guard.Parse(params.Query); err != nil {
			return refuse(err)
		}
		d.known.Add(sum, struct{}{})
	}
	if err := d.guard.Variables(params.Variables); err != nil {
		return refuse(err)
	}
	return nil
}

type meterKey struct{}

// meter is the price of the operation at hand.
type meter struct {
	plan     *cost.Plan
	decision limit.Decision
	viewer   *viewer.Viewer
	reading  *reading // of the operator's staff; nil for everybody else
}

func meterOf(ctx context.Context) *meter { m, _ := ctx.Value(meterKey{}).(*meter); return m }

// WithMeter returns a context in which the price of one request is kept.
func WithMeter(ctx context.Context) context.Context {
	return context.WithValue(ctx, meterKey{}, &meter{})
}

// Decision is what the limiter said of the request; ok is false where it was
// not asked.
func Decision(ctx context.Context) (limit.Decision, bool) {
	m := meterOf(ctx)
	if m == nil || m.viewer == nil {
		return limit.Decision{}, false
	}
	return m.decision, true
}

// MutateOperationContext prices the operation and charges the caller.
func (d *Door) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	v := payer(ctx)
	op.DisableIntrospection = !d.cfg.Introspection && v.Role != viewer.Key
	plan, err := d.price(ctx, op, v)
	if err != nil {
		return refuse(err)
	}
	if _, err := keyOf(ctx, op); err != nil {
		return refuse(err)
	}
	decision, err := d.limiter.Take(ctx, v, plan.Requested())
	if m := meterOf(ctx); m != nil {
		m.plan, m.decision, m.viewer = plan, decision, v
		if v.IsStaff() {
			m.reading = &reading{counts: map[string]int{}}
		}
	}
	if err != nil {
		return refuse(err)
	}
	return nil
}

// price refuses an operation that uses what is not there for the caller, whose
// input is wrong, or which costs more than the caller's plan lets one operation
// cost.
func (d *Door) price(ctx context.Context, op *graphql.OperationContext, v *viewer.Viewer) (*cost.Plan, error) {
	if err := permitStaff(op, v); err != nil {
		return nil, err
	}
	if err := admitted(v, op); err != nil {
		return nil, err
	}
	if err := d.gates.pass(ctx, op.Operation); err != nil {
		return nil, err
	}
	if err := d.guard.Input(op.Operation, op.Doc.Fragments, op.Variables); err != nil {
		return nil, err
	}
	if err := strict(d.schema, op); err != nil {
		return nil, err
	}
	if err := writable(op); err != nil {
		return nil, err
	}
	return d.costs.Within(d.cfg.Ceiling(v.Plan)).Plan(op.Operation, op.Doc.Fragments, op.Variables)
}

// settle gives back what the answer did not need and reports the price.
func (d *Door) settle(ctx context.Context, m *meter) map[string]any {
	requested, actual := m.plan.Requested(), m.plan.Actual()
	if requested > actual {
		d.limiter.Refund(ctx, m.viewer, requested-actual)
	}
	return map[string]any{
		"requestedQueryCost": requested,
		"actualQueryCost":    actual,
		"throttleStatus": map[string]any{
			"maximumAvailable":   m.decision.Limit,
			"currentlyAvailable": min(m.decision.Limit, m.decision.Remaining+requested-actual),
			"restoreRate":        m.decision.RestoreRate,
		},
	}
}

// refuse turns a fault into the error of a whole request.
func refuse(err error) *gqlerror.Error {
	f := fault.From(err)
	if f == nil {
		f = fault.New(fault.Internal, "Something went wrong.")
	}
	extensions := map[string]any{"code": string(f.Code)}
	if len(f.Field) > 0 {
		extensions["field"] = f.Field
	}
	return &gqlerror.Error{Err: f, Message: f.Message, Extensions: extensions}
}
