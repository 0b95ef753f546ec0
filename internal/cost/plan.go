package cost

import (
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/ast"
)

// Plan is the price of one operation, broken down so that the executor can
// report what it delivered. Each connection and each list is priced for a
// number of rows; where fewer came, the empty places are given back together
// with everything priced inside them. Lists inside them are then never
// resolved, so nothing is given back twice, and what remains is the same
// formula with the delivered rows in the place of the sizes.
type Plan struct {
	requested int
	slots     map[*ast.Field]slot
	refunded  atomic.Int64
}

// slot is a list of the document: the rows it was priced for, and what one
// costs with everything in it.
type slot struct{ rows, each int }

// Plan prices op as Operation does. The Plan is returned even where the error
// says that op is too expensive.
func (c *Calculator) Plan(op *ast.OperationDefinition, fragments ast.FragmentDefinitionList, variables map[string]any) (*Plan, error) {
	p := &Plan{slots: map[*ast.Field]slot{}}
	e := estimate{calculator: c, fragments: fragments, variables: variables, plan: p}
	p.requested = e.operation(op)
	return p, c.allow(p.requested)
}

func (p *Plan) note(f *ast.Field, rows, each int) {
	if p != nil && each > 0 {
		p.slots[f] = slot{rows, each}
	}
}

// Requested is the price that was charged before execution.
func (p *Plan) Requested() int { return p.requested }

// Delivered reports that one instance of a list or connection resolved to so
// many rows. The executor calls it once for each instance, with the field as
// the document holds it, from any goroutine. An instance that is never
// reported, because it failed or was merged into another field, stays charged
// in full; a field that is no list is ignored.
func (p *Plan) Delivered(f *ast.Field, rows int) {
	if s, ok := p.slots[f]; ok {
		empty := s.rows - min(max(rows, 0), s.rows)
		p.refunded.Add(int64(times(empty, s.each)))
	}
}

// Actual is what the answer cost by the reports so far: at least 1, and never
// more than Requested.
func (p *Plan) Actual() int {
	return max(1, clamp(int64(p.requested)-p.refunded.Load()))
}
