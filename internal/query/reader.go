// Package query answers reads. It compiles the selection of an operation, once
// for all who are ruled alike, to one statement over the selectors that ent
// produces with every rule applied, and writes the rows as JSON straight into
// the answer. What it cannot compile it leaves to the ordinary path.
package query

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// plansKept bounds the compiled plans in memory; one is a few kilobytes.
const plansKept = 2000

// Tally is told how many rows each list delivered, for the cost of the answer.
type Tally interface {
	Delivered(field *ast.Field, rows int)
}

// Counting is a Tally that wants to know of every record that is read, also of
// those that no list delivers.
type Counting interface {
	Read(entity string, n int)
}

// Reader compiles and runs reads.
type Reader struct {
	store   *store.Store
	cursors *cursor.Codec
	plans   *lru.Cache[planKey, *plan]
	uses    *lru.Cache[*ast.OperationDefinition, map[string]use]
	buffers sync.Pool
}

// planKey tells apart what leads to different statements.
type planKey struct {
	op     *ast.OperationDefinition
	viewer string
	shape  string
}

type plan struct {
	text    string
	bind    []binding
	members []output
	slots   [][]int // by level, where the cells of a row are

	promises []promise
}

// New returns a reader whose lists page with cursors.
func New(s *store.Store, cursors *cursor.Codec) *Reader {
	plans, _ := lru.New[planKey, *plan](plansKept)
	uses, _ := lru.New[*ast.OperationDefinition, map[string]use](plansKept)
	return &Reader{store: s, cursors: cursors, plans: plans, uses: uses, buffers: sync.Pool{New: func() any { return &result{} }}}
}

