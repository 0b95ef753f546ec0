package cost

import "github.com/vektah/gqlparser/v2/ast"

// price is what a selection set costs: once, and for each row of the
// connection that it is selected on. Keeping the two apart lets a fragment on
// a connection be priced once and used under any page size.
type price struct{ once, perRow int }

func (p *price) add(o price) {
	p.once, p.perRow = add(p.once, o.once), add(p.perRow, o.perRow)
}

// estimate prices one operation with one set of variables.
type estimate struct {
	calculator *Calculator
	fragments  ast.FragmentDefinitionList
	variables  map[string]any
	priced     map[string]price // fragments already priced
	depths     map[string]int   // fragments already measured under introspection
	plan       *Plan            // nil where only the figure is asked
}

func (e *estimate) operation(op *ast.OperationDefinition) int {
	kind := op.Operation
	if kind == "" {
		kind = ast.Query
	}
	p := e.set(op.SelectionSet, e.calculator.rules.roots[kind])
	return max(1, add(p.once, p.perRow))
}

func (e *estimate) set(set ast.SelectionSet, on *object) price {
	var total price
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if e.runs(selection.Directives) {
				total.add(e.field(selection, on))
			}
		case *ast.InlineFragment:
			if e.runs(selection.Directives) {
				total.add(e.set(selection.SelectionSet, e.condition(selection.TypeCondition, on)))
			}
		case *ast.FragmentSpread:
			if e.runs(selection.Directives) {
				total.add(e.spread(selection.Name))
			}
		}
	}
	return total
}

func (e *estimate) condition(name string, on *object) *object {
	if name == "" {
		return on
	}
	return e.calculator.rules.types[name]
}

func (e *estimate) field(f *ast.Field, on *object) price {
	if f.Name == "__typename" {
		return price{}
	}
	r := e.calculator.rules.of(on, f.Name)
	if r.special {
		return price{once: add(r.weight, e.depth(f.SelectionSet))}
	}
	inner := e.set(f.SelectionSet, r.result)
	if r.rows {
		return price{perRow: add(r.weight, add(inner.once, inner.perRow))}
	}
	return price{once: e.value(f, r, inner)}
}

// value prices a field outside the rows of a connection: a leaf, an object, a
// list or a connection.
func (e *estimate) value(f *ast.Field, r *rule, inner price) int {
	one := add(add(r.weight, e.arguments(f, r)), inner.once)
	switch {
	case r.result == nil || !r.result.connection:
		one = add(one, inner.perRow)
	default:
		page := e.page(f, r)
		e.plan.note(f, page, inner.perRow)
		one = add(one, times(page, inner.perRow))
	}
	if !r.list {
		return one
	}
	size := e.size(f, r)
	e.plan.note(f, size, one)
	return times(size, one)
}

// spread prices a fragment once. One that spreads itself, which validation
// refuses, costs Max.
func (e *estimate) spread(name string) price {
	if p, ok := e.priced[name]; ok {
		return p
	}
	def := e.fragments.ForName(name)
	if def == nil {
		return price{}
	}
	if e.priced == nil {
		e.priced = make(map[string]price, len(e.fragments))
	}
	e.priced[name] = price{once: Max}
	p := e.set(def.SelectionSet, e.calculator.rules.types[def.TypeCondition])
	e.priced[name] = p
	return p
}

// depth is how many levels of fields set holds.
func (e *estimate) depth(set ast.SelectionSet) int {
	deepest := 0
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if e.runs(selection.Directives) {
				deepest = max(deepest, add(1, e.depth(selection.SelectionSet)))
			}
		case *ast.InlineFragment:
			if e.runs(selection.Directives) {
				deepest = max(deepest, e.depth(selection.SelectionSet))
			}
		case *ast.FragmentSpread:
			if e.runs(selection.Directives) {
				deepest = max(deepest, e.spreadDepth(selection.Name))
			}
		}
	}
	return deepest
}

func (e *estimate) spreadDepth(name string) int {
	if d, ok := e.depths[name]; ok {
		return d
	}
	def := e.fragments.ForName(name)
	if def == nil {
		return 0
	}
	if e.depths == nil {
		e.depths = make(map[string]int, len(e.fragments))
	}
	e.depths[name] = Max // for one that spreads itself
	d := e.depth(def.SelectionSet)
	e.depths[name] = d
	return d
}
