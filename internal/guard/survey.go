package guard

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/fault"
)

// tally is what one selection set amounts to once its fragments are expanded.
type tally struct {
	selections, aliases, directives int // sums
	roots, singles                  int // sums over the fields at its top
	depth, nesting, deepestChain    int // maxima
	chain                           int // fragments at its top before the first field
}

func (t *tally) add(o tally) {
	t.selections = plus(t.selections, o.selections)
	t.aliases = plus(t.aliases, o.aliases)
	t.directives = plus(t.directives, o.directives)
	t.roots = plus(t.roots, o.roots)
	t.singles = plus(t.singles, o.singles)
	t.depth = max(t.depth, o.depth)
	t.nesting = max(t.nesting, o.nesting)
	t.deepestChain = max(t.deepestChain, o.deepestChain)
	t.chain = max(t.chain, o.chain)
}

// inside makes t, the tally of a fragment's set, that of the fragment itself.
func (t *tally) inside(directives int) {
	t.selections = plus(t.selections, 1)
	t.directives = plus(t.directives, directives)
	t.nesting++
	t.chain++
	t.deepestChain = max(t.deepestChain, t.chain)
}

type state int

const (
	unseen state = iota
	open         // being measured: meeting it again is a circle
	done
)

type fragment struct {
	definition *ast.FragmentDefinition
	state      state
	tally      tally
}

// survey measures one document. After its first fault it measures no more.
type survey struct {
	limits    Limits
	fragments map[string]*fragment
	fault     *fault.Fault
	visits    int // selections looked at, for the tests of linearity
}

func newSurvey(limits Limits) *survey {
	return &survey{limits: limits, fragments: map[string]*fragment{}}
}

func (s *survey) operation(op *ast.OperationDefinition) tally {
	t := s.set(op.SelectionSet)
	t.directives = plus(t.directives, s.directives(op.Directives))
	for _, v := range op.VariableDefinitions {
		t.directives = plus(t.directives, s.directives(v.Directives))
	}
	return t
}

func (s *survey) set(set ast.SelectionSet) tally {
	var t tally
	for _, selection := range set {
		if s.fault != nil {
			return t
		}
		s.visits++
		switch selection := selection.(type) {
		case *ast.Field:
			t.add(s.field(selection))
		case *ast.InlineFragment:
			inner := s.set(selection.SelectionSet)
			inner.inside(s.directives(selection.Directives))
			t.add(inner)
		case *ast.FragmentSpread:
			inner := s.spread(selection.Name)
			inner.inside(s.directives(selection.Directives))
			t.add(inner)
		}
	}
	return t
}

func (s *survey) field(f *ast.Field) tally {
	t := s.set(f.SelectionSet)
	t.selections = plus(t.selections, 1)
	t.directives = plus(t.directives, s.directives(f.Directives))
	t.nesting++
	t.roots, t.singles, t.chain = 1, 0, 0
	if !free(f.Name) {
		t.depth++
	}
	if f.Alias != f.Name {
		t.aliases = plus(t.aliases, 1)
	}
	if slices.Contains(s.limits.Single, f.Name) {
		t.singles = 1
	}
	return t
}

// free names the fields that only spell out a connection.
func free(name string) bool { return name == "edges" || name == "node" || name == "nodes" }

// spread returns what the named fragment amounts to, measuring it once.
func (s *survey) spread(name string) tally {
	f := s.fragments[name]
	switch {
	case f == nil:
		s.fault = invalid("The fragment %s is spread but not defined; define it or remove the spread.", brief(name))
		return tally{}
	case f.state == open:
		s.fault = invalid("The fragment %s spreads itself, directly or through others; break the circle.", brief(name))
		return tally{}
	case f.state == unseen:
		f.state = open
		f.tally = s.set(f.definition.SelectionSet)
		f.tally.directives = plus(f.tally.directives, s.directives(f.definition.Directives))
		f.state = done
	}
	return f.tally
}

func (s *survey) directives(list ast.DirectiveList) int {
	for i, d := range list {
		switch {
		case s.fault != nil:
		case d.Name == "defer" || d.Name == "stream":
			s.fault = invalid("The directive @%s is not supported; remove it, or page through lists.", d.Name)
		case list[:i].ForName(d.Name) != nil:
			s.fault = invalid("The directive @%s stands twice at one place; one is enough.", d.Name)
		}
	}
	return len(list)
}