// Operation answers a whole query as the data of the response. ok is false
// where the ordinary path must answer; nothing has been written then.
func (r *Reader) Operation(ctx context.Context, op *graphql.OperationContext, tally Tally) (data []byte, ok bool, err error) {
	v := viewer.From(ctx)
	if v == nil || op.Operation.Operation != ast.Query {
		return nil, false, nil
	}
	p, err := r.plan(ctx, op, v)
	if err == nil {
		data, err = r.run(ctx, p, op.Variables, v, tally)
	}
	if errors.Is(err, errOrdinary) || errors.Is(err, errMissing) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// Record answers the selection on one record in hand, in the transaction of
// ctx where there is one.
func (r *Reader) Record(ctx context.Context, op *graphql.OperationContext, selections ast.SelectionSet, entity *catalog.Entity, id uuid.UUID, tally Tally) ([]byte, bool, error) {
	c := newCompiler(ctx, r.store, op, r.cursors)
	member, err := c.byID(selections, entity, id)
	if err != nil {
		return nil, false, nil
	}
	p := newPlan(c, []output{member})
	res, err := r.fetch(ctx, p, op.Variables, viewer.From(ctx))
	if errors.Is(err, errOrdinary) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	defer r.release(res)
	w := r.writer(ctx, res)
	w.counting, _ = tally.(Counting)
	data, err := w.rootMember(nil, &p.members[0])
	if errors.Is(err, errMissing) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// plan returns the compiled form of op for viewers like v.
func (r *Reader) plan(ctx context.Context, op *graphql.OperationContext, v *viewer.Viewer) (*plan, error) {
	k := planKey{op.Operation, v.Shape(), r.shapeOf(op)}
	if found, ok := r.plans.Get(k); ok {
		if found == nil {
			return nil, errOrdinary
		}
		return found, nil
	}
	c := newCompiler(ctx, r.store, op, r.cursors)
	var members []output
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query"}) {
		member, err := c.root(field)
		if err != nil {
			return nil, err
		}
		members = append(members, member)
	}
	p := newPlan(c, members)
	r.plans.Add(k, p)
	return p, nil
}

func newPlan(c *compiler, members []output) *plan {
	p := &plan{members: members, promises: *c.promises}
	if len(c.levels) > 0 {
		var list []any
		p.text, list, p.slots = statement(c.levels)
		p.bind = bindings(list)
	}
	return p
}

func (r *Reader) run(ctx context.Context, p *plan, vars map[string]any, v *viewer.Viewer, tally Tally) ([]byte, error) {
	res, err := r.fetch(ctx, p, vars, v)
	if err != nil {
		return nil, err
	}
	defer r.release(res)
	w := r.writer(ctx, res)
	w.tally = tally
	w.counting, _ = tally.(Counting)
	return w.root(make([]byte, 0, 2*len(res.bytes)+256), p.members)
}

// writer writes a result for the viewer of ctx.
func (r *Reader) writer(ctx context.Context, res *result) *writer {
	tenant := viewer.From(ctx).TenantID
	return &writer{result: res, cursors: r.cursors, tenant: tenant, open: func(entity, column string, id uuid.UUID, text []byte) ([]byte, error) {
		return r.store.OpenText(ctx, tenant, entity, column, id, text)
	}}
}

// fetch runs the statement: one round trip whatever the depth.
func (r *Reader) fetch(ctx context.Context, p *plan, vars map[string]any, v *viewer.Viewer) (*result, error) {
	res := r.buffers.Get().(*result)
	res.levels = append(res.levels[:0], make([]rows, len(p.slots))...)
	if p.text == "" {
		return res, nil
	}
	if err := kept(ctx, r.store.Client(ctx), p.promises, vars); err != nil {
		return nil, errOrdinary
	}
	args := make([]any, len(p.bind))
	for i, bind := range p.bind {
		arg, err := bind(ctx, vars, v)
		if err != nil {
			return nil, errOrdinary // bad input gets its error at its place
		}
		args[i] = arg
	}
	found, err := r.store.Run(ctx).QueryContext(ctx, p.text, args...)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer found.Close()
	sent, ok := found.(interface{ Raw() [][]byte })
	if !ok {
		return nil, errOrdinary // of the platform's pool, which serves no reads
	}
	for found.Next() {
		if err := res.add(sent.Raw(), p.slots); err != nil {
			return nil, err
		}
	}
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	res.sort()
	return res, nil
}

// release keeps the buffers of a result for the next one, unless they are large.
func (r *Reader) release(res *result) {
	const keep = 1 << 20
	if cap(res.bytes) > keep {
		return
	}
	res.bytes, res.cells = res.bytes[:0], res.cells[:0]
	r.buffers.Put(res)
}

// use says what a plan takes from a variable beside its value.
type use uint8

const (
	useShape use = iota
	useExact
	usePrefix
)

// shapeOf is equal for two sets of variables that lead to the same statement.
func (r *Reader) shapeOf(op *graphql.OperationContext) string {
	if len(op.Operation.VariableDefinitions) == 0 {
		return ""
	}
	uses, ok := r.uses.Get(op.Operation)
	if !ok {
		uses = map[string]use{}
		findUses(op.Operation.SelectionSet, uses, map[string]bool{})
		r.uses.Add(op.Operation, uses)
	}
	dst := make([]byte, 0, 64)
	for _, definition := range op.Operation.VariableDefinitions {
		v, given := op.Variables[definition.Variable]
		switch {
		case !given:
			dst = append(dst, '-')
		case uses[definition.Variable] == usePrefix:
			text, _ := v.(string)
			prefix, _, _ := typeid.Parse(text)
			dst = append(dst, prefix...)
		default:
			dst = shape(dst, v, uses[definition.Variable] == useExact)
		}
		dst = append(dst, ';')
	}
	return string(dst)
}

// findUses notes the variables whose value decides the statement itself: page
// sizes, orders, conditions, the type of a node.
func findUses(selections ast.SelectionSet, uses map[string]use, seen map[string]bool) {
	for _, selection := range selections {
		switch s := selection.(type) {
		case *ast.Field:
			for _, arg := range s.Arguments {
				switch {
				case arg.Name == "first" || arg.Name == "last" || arg.Name == "orderBy":
					mark(arg.Value, useExact, uses)
				case arg.Name == "id" && s.Name == "node":
					mark(arg.Value, usePrefix, uses)
				}
			}
			markConditions(s.Directives, uses)
			findUses(s.SelectionSet, uses, seen)
		case *ast.InlineFragment:
			markConditions(s.Directives, uses)
			findUses(s.SelectionSet, uses, seen)
		case *ast.FragmentSpread:
			markConditions(s.Directives, uses)
			if !seen[s.Name] && s.Definition != nil {
				seen[s.Name] = true
				findUses(s.Definition.SelectionSet, uses, seen)
			}
		}
	}
}

func markConditions(directives ast.DirectiveList, uses map[string]use) {
	for _, d := range directives {
		for _, arg := range d.Arguments {
			mark(arg.Value, useExact, uses)
		}
	}
}

func mark(v *ast.Value, how use, uses map[string]use) {
	if v.Kind == ast.Variable && uses[v.Raw] != useExact {
		uses[v.Raw] = how
	}
	for _, child := range v.Children {
		mark(child.Value, how, uses)
	}
}
